"""The health of a run for the page: numbers of every layer, and what is wrong in sentences."""

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from engine import ACTIVATIONS, FEATURES, Run
from engine.health import END_CASES, END_SHARE, Finding, Health, health
from explorer.numbers import plural, short

_LARGEST = 1e308  # that is told of: beyond, rounding makes infinity
_ALIKE = ("equal", "zero")  # first weights that make all neurons of a layer the same
_HOPELESS = 1e-6  # of the last layer's gradient: with less, no patience helps the first


class _Told(NamedTuple):
    """What a sentence is made of: the run, its health, all findings of one kind, the worst first, names of inputs."""

    run: Run
    health: Health
    findings: list[Finding]
    names: Sequence[str]

    @property
    def numbers(self) -> Mapping[str, float]:
        """Those of the worst finding."""
        return self.findings[0].numbers

    @property
    def where(self) -> str:
        """The layer of the worst finding, and that it is not the only one."""
        return _layer_name(self.run, self.findings[0].layer or 1) + _one_of(len(self.findings), "layers")

    @property
    def neurons(self) -> str:
        """All 4 neurons of hidden layer 1, or 3 of 4."""
        count, width = round(self.numbers["count"]), round(self.numbers["of"])
        noun = "neuron" if width == 1 else "neurons"
        many = (
            f"{count:,} of {width:,} {noun}"
            if count < width
            else f"All {width:,} {noun}"
            if width > 1
            else "The neuron"
        )
        return f"{many} of {self.where}"

    @property
    def neurons_are(self) -> str:
        """The same with its verb."""
        return f"{self.neurons} {'is' if self.numbers['count'] == 1.0 else 'are'}"


def health_report(run: Run, names: Sequence[str] = ()) -> dict[str, Any]:
    """``layers``, a name and numbers for each, None where there is none that JSON knows; ``findings``, one sentence
    for each kind, or one that says what was looked at; and whether the run is ``healthy``. ``names`` of raw inputs."""
    looked = health(run)
    said = _sentences(run, looked, names)
    return {
        "layers": [
            {"name": _capital(_layer_name(run, number))}
            | {key: _number(value) for key, value in layer._asdict().items()}
            for number, layer in enumerate(looked.layers, 1)
        ],
        "findings": said or [_all_is_well(run, looked)],
        "healthy": not said,
    }


def _sentences(run: Run, looked: Health, names: Sequence[str]) -> list[str]:
    kinds: dict[str, list[Finding]] = {}
    for finding in looked.findings:
        kinds.setdefault(finding.kind, []).append(finding)
    said = [] if run.diverged_at is None else [_diverged(run)]
    return said + [
        _SENTENCES[kind](_Told(run, looked, sorted(found, key=_harm), names)) for kind, found in kinds.items()
    ]


def _harm(finding: Finding) -> float:
    """The lower, the worse."""
    numbers = finding.numbers
    if "of" in numbers:
        return -numbers["count"] / numbers["of"]
    return -numbers.get("ratio", numbers.get("weight", 0.0))


def _layer_name(run: Run, layer: int) -> str:
    return f"hidden layer {layer}" if layer < len(run.task.network.layers) else "the output layer"


def _capital(text: str) -> str:
    text = text.removeprefix("the ")
    return text[0].upper() + text[1:]


def _one_of(count: int, things: str) -> str:
    return f" (one of {count} such {things})" if count > 1 else ""


def _input_name(told: _Told, index: float) -> str:
    features, place = told.run.task.preparation.features, round(index)
    if features:
        return FEATURES[features[place]].title
    return told.names[place] if told.names else f"input {place + 1}"


def _cases(run: Run, looked: Health) -> str:
    """125 training cases; of more some are chosen."""
    are_all = looked.cases == run.present_task.cases("training").cases
    return plural(looked.cases, "training case" if are_all else "evenly chosen training case")


def _number(value: Any) -> Any:
    """JSON knows no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _size(value: float, digits: int = 3) -> str:
    return short(min(value, _LARGEST), digits)


def _diverged(run: Run) -> str:
    return (
        f"The run diverged at step {run.diverged_at:,}, and these are its last good weights: reset with a smaller rate."
    )


def _overflow(told: _Told) -> str:
    largest = _size(sys.float_info.max)
    return f"The numbers of {told.where} pass {largest}, what can be held: start anew with smaller weights or rate."


def _symmetric(told: _Told) -> str:
    others = "" if told.numbers["count"] == told.numbers["of"] else " as another"
    if told.run.step and told.run.task.network.initialiser not in _ALIKE:
        return f"{told.neurons} have come to the same weights{others}: fewer neurons or less of a penalty will do."
    return f"{told.neurons} have the same weights{others}, so they can never differ: choose other first weights."


def _vanishing(told: _Told) -> str:
    ratio, last = told.numbers["ratio"], told.health.layers[-1].gradient
    if ratio == 0.0:
        against = f"0 against {_size(last)} in the last"
        return f"No gradient reaches the first layer, {against}, so it cannot learn; {_help(told)}."
    learns = "cannot learn" if ratio < _HOPELESS else "hardly learns"
    return f"Gradients vanish: the first layer's are {_size(ratio, 2)} times the last's, so it {learns}; {_help(told)}."


def _help(told: _Told) -> str:
    hidden = told.run.task.network.activations[:-1]
    if any(ACTIVATIONS[name].highest is not None for name in hidden):
        return "ReLU with first weights by He, or fewer layers, help"
    return "first weights by Glorot or He, or fewer layers, help"


def _exploding(told: _Told) -> str:
    times = _size(told.numbers["ratio"], 2)
    return (
        f"Gradients explode: the first layer's are {times} times the last's, so no learning rate suits both; "
        "first weights by Glorot or He, scaled inputs or a limit on the gradient's length help."
    )


def _fading(told: _Told) -> str:
    times = _size(told.numbers["ratio"], 2)
    return (
        f"Activities fade: the last hidden layer's are {times} times the first's, so the output hardly sees the input; "
        "first weights by Glorot or He, or fewer layers, help."
    )


def _growing(told: _Told) -> str:
    times = _size(told.numbers["ratio"], 2)
    return (
        f"Activities explode: those of {told.where} are {times} times the inputs'; "
        "first weights by Glorot or He, or a smaller learning rate, help."
    )


def _dead(told: _Told) -> str:
    return (
        f"{told.neurons_are} dead, 0 for each of {_cases(told.run, told.health)}, so no gradient "
        "reaches the weights: a smaller learning rate, first weights by He or leaky ReLU help."
    )


def _saturated(told: _Told) -> str:
    return (
        f"{told.neurons_are} saturated, within {100.0 * END_SHARE:g} % of an end for {100.0 * END_CASES:g} % "
        "of the cases, so little gradient passes: smaller first weights, scaled inputs or an L2 penalty help."
    )


def _constant(told: _Told) -> str:
    share, cases = told.numbers["share"], _cases(told.run, told.health)
    same = f"nearly the same, {_size(share, 2)} times as far apart as the targets" if share else "the same"
    return (
        f"The network's answers to all {cases} are {same}: other first weights, fewer layers or less of a penalty help."
    )


def _huge(told: _Told) -> str:
    return (
        f"The weights of {told.where} are {_size(told.numbers['weight'])} in root mean square, so tiny steps of the "
        "input become jumps: a smaller learning rate, an L2 penalty or scaled data helps."
    )


def _cut_off(told: _Told) -> str:
    return f"{told.neurons_are} cut off, without a link in or out: restore a link or raise the share of links."


def _uneven(told: _Told) -> str:
    numbers = told.numbers
    wide, narrow = _input_name(told, numbers["input"]), _input_name(told, numbers["other"])
    return (
        f"The inputs are not scaled: the standard deviation of {wide} is {short(numbers['deviation'])}, of {narrow} "
        f"{short(numbers['other_deviation'])}, so no learning rate suits both; standardise the inputs."
    )


def _shifted(told: _Told) -> str:
    numbers = told.numbers
    name = _input_name(told, numbers["input"]) + _one_of(round(numbers["count"]), "inputs")
    times = short(abs(numbers["mean"]) / numbers["deviation"], 2)
    return (
        f"The mean of {name} is {short(numbers['mean'])}, {times} times its standard deviation of "
        f"{short(numbers['deviation'])}, so its weight and the bias hinder each other: standardise the inputs."
    )


def _leaked(part: str) -> Callable[[_Told], str]:
    def sentence(told: _Told) -> str:
        count, cases = round(told.numbers["count"]), round(told.numbers["of"])
        verb = "stands" if count == 1 else "stand"
        return (
            f"{count:,} of {plural(cases, f'{part} case')} also {verb} in the training part, so {part} error "
            "is too good: keep every case once."
        )

    return sentence


def _all_is_well(run: Run, looked: Health) -> str:
    ratio = looked.gradient_ratio
    reached = "" if ratio is None else f"gradients reach the first layer ({_size(ratio, 2)} times the last's), "
    return (
        f"All is well over {_cases(run, looked)}: {reached}weights and activities keep their size, "
        "no layer is dead, saturated, symmetric or cut off, the inputs vary by similar amounts, and no case stands in "
        "two parts."
    )


_SENTENCES: dict[str, Callable[[_Told], str]] = {
    "overflow": _overflow,
    "symmetric": _symmetric,
    "vanishing": _vanishing,
    "exploding": _exploding,
    "fading": _fading,
    "growing": _growing,
    "dead": _dead,
    "saturated": _saturated,
    "constant": _constant,
    "huge": _huge,
    "cut_off": _cut_off,
    "uneven": _uneven,
    "shifted": _shifted,
    "leaked_validation": _leaked("validation"),
    "leaked_test": _leaked("test"),
}
