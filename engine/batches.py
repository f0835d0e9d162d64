"""The training cases of a run, cut into batches, each in one piece of memory."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.calls import Total
from engine.dropout import Draws, Dropout, blocks_of
from engine.propagation import Pass, Propagation
from engine.runs import Run
from engine.streams import stream
from engine.types import Array


class DroppingPass:
    """A pass before which it is drawn anew what is left out."""

    __slots__ = ("_draw", "_pass")

    def __init__(self, whole: Pass, draw: Callable[[], None]) -> None:
        self._pass, self._draw = whole, draw

    def forward(self) -> Total:
        """As ``Pass.forward``."""
        self._draw()
        return self._pass.forward()

    def backward(self) -> Total:
        """As ``Pass.backward``."""
        self._draw()
        return self._pass.backward()


class Batches:
    """The batches of the stage that a run is in; all passes read ``weights`` and write ``gradient`` (P,)."""

    def __init__(self, run: Run, weights: Array, gradient: Array) -> None:
        self._task, self._seed, self._place = run.present_task, run.seed, run.stage.place
        recipe, self._cases = run.now, self._task.cases("training")
        count = self._cases.cases
        size = min(recipe.batch_size or count, count)
        # one batch of all cases is the same in any order
        self._shuffle = recipe.shuffle and size < count
        self._inputs = self._cases.inputs.copy(order="K") if self._shuffle else self._cases.inputs
        self._spans = [slice(begin, begin + size) for begin in range(0, count, size)]
        self._targets = [self._cases.targets[:, span].copy() for span in self._spans]
        self._layers = self._task.network.sizes[1:-1]
        self._share = recipe.dropout if self._layers else 0.0
        self._epoch: int | None = None
        self._passes = self._bound(weights, gradient, blocks_of(self._layers, size))

    def of_epoch(self, epoch: int) -> list[Pass | DroppingPass]:
        """The batches of an epoch of this stage; its order, and what is dropped, are drawn from (seed, epoch)."""
        if epoch != self._epoch:
            self._epoch = epoch
            if self._shuffle:
                self._lay(stream("order", self._seed, *self._place, epoch).permutation(self._cases.cases))
            if self._share:
                self._draws = Draws(self._seed, (*self._place, epoch))
        return self._passes

    def _bound(self, weights: Array, gradient: Array, blocks: int) -> list[Pass | DroppingPass]:
        """All passes; a batch takes so many blocks of random numbers, a short last one no more."""
        by_width: dict[int, tuple[Propagation, Dropout | None]] = {}
        passes: list[Pass | DroppingPass] = []
        for number, (span, targets) in enumerate(zip(self._spans, self._targets, strict=True)):
            width = targets.shape[1]
            if width not in by_width:
                by_width[width] = self._propagation(weights, gradient, width)
            propagation, dropout = by_width[width]
            bound = propagation.bind(self._inputs[:, span], targets)
            passes.append(DroppingPass(bound, partial(self._draw, dropout, number * blocks)) if dropout else bound)
        return passes

    def _propagation(self, weights: Array, gradient: Array, width: int) -> tuple[Propagation, Dropout | None]:
        task, dropout = self._task, Dropout(self._share, self._layers, width) if self._share else None
        factors = dropout.factors if dropout else ()
        return Propagation(task.network, task.error, task.reduction, weights, gradient, width, factors), dropout

    def _draw(self, dropout: Dropout, begin: int) -> None:
        dropout.lay(self._draws, begin)

    def _lay(self, order: npt.NDArray[np.int64]) -> None:
        # mode="clip" lets take() write straight into the buffer
        np.take(self._cases.inputs.T, order, axis=0, out=self._inputs.T, mode="clip")
        ordered = self._cases.targets[:, order]
        for span, targets in zip(self._spans, self._targets, strict=True):
            np.copyto(targets, ordered[:, span])
