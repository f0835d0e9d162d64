"""The training cases of several replicas of a run, each in its own order, cut into batches of all of them."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.batches import DroppingPass
from engine.dropout import Draws, blocks_of
from engine.propagation import Pass, Propagation
from engine.runs import Run
from engine.stacked_orders import Orders
from engine.tasks import FeatureMajor
from engine.types import Array, IntegerArray


class StackedCases:
    """The cases of R replicas, all of one shape, from which batches are gathered.

    Replicas that learn the same cases share one copy. Otherwise their inputs (N, F + 1) stand below each other, and so
    do their targets (K, N).
    """

    def __init__(self, cases: Sequence[FeatureMajor]) -> None:
        self.cases, self.outputs = cases[0].cases, len(cases[0].targets)
        shared = all(one is cases[0] for one in cases)
        distinct, replica = (cases[:1], 0) if shared else (cases, 1)
        self.inputs: Array = np.concatenate([one.inputs.T for one in distinct])
        self.targets: Array = np.concatenate([one.targets.reshape(-1) for one in distinct])
        place = replica * np.arange(len(cases))[:, None]
        self._first_input = place * self.cases
        self._first_target = (place * self.outputs + np.arange(self.outputs))[..., None] * self.cases

    def gather(self, order: IntegerArray, inputs: Array, targets: Array) -> None:
        """Lay the cases ``order`` (B, R, n) into inputs (B, R, n, F + 1) and targets (B, R, K, n)."""
        # mode="clip" lets take() write straight into the buffer
        np.take(self.inputs, order + self._first_input, axis=0, out=inputs, mode="clip")
        np.take(self.targets, order[:, :, None] + self._first_target, out=targets, mode="clip")


class StackedDropout:
    """The factors on the hidden activities of a batch of each replica, (R, width, cases) for each hidden layer."""

    def __init__(self, share: float, widths: Sequence[int], cases: int, replicas: int) -> None:
        self._share, self._kept = np.array(share), np.array(1.0 / (1.0 - share))
        # the random stream gives four numbers a step
        self._drawn = np.empty((replicas, 4 * blocks_of(widths, cases)))
        ends = np.cumsum([0, *(width * cases for width in widths)])
        self.factors: list[Array] = [
            self._drawn[:, begin:end].reshape(replicas, width, cases)
            for begin, end, width in zip(ends[:-1], ends[1:], widths, strict=True)
        ]

    def lay(self, draws: Sequence[Draws], begin: int) -> None:
        """Draw the factors as each replica by itself would; see ``Dropout.lay``."""
        for own, row in zip(draws, self._drawn, strict=True):
            own.fill(row, begin)
        # r = 1 / (1 - p) where u >= p, else 0,  u ~ U(0, 1)
        np.greater_equal(self._drawn, self._share, self._drawn)
        np.multiply(self._drawn, self._kept, self._drawn)


class _Block:
    """Equally long batches, each in one piece of memory."""

    def __init__(self, cases: StackedCases, replicas: int, begin: int, batches: int, size: int) -> None:
        self.span, self.size, self._cases = slice(begin, begin + batches * size), size, cases
        self.inputs = np.empty((batches, replicas, size, cases.inputs.shape[1]))
        self.targets = np.empty((batches, replicas, cases.outputs, size))

    def lay(self, orders: IntegerArray) -> None:
        batches, replicas = self.inputs.shape[:2]
        order = orders[:, self.span].reshape(replicas, batches, self.size).swapaxes(0, 1)
        self._cases.gather(order, self.inputs, self.targets)


class StackedBatches:
    """As ``Batches``, for runs in the same stage; all passes read ``weights`` and write ``gradient`` (R, P)."""

    def __init__(self, runs: Sequence[Run], weights: Array, gradient: Array) -> None:
        run, recipe = runs[0], runs[0].now
        self._task, self._weights, self._gradient = run.present_task, weights, gradient
        self._streams = [(run.seed, run.stage.place) for run in runs]
        cases = StackedCases([run.present_task.cases("training") for run in runs])
        size = min(recipe.batch_size or cases.cases, cases.cases)
        # one batch of all cases is the same in any order
        self._cases, self._shuffle = cases.cases, recipe.shuffle and size < cases.cases
        self._layers = self._task.network.sizes[1:-1]
        self._share = recipe.dropout if self._layers else 0.0
        full, rest = divmod(cases.cases, size)
        self._blocks = [_Block(cases, len(runs), 0, full, size)]
        if rest:
            self._blocks.append(_Block(cases, len(runs), full * size, 1, rest))
        self._epoch: int | None = None
        self._passes = self._bound(blocks_of(self._layers, size))
        if self._shuffle:
            self._orders = Orders(self._streams, self._cases)
        else:
            self._lay(np.tile(np.arange(self._cases), (len(runs), 1)))

    def of_epoch(self, epoch: int) -> list[Pass | DroppingPass]:
        """The batches of an epoch, for each replica those that its seed gives it alone."""
        if epoch != self._epoch:
            self._epoch = epoch
            if self._shuffle:
                self._lay(self._orders.of_epoch(epoch))
            if self._share:
                self._draws = [Draws(seed, (*place, epoch)) for seed, place in self._streams]
        return self._passes

    def _lay(self, orders: IntegerArray) -> None:
        for block in self._blocks:
            block.lay(orders)

    def _bound(self, blocks: int) -> list[Pass | DroppingPass]:
        """All passes; a batch takes so many blocks of random numbers, a short last one no more."""
        passes: list[Pass | DroppingPass] = []
        for block in self._blocks:
            propagation, dropout = self._propagation(block.size)
            for inputs, targets in zip(block.inputs, block.targets, strict=True):
                bound = propagation.bind(inputs.swapaxes(-1, -2), targets)
                draw = partial(self._draw, dropout, len(passes) * blocks) if dropout else None
                passes.append(DroppingPass(bound, draw) if draw else bound)
        return passes

    def _propagation(self, size: int) -> tuple[Propagation, StackedDropout | None]:
        task, share = self._task, self._share
        dropout = StackedDropout(share, self._layers, size, len(self._streams)) if share else None
        factors = dropout.factors if dropout else ()
        network, weights, gradient = task.network, self._weights, self._gradient
        return Propagation(network, task.error, task.reduction, weights, gradient, size, factors, apart=True), dropout

    def _draw(self, dropout: StackedDropout, begin: int) -> None:
        dropout.lay(self._draws, begin)
