"""Settings: one typed, defaulted, range-checked record per lab is its controls, its link and its input.

A lab declares a frozen dataclass whose fields are made by ``number``, ``choice``, ``choices``, ``text``, ``shares``
and ``flag``. Each field's specification travels in its metadata and feeds the controls, the address bar, the check on
the server and the documentation, so no range is written twice.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from decimal import Decimal
from math import isfinite
from typing import Any, ClassVar, Literal, Protocol, TypeVar

LONGEST_TEXT = 200
_LONGEST_SHOWN = 40
_SPECIFICATION = "specification"


class Record(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Settings = TypeVar("Settings", bound=Record)


@dataclass(frozen=True, kw_only=True)
class Specification:
    """What every setting tells about itself.

    ``part`` names the group of work the setting belongs to: a change in one part leaves the others alone.
    ``parse`` takes a link's text or a JSON value and raises ValueError with a sentence; ``nearest`` takes the same
    and gives the legal value closest to it, the default where there is none; ``to_link`` is the way back.
    """

    label: str
    help: str
    part: str
    default: Any

    def parse(self, raw: object) -> Any:
        """The value that ``raw`` stands for; ValueError with label, value and what is legal."""
        raise NotImplementedError

    def nearest(self, raw: object) -> Any:
        """The legal value closest to ``raw``."""
        return self.default

    def to_link(self, value: Any) -> str:
        """The text that ``parse`` reads back as ``value``."""
        return str(value)

    def refuse(self, raw: object, legal: str) -> ValueError:
        """The complaint about ``raw``."""
        return ValueError(f"{self.label} must be {legal}, not {shown(raw)}.")


@dataclass(frozen=True, kw_only=True)
class Number(Specification):
    """A number from ``low`` to ``high``; ``step`` is in decades where the scale is "log".

    The scale "share" is for numbers from 0 to below 1 that matter by how little is missing: log 1 / (1 - value).
    ``slider`` is false for a number that has only its field, or the part of its range that the slider spans.
    """

    low: float
    high: float
    unit: str = ""
    scale: Literal["linear", "log", "share"] = "linear"
    integer: bool = False
    step: float | None = None
    slider: bool | tuple[float, float] = True

    @property
    def legal(self) -> str:
        """The range in words."""
        kind = "a whole number" if self.integer else "a number"
        return f"{kind} from {number_text(self.low)} to {number_text(self.high)}"

    def parse(self, raw: object) -> float:
        """The number, an int where the setting is an integer."""
        value = _as_number(raw)
        if value is None or not self.low <= value <= self.high or (self.integer and value != round(value)):
            raise self.refuse(raw, self.legal)
        return round(value) if self.integer else value

    def nearest(self, raw: object) -> float:
        """The number moved into the range; the default for what is no number or infinite."""
        value = _as_number(raw)
        if value is None or not isfinite(value):
            return float(self.default) if not self.integer else int(self.default)
        value = min(max(value, self.low), self.high)
        return round(value) if self.integer else value

    def to_link(self, value: float) -> str:
        """The shortest text that reads back as the same number."""
        return number_text(value)


@dataclass(frozen=True, kw_only=True)
class Choice(Specification):
    """One of ``options``, which maps values to labels; ``groups``, if any, are titles with the options under them."""

    options: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]] | None = None

    def parse(self, raw: object) -> str:
        """The option's value."""
        if not isinstance(raw, str) or raw not in self.options:
            raise self.refuse(raw, f"one of {', '.join(self.options)}")
        return raw


@dataclass(frozen=True, kw_only=True)
class Choices(Specification):
    """Several of ``options``, as a tuple in the options' order; comma-joined in a link."""

    options: Mapping[str, str]

    def parse(self, raw: object) -> tuple[str, ...]:
        """The options' values."""
        wanted = _as_words(raw)
        if wanted is None or not set(wanted) <= set(self.options):
            raise self.refuse(raw, f"some of {', '.join(self.options)}")
        return self._ordered(wanted)

    def nearest(self, raw: object) -> tuple[str, ...]:
        """Those of the values that are options; the default where none is."""
        return self._ordered(_as_words(raw) or ()) or tuple(self.default)

    def to_link(self, value: Iterable[str]) -> str:
        """The values joined by commas."""
        return ",".join(value)

    def _ordered(self, wanted: Iterable[object]) -> tuple[str, ...]:
        known = set(wanted)
        return tuple(option for option in self.options if option in known)


@dataclass(frozen=True, kw_only=True)
class Text(Specification):
    """A short text; ``check`` gives its normal form or raises ValueError with a sentence."""

    check: Callable[[str], str]
    longest: int = LONGEST_TEXT

    def parse(self, raw: object) -> str:
        """The text in its normal form."""
        if not isinstance(raw, str) or len(raw) > self.longest:
            raise self.refuse(raw, f"a text of at most {self.longest} characters")
        return self.check(raw)


@dataclass(frozen=True, kw_only=True)
class Shares(Specification):
    """Whole percentages that sum to 100, one for each of ``names``, the first above 0."""

    names: tuple[str, ...]
    unit: str = "%"

    def parse(self, raw: object) -> tuple[int, ...]:
        """The percentages, from a list or a text such as "50, 30, 20"."""
        words = raw.split(",") if isinstance(raw, str) and len(raw) <= LONGEST_TEXT else raw
        fits = isinstance(words, (list, tuple)) and len(words) == len(self.names)
        given = [_as_number(word) for word in words] if fits else []  # type: ignore[attr-defined]
        found = tuple(int(share) for share in given if share is not None and share in range(101))
        if len(found) != len(self.names) or sum(found) != 100 or found[0] == 0:
            names = f"{', '.join(self.names[:-1])} and {self.names[-1]}".lower()
            raise self.refuse(raw, f"whole percentages of {names} that sum to 100, the first above 0")
        return found

    def to_link(self, value: Iterable[int]) -> str:
        """The percentages, parted by commas."""
        return ", ".join(str(share) for share in value)


@dataclass(frozen=True, kw_only=True)
class Flag(Specification):
    """On or off, 1 or 0 in a link; ``options`` are the labels of "0" and "1"."""

    options: Mapping[str, str]

    def parse(self, raw: object) -> bool:
        """True for on."""
        if isinstance(raw, bool):
            return raw
        if raw not in ("0", "1"):
            raise self.refuse(raw, "1 or 0")
        return raw == "1"

    def to_link(self, value: bool) -> str:
        """1 or 0."""
        return "1" if value else "0"


def number(
    default: float, low: float, high: float, *, label: str, help: str = "", part: str = "", **details: Any
) -> Any:
    """A field that holds a number from ``low`` to ``high``.

    ``details``: unit; scale, "linear" or "log"; integer; step, in decades on a logarithmic scale; slider, false for
    a number that has only its field, or the part of the range that it spans.
    """
    if details.get("scale") == "log" and low <= 0:
        raise ValueError(f"low is {low}; a logarithmic scale needs a positive one")
    return _declare(Number(default=default, low=low, high=high, label=label, help=help, part=part, **details))


def choice(
    default: str,
    options: Mapping[str, str],
    *,
    label: str,
    help: str = "",
    part: str = "",
    groups: Mapping[str, tuple[str, ...]] | None = None,
) -> Any:
    """A field that holds one of ``options``, a mapping of values to labels; ``groups`` part a long menu."""
    if groups is not None and sorted(value for names in groups.values() for value in names) != sorted(options):
        raise ValueError(f"groups are {dict(groups)}; each of the options {list(options)} must be in one of them, once")
    return _declare(Choice(default=default, options=_plain(options), groups=groups, label=label, help=help, part=part))


def choices(default: Iterable[str], options: Mapping[str, str], *, label: str, help: str = "", part: str = "") -> Any:
    """A field that holds several of ``options``, perhaps none, as a tuple in the options' order."""
    return _declare(Choices(default=tuple(default), options=_plain(options), label=label, help=help, part=part))


def text(
    default: str,
    *,
    label: str,
    help: str = "",
    part: str = "",
    check: Callable[[str], str] = str,
    longest: int = LONGEST_TEXT,
) -> Any:
    """A field that holds a short text; ``check`` gives its normal form or raises ValueError with a sentence."""
    return _declare(Text(default=default, label=label, help=help, part=part, check=check, longest=longest))


def shares(
    default: tuple[int, ...], names: tuple[str, ...], *, label: str, help: str = "", part: str = "", unit: str = "%"
) -> Any:
    """A field that holds whole percentages of a whole, as a tuple in the order of ``names``."""
    return _declare(Shares(default=default, names=names, label=label, help=help, part=part, unit=unit))


def flag(default: bool, *, label: str, help: str = "", part: str = "", off: str = "Off", on: str = "On") -> Any:
    """A field that is true or false."""
    return _declare(Flag(default=default, options={"0": off, "1": on}, label=label, help=help, part=part))


def specs(cls: type[Record]) -> dict[str, Specification]:
    """The specifications of a settings record by field, in the order of their declaration."""
    return {each.name: each.metadata[_SPECIFICATION] for each in fields(cls)}


def parts(cls: type[Record]) -> dict[str, list[str]]:
    """The parts of a settings record, each with its fields; settings without a part belong to none."""
    grouped: dict[str, list[str]] = {}
    for name, spec in specs(cls).items():
        if spec.part:
            grouped.setdefault(spec.part, []).append(name)
    return grouped


def read(cls: type[Settings], mapping: object, extra_keys: Iterable[str] = ()) -> tuple[Settings, list[str]]:
    """Make settings from a link's texts or from JSON, whatever they hold, and complain about what is not legal.

    A value that is not legal is replaced by the nearest legal one or the default. Keys that are neither settings
    nor among ``extra_keys`` are left out. Each gives one sentence. Never raises.
    """
    given, complaints = _as_mapping(mapping)
    values: dict[str, Any] = {}
    for name, spec in specs(cls).items():
        if name not in given:
            continue
        try:
            values[name] = spec.parse(given[name])
        except ValueError as complaint:
            values[name] = spec.nearest(given[name])
            used = spec.to_link(values[name]) or "none"
            complaints.append(f"{str(complaint).rstrip('.')}; {used} is used.")
    return cls(**values), complaints + _strangers(cls, given, extra_keys)


def strict(cls: type[Settings], mapping: object, extra_keys: Iterable[str] = ()) -> Settings:
    """Make settings from what our own controls sent; ValueError with the first complaint where it is not legal."""
    given, complaints = _as_mapping(mapping)
    complaints += _strangers(cls, given, extra_keys)
    if complaints:
        raise ValueError(complaints[0])
    return cls(**{name: spec.parse(given[name]) for name, spec in specs(cls).items() if name in given})


def to_link(settings: Record) -> dict[str, str]:
    """All settings in full, as the texts of a link; ``read`` gives the same settings back."""
    return {name: spec.to_link(getattr(settings, name)) for name, spec in specs(type(settings)).items()}


def borne(settings: Record) -> dict[str, str | list[str]]:
    """What the controls of these settings bear: texts, for several choices a list of texts."""
    several = {name for name, spec in specs(type(settings)).items() if isinstance(spec, Choices)}
    return {
        name: list(getattr(settings, name)) if name in several else text for name, text in to_link(settings).items()
    }


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number, as JavaScript writes it: 10, 0.00001, 1e-7."""
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    digits, _, exponent = repr(float(value)).partition("e")
    if not exponent:
        return digits
    plain = -7 < int(exponent) < 21
    return format(Decimal(repr(value)), "f") if plain else f"{digits}e{int(exponent):+d}"


def shown(raw: object) -> str:
    """``raw`` as a sentence shows it: short, and without what would break the line."""
    words = raw if isinstance(raw, str) else _word(raw)
    clean = "".join(letter if letter.isprintable() else " " for letter in words[: _LONGEST_SHOWN + 1]).strip()
    return f"{clean[:_LONGEST_SHOWN]}…" if len(words) > _LONGEST_SHOWN else clean or "empty"


def _word(raw: object) -> str:
    if raw is None or isinstance(raw, bool):
        return {None: "nothing", True: "true", False: "false"}[raw]
    if isinstance(raw, int):
        return str(raw) if abs(raw) < 1e15 else "a huge number"
    return repr(raw) if isinstance(raw, float) else f"a {type(raw).__name__}"


def _declare(specification: Specification) -> Any:
    specification.parse(list(specification.default) if isinstance(specification, Choices) else specification.default)
    return field(default=specification.default, metadata={_SPECIFICATION: specification})


def _plain(options: Mapping[str, str]) -> dict[str, str]:
    if any("," in option or not option for option in options):
        raise ValueError(f"options are {list(options)}; a comma joins them in a link and none may be empty")
    return dict(options)


def _as_mapping(mapping: object) -> tuple[dict[str, object], list[str]]:
    if mapping is None:
        return {}, []
    if not isinstance(mapping, Mapping):
        return {}, ["The settings could not be read; the defaults are used."]
    return {str(key): value for key, value in mapping.items()}, []


def _strangers(cls: type[Record], given: Mapping[str, object], extra_keys: Iterable[str]) -> list[str]:
    """A complaint about keys that nobody knows, if there are any."""
    known = {*specs(cls), *extra_keys}
    unknown = [shown(key) for key in given if key not in known]
    return [f"Unknown in this link: {shown(', '.join(unknown))}."] if unknown else []


def _as_number(raw: object) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None
    if isinstance(raw, str) and len(raw) > LONGEST_TEXT:
        return None
    try:
        value = float(raw)
    except (ValueError, OverflowError):
        return None
    return None if value != value else value


def _as_words(raw: object) -> list[object] | None:
    if isinstance(raw, str):
        return list(filter(None, raw.split(","))) if len(raw) <= 10 * LONGEST_TEXT else None
    return list(raw) if isinstance(raw, (list, tuple)) and all(isinstance(word, str) for word in raw) else None
