"""What holds at each step of a run: recipe, links and cases, as its log of changes tells them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.changes import Change, mask_after, recipe_after, with_points
from engine.recipes import Recipe
from engine.stages import Stages
from engine.tasks import Task
from engine.types import Array


@dataclass(frozen=True, eq=False)
class Present:
    """What holds from one change to the next.

    Attributes
    ----------
    changes : int
        How many changes of the log have happened.
    recipe : Recipe
    optimizer_since : int
        The step at which the optimizer began: it counts its updates from there.
    mask : (P,) or None
        1 for the weights that exist, 0 for the others; None where all do.
    task : Task
        With the points that have joined.
    """

    changes: int
    recipe: Recipe
    optimizer_since: int
    mask: Array | None
    task: Task


class History:
    """A log of changes with all that follows from it. Going forward through it costs no more than what changes."""

    def __init__(self, task: Task, recipe: Recipe, seed: int, changes: tuple[Change, ...]) -> None:
        self._changes, self._steps = changes, [change.step for change in changes]
        self._first = self._latest = Present(0, recipe, 0, task.network.mask(seed), task)

    @cached_property
    def stages(self) -> Stages:
        """The stages of the run."""
        task, recipe = self._first.task, self._first.recipe
        return Stages(task.cases("training").cases, task.copies, recipe.batch_size, self._changes)

    def until(self, step: int) -> tuple[Change, ...]:
        """The changes that hold for the update that follows ``step`` updates."""
        return self._changes[: bisect_right(self._steps, step)]

    def at_step(self, step: int) -> tuple[Change, ...]:
        """The changes made right after ``step`` updates."""
        return self._changes[bisect_right(self._steps, step - 1) : bisect_right(self._steps, step)]

    def next_step(self, step: int) -> int | None:
        """The step of the first change after ``step``."""
        place = bisect_right(self._steps, step)
        return self._steps[place] if place < len(self._steps) else None

    def at(self, step: int) -> Present:
        """What holds for the update that follows ``step`` updates."""
        count, latest = bisect_right(self._steps, step), self._latest
        if latest.changes != count:
            known = latest if latest.changes < count else self._first
            latest = self._latest = self._after(known, self._changes[known.changes : count])
        return latest

    def _after(self, present: Present, changes: Sequence[Change]) -> Present:
        """What holds when these changes have come to those of the present."""
        task, count = self._first.task, present.changes + len(changes)
        begun = [change.step for change in changes if change.setting == "optimizer"]
        joins = any(change.setting == "points" for change in changes)
        return Present(
            count,
            recipe_after(present.recipe, changes),
            begun[-1] if begun else present.optimizer_since,
            mask_after(present.mask, changes, task.network.dimension),
            with_points(task, self._changes[:count]) if joins else present.task,
        )
