"""Rules by which a run ends by itself, looked at when an epoch is over."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Literal

from engine import checks
from engine.measures import measure
from engine.runs import Run

Reason = Literal["epochs", "target_error", "patience"]


@dataclass(frozen=True)
class StopRules:
    """When a run ends by itself; a rule that is None never does.

    Parameters
    ----------
    epochs : int or None
        After so many epochs.
    target_error : float or None
        When the mean error of a training case is this low.
    patience : int or None
        When validation error has not improved for so many epochs: early stopping (Prechelt 1998, "Early stopping -
        but when?"). Means nothing without validation cases.
    """

    epochs: int | None = None
    target_error: float | None = None
    patience: int | None = None

    def __post_init__(self) -> None:
        """Check every rule."""
        for name in ("epochs", "patience"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, checks.integer(name, getattr(self, name), 1))
        if self.target_error is not None:
            object.__setattr__(self, "target_error", checks.number("target_error", self.target_error, 0.0))

    def __bool__(self) -> bool:
        """Whether there is a rule at all."""
        return any(getattr(self, field.name) is not None for field in fields(self))

    def reason_at(self, epoch: float, waited: int | None, training_error: Callable[[], float]) -> Reason | None:
        """The rule that holds at the end of this epoch, None where none does.

        ``waited`` counts the epochs that have ended since the best weights; None without validation cases.
        """
        if self.epochs is not None and epoch >= self.epochs:
            return "epochs"
        if self.target_error is not None and training_error() <= self.target_error:
            return "target_error"
        if self.patience is not None and waited is not None and waited >= self.patience:
            return "patience"
        return None

    def reason(self, run: Run) -> Reason | None:
        """The rule that holds where the run stands; none before an epoch is over, or within one."""
        stages = run.history.stages
        if run.step == 0 or not stages.ends_epoch(run.step):
            return None
        waited = None if run.best is None else stages.ends_at(run.step) - stages.ends_at(run.best.step)
        return self.reason_at(run.epoch, waited, lambda: measure(run).training_error)
