"""What the training lab says in words: sentences from measured numbers."""

import math

from engine import Run, measure, measure_weights, stability
from explorer.numbers import plural, short

# Validation error has turned where it is so much above its best while training error has fallen to so much of what
# it was then; one without the other is noise.
_TURNED = 0.05
_LEARNT = 0.6
_RESTED = 0.2  # of the way since the best: less may be a passing swing
_MOST_WEIGHTS = 300
_STOPPED = {
    "epochs": "Stopped: so many epochs were asked for.",
    "target_error": "Stopped: the training error is as low as was asked for.",
    "patience": "Stopped early: validation error has not improved for as many epochs as you gave it.",
}


def sentence(run: Run, stopped: str | None = None) -> str:
    """How the run stands; ``stopped`` is the rule that ended it just now."""
    if run.diverged_at is not None:
        return _divergence(run)
    how = _standing(run)
    return f"{_STOPPED[stopped]} {how}" if stopped else how


def _standing(run: Run) -> str:
    measures, best = measure(run), run.best
    if run.step == 0:
        return f"{plural(run.task.network.dimension, 'weight')}, drawn from the seed. Press play to train."
    if best is None or measures.validation_error is None:
        return f"Training error {short(measures.training_error)} after {_epochs(run, run.step)}."
    now, lowest, when = measures.validation_error, best.error, _epochs(run, best.step)
    if run.step == best.step:
        return f"Validation error {short(now)}, the lowest at the end of any epoch."
    if now < lowest:
        return f"Validation error {short(now)}, below that of the best whole epoch, {short(lowest)} at {when}."
    above = now / lowest - 1.0 if lowest > 0.0 else 0.0
    rested = run.step - best.step > _RESTED * run.step
    if (
        above < _TURNED
        or not rested
        or measures.training_error > _LEARNT * measure_weights(run.present_task, best.weights).training_error
    ):
        return f"Validation error {short(now)}; its best so far was {short(lowest)} at {when}."
    return (
        f"Overfitting since {when}: validation error {short(now)} is {100.0 * above:,.0f} % above its best, "
        f"{short(lowest)}, while training error is {short(measures.training_error)}."
    )


def _divergence(run: Run) -> str:
    rate = run.optimizer.learning_rate
    times = rate / _stable_rate(run)
    why = f"{short(times, 2)} times the local stable limit" if times > 1.0 else "too large"
    return (
        f"Diverged at step {run.diverged_at}: the rate {short(rate)} is {why}. "
        "The weights are the last good ones; reset and choose a smaller rate."
    )


def _stable_rate(run: Run) -> float:
    """The largest rate that the curvature here allows plain descent; infinite where it tells nothing."""
    if run.optimizer.name != "gradient_descent" or run.task.network.dimension > _MOST_WEIGHTS:
        return math.inf
    try:
        return stability(run.present_task.surface(), run.weights).largest_stable_rate
    except ValueError:  # so far out that the second derivatives are no numbers
        return math.inf


def _epochs(run: Run, step: int) -> str:
    return f"epoch {short(round(run.epoch_at(step), 1), 6)}"
