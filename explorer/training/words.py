"""What the training lab says in words: sentences from measured numbers."""

from engine import Run, measure, stability

# Beyond so much above its best, validation error has turned; less is noise.
_TURNED = 0.05
_MOST_WEIGHTS = 300


def sentence(run: Run) -> str:
    """How the run stands."""
    if run.diverged_at is not None:
        return _divergence(run)
    measures, best = measure(run), run.best
    if run.step == 0:
        return f"{run.task.network.dimension:,} weights, drawn from the seed. Press play to train."
    if best is None or measures.validation_error is None:
        return f"Training error {measures.training_error:.3g} after {_epochs(run, run.step)}."
    above = measures.validation_error / best.error - 1.0 if best.error > 0.0 else 0.0
    if above < _TURNED:
        return f"Validation error {measures.validation_error:.3g}; its best so far was {best.error:.3g} after {_epochs(run, best.step)}."
    return (
        f"Overfitting since {_epochs(run, best.step)}: validation error {measures.validation_error:.3g} is {above:.0%} "
        f"above its best, {best.error:.3g}, while training error is {measures.training_error:.2g}."
    )


def _divergence(run: Run) -> str:
    rate = run.optimizer.learning_rate
    words = f"Diverged at step {run.diverged_at}: the rate {rate:.3g} is too large"
    if run.recipe.optimizer.name == "gradient_descent" and run.task.network.dimension <= _MOST_WEIGHTS:
        limit = stability(run.task.surface(), run.weights).largest_stable_rate
        words = f"Diverged at step {run.diverged_at}: the rate {rate:.3g} is {rate / limit:.2g} times the local stable limit"
    return f"{words}. The weights are the last good ones; reset and choose a smaller rate."


def _epochs(run: Run, step: int) -> str:
    epochs = step / run.updates_per_epoch
    return f"epoch {epochs:,.0f}" if epochs == int(epochs) else f"epoch {epochs:,.2f}"
