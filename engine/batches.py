"""The training cases of a run, cut into batches, each in one piece of memory."""

from collections.abc import Callable
from functools import partial

import numpy as np

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
    """The batches of the stage that a run is in; all passes read ``weights`` and write ``gradient`` (P,).

    Only what is asked for is gathered and bound: a few updates of a long epoch do not pay for all of it.
    """

    def __init__(self, run: Run, weights: Array, gradient: Array) -> None:
        self._task, self._seed, self._place = run.present_task, run.seed, run.stage.place
        self._weights, self._gradient = weights, gradient
        recipe, self._cases = run.now, self._task.cases("training")
        count = self._cases.cases
        self._size, self._numbers = min(recipe.batch_size or count, count), range(run.updates_per_epoch)
        # one batch of all cases is the same in any order
        self._shuffle = recipe.shuffle and self._size < count
        self._inputs = np.empty_like(self._cases.inputs) if self._shuffle else self._cases.inputs
        self._targets = np.empty_like(self._cases.targets.T, order="C")
        self._layers = self._task.network.sizes[1:-1]
        self._share = recipe.dropout if self._layers else 0.0
        self._epoch: int | None = None
        self._passes: dict[int, Pass | DroppingPass] = {}
        self._by_width: dict[int, tuple[Propagation, Dropout | None]] = {}

    def of_epoch(self, epoch: int, begin: int = 0, end: int | None = None) -> list[Pass | DroppingPass]:
        """The batches of an epoch of this stage from ``begin`` to ``end``; they hold until the next are asked for.

        The order of the epoch, and what is dropped in it, are drawn from (seed, epoch).
        """
        if epoch != self._epoch:
            self._epoch = epoch
            if self._shuffle:
                self._order = stream("order", self._seed, *self._place, epoch).permutation(self._cases.cases)
            if self._share:
                self._draws = Draws(self._seed, (*self._place, epoch))
        numbers, passes = self._numbers[begin:end], self._passes
        if self._shuffle:
            self._lay(self._span(numbers.start, numbers.stop))
        return [passes.get(number) or self._bound(number) for number in numbers]

    def _span(self, begin: int, end: int) -> slice:
        """The places of the cases of these batches; a short last batch has fewer."""
        return slice(begin * self._size, min(end * self._size, self._cases.cases))

    def _bound(self, number: int) -> Pass | DroppingPass:
        """The pass over a batch, whatever cases are laid there."""
        span = self._span(number, number + 1)
        width = span.stop - span.start
        if width not in self._by_width:
            self._by_width[width] = self._propagation(width)
        propagation, dropout = self._by_width[width]
        bound = propagation.bind(self._inputs[:, span], self._targets_at(span))
        # a short last batch takes no more blocks of random numbers
        begin = number * blocks_of(self._layers, self._size)
        self._passes[number] = DroppingPass(bound, partial(self._draw, dropout, begin)) if dropout else bound
        return self._passes[number]

    def _propagation(self, width: int) -> tuple[Propagation, Dropout | None]:
        task, dropout = self._task, Dropout(self._share, self._layers, width) if self._share else None
        factors = dropout.factors if dropout else ()
        weights, gradient = self._weights, self._gradient
        return Propagation(task.network, task.error, task.reduction, weights, gradient, width, factors), dropout

    def _draw(self, dropout: Dropout, begin: int) -> None:
        dropout.lay(self._draws, begin)

    def _targets_at(self, span: slice) -> Array:
        """The targets (K, n) of a batch, in one piece of memory."""
        if not self._shuffle:
            return self._cases.targets[:, span].copy()
        return self._targets[span].reshape(len(self._cases.targets), -1)

    def _lay(self, span: slice) -> None:
        """Gather the cases that the order of the epoch has at these places."""
        order = self._order[span]
        # mode="clip" lets take() write straight into the buffer
        np.take(self._cases.inputs.T, order, axis=0, out=self._inputs.T[span], mode="clip")
        _cut(self._cases.targets[:, order], self._size, self._targets[span])


def _cut(targets: Array, size: int, out: Array) -> None:
    """Targets (K, N) into the memory of ``out`` (N, K), batch after batch as (K, n); n is less for a short last one."""
    outputs, full = len(targets), targets.shape[1] // size * size
    batches = targets[:, :full].reshape(outputs, -1, size).swapaxes(0, 1)
    np.copyto(out[:full].reshape(-1, outputs, size), batches)
    np.copyto(out[full:].reshape(outputs, -1), targets[:, full:])
