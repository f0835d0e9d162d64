"""Where 40,000 starts end: ours against a textbook loop, and with a tenth and ten times as many starts.

Both take every start 500 steps of plain descent down Himmelblau's function, one thread, processor time in turns; the
textbook has no reason to let a start go that rests, and we do: the ends are compared before anything is timed.
"""

from collections.abc import Callable
from statistics import median
from time import thread_time

import numpy as np

from engine import LANDSCAPES, Adam, GradientDescent, Momentum, Optimizer
from engine.basins import Ends, descend_to_rest
from engine.types import Array
from explorer.maps import axes, grid

STEPS = 500
RATE = 0.01
STILL = 1.2e-5  # a millionth of the window
GOAL = 1.8
REPETITIONS = 7


def starts(side: int) -> Array:
    return grid(*axes(((-6.0, 6.0), (-6.0, 6.0)), side)).reshape(-1, 2)


def textbook(places: Array) -> Array:
    """Himmelblau's gradient as the book has it, all starts at once."""
    w1, w2 = places[:, 0].copy(), places[:, 1].copy()
    for _ in range(STEPS):
        first, second = w1**2 + w2 - 11.0, w1 + w2**2 - 7.0
        slope1, slope2 = 4.0 * w1 * first + 2.0 * second, 2.0 * first + 4.0 * w2 * second
        w1, w2 = w1 - RATE * slope1, w2 - RATE * slope2
    return np.stack([w1, w2], axis=1)


def ours(places: Array, optimizer: Optimizer) -> Ends:
    return descend_to_rest(LANDSCAPES["himmelblau"], places, optimizer, STEPS, STILL)


def seconds(work: Callable[[], object]) -> float:
    begin = thread_time()
    work()
    return thread_time() - begin


def main() -> None:
    print(f"\nbasins of Himmelblau, {STEPS} steps of plain descent, ms        ours  textbook     ratio   goal")
    plain = GradientDescent(learning_rate=RATE)
    for side in (63, 200, 632, 2000):
        places = starts(side)
        apart = (np.abs(ours(places, plain).weights - textbook(places)) > 1e-3).any(axis=1)
        assert apart.sum() <= len(places) // 1_000_000  # a start on a saddle rests there, and the textbook leaves it
        count = REPETITIONS if side < 600 else 2 if side < 1000 else 1
        pairs = [
            (seconds(lambda p=places: ours(p, plain)), seconds(lambda p=places: textbook(p))) for _ in range(count)
        ]
        ratio = median(other / one for one, other in pairs)
        goal = f"{GOAL}: {'reached' if ratio >= GOAL else 'NOT REACHED'}" if side == 200 else ""
        one, other = (1e3 * median(column) for column in zip(*pairs, strict=True))
        print(f"{side * side:9,} starts {one:42.1f}{other:10.1f}{ratio:10.1f}   {goal}")
    for optimizer in (Momentum(learning_rate=0.002), Adam(learning_rate=0.05)):
        places = starts(200)
        time = median(seconds(lambda o=optimizer, p=places: ours(p, o)) for _ in range(3))
        print(f"   40,000 starts, {optimizer.title:20}{1e3 * time:21.1f}")


if __name__ == "__main__":
    main()
