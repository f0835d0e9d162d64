"""Formulas of two weights as text: from characters to the steps of a stack machine.

::

    sum       a + b, a - b                     from the left, weakest
    product   a * b, a / b, 2w1, (..)(..)      from the left; 1/2w1 is (1/2) w1
    sign      -a, +a                           -w1^2 is -(w1^2)
    power     a ^ b                            from the right; the exponent may have a sign
    square    a², a³                           strongest
    operand   1.5e-3, pi, e, w1, w2, (..), sin(..), max(.., ..)

The parser is one of operator precedence: V. Pratt, Top down operator precedence, POPL (1973) 41.
"""

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 200
DEEPEST = 40
WEIGHTS = ("w1", "w2")
CONSTANTS = {"pi": math.pi, "e": math.e}
# the number of arguments
FUNCTIONS = dict.fromkeys(("sin", "cos", "tan", "exp", "log", "log10", "sqrt", "abs", "tanh", "sigmoid", "relu"), 1)
FUNCTIONS |= {"min": 2, "max": 2}

_SYNONYMS = {
    **{"w_1": "w1", "w₁": "w1", "x": "w1", "w_2": "w2", "w₂": "w2", "y": "w2"},
    **{"ln": "log", "**": "^", "×": "*", "·": "*", "−": "-"},
}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_SIGN = 3
_RAISED = {"²": 2.0, "³": 3.0}
# after which what is a factor without an operator; never after a name, for w1(w2) is rather a slip than a product
_MULTIPLIES = {"number": ("name", "("), "raised": ("name", "("), ")": ("name", "(", "number")}
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9₀-₉]*)"
    r"|(?P<raised>[²³])"
    r"|(?P<symbol>\*\*|[-−+*×·/^(),])"
    r"|(?P<blank>\s+)"
)


class Step(NamedTuple):
    """One step: push the ``number``, push a weight, or replace the last ``arity`` entries by what ``name`` gives."""

    name: str
    arity: int = 0
    number: float = 0.0


class _Token(NamedTuple):
    """``kind`` is "number", "name", "raised", "end" or the symbol itself."""

    kind: str
    text: str
    position: int

    def __str__(self) -> str:
        text = self.text if len(self.text) <= 20 else self.text[:20] + "…"
        return f"'{text}' at position {self.position}"


def steps_of(text: str) -> tuple[Step, ...]:
    """The steps that compute the formula; the last one leaves its value alone on the stack.

    A ``ValueError`` says in one sentence what is wrong and at which position, counted from 1.
    """
    if not text:
        raise ValueError("the formula is empty; it must be one of w1 and w2, such as w1^2 + w2^2")
    if len(text) > LONGEST:
        raise ValueError(f"the formula has {len(text)} characters; it may have at most {LONGEST}")
    return _Parser(text).whole()


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens, with the multiplications that are not written, and one for the end."""
    before, place = "", 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"unexpected character {text[place]!r} at position {place + 1}")
        kind, word = str(found.lastgroup), found.group()
        if kind == "symbol":
            kind = _SYNONYMS.get(word, word)
        if kind in _MULTIPLIES.get(before, ()):
            yield _Token("*", "", place + 1)
        if kind != "blank":
            yield _Token(kind, word, place + 1)
            before = kind
        place = found.end()
    yield _Token("end", "", len(text) + 1)


class _Parser:
    """Reads the tokens once, from the left, and writes the steps down as it goes."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._place = self._depth = 0
        self._steps: list[Step] = []

    def whole(self) -> tuple[Step, ...]:
        self._expression(0)
        if self._next.kind != "end":
            raise _leftover(self._next)
        return tuple(self._steps)

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _take(self) -> _Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _expression(self, weakest: int) -> None:
        """An operand and all that follows it with operators stronger than ``weakest``."""
        self._operand()
        while _STRENGTH.get(self._next.kind, 0) > weakest:
            operator = self._take()
            if operator.kind == "^":
                self._nested(_SIGN, operator)
            else:
                self._expression(_STRENGTH[operator.kind])
            self._steps.append(Step(operator.kind, 2))

    def _operand(self) -> None:
        token = self._take()
        if token.kind in ("+", "-"):
            self._nested(_SIGN, token)
            if token.kind == "-":
                self._steps.append(Step("negative", 1))
            return
        if token.kind == "number":
            self._number(token)
        elif token.kind == "name":
            self._name(token)
        elif token.kind == "(":
            self._nested(0, token)
            self._close(token)
        else:
            where = f"after {self._tokens[self._place - 2]}" if self._place > 1 else f"before {token}"
            raise ValueError(f"something is missing {where}")
        if self._next.kind == "raised":
            self._steps += [Step("number", number=_RAISED[self._take().text]), Step("^", 2)]

    def _nested(self, weakest: int, opener: _Token) -> None:
        """An expression inside another: the only way by which the calls go deeper and deeper."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"the formula is nested more than {DEEPEST} levels deep with the {opener}")
        self._expression(weakest)
        self._depth -= 1

    def _number(self, token: _Token) -> None:
        number = float(token.text)
        if math.isinf(number):
            raise ValueError(f"the number {token} is too large")
        self._steps.append(Step("number", number=number))

    def _name(self, token: _Token) -> None:
        name = _SYNONYMS.get(token.text, token.text)
        if name in WEIGHTS:
            self._steps.append(Step(name))
        elif name in CONSTANTS:
            self._steps.append(Step("number", number=CONSTANTS[name]))
        elif name in FUNCTIONS:
            self._call(name, token)
        else:
            known = ", ".join((*WEIGHTS, *CONSTANTS))
            raise ValueError(f"{token} is not known; there are {known} and the functions {', '.join(FUNCTIONS)}")

    def _call(self, name: str, token: _Token) -> None:
        wanted, opening, given = FUNCTIONS[name], self._next, 0
        if opening.kind != "(":
            raise ValueError(f"{token} needs parentheses, as in {name}({', '.join(WEIGHTS[:wanted])})")
        while given == 0 or self._next.kind == ",":
            self._nested(0, self._take())
            given += 1
        self._close(opening)
        if given != wanted:
            raise ValueError(f"{token} takes {wanted} argument{'s' * (wanted > 1)}, not {given}")
        self._steps.append(Step(name, wanted))

    def _close(self, opening: _Token) -> None:
        if self._next.kind != ")":
            raise ValueError(f"the {opening} is not closed") if self._next.kind == "end" else _leftover(self._next)
        self._take()


def _leftover(token: _Token) -> ValueError:
    """What is wrong with a token that cannot follow what is complete already."""
    if token.kind == ")":
        return ValueError(f"there is no '(' for the {token}")
    if token.kind == ",":
        return ValueError(f"unexpected {token}; a decimal point is a point, and only min and max have a comma")
    return ValueError(f"unexpected {token}" if token.kind == "raised" else f"an operator is missing before {token}")
