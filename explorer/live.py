"""The live loop's half on the server: a run and a pace in, the moments to draw and the run after them out.

The only place that paces training. It keeps nothing: what it returns is all there is.
"""

import reprlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import Run, StopRules, advance

FRAME_SECONDS = 0.013  # a sixtieth less what the pictures and the way take
_FIRST_PIECE = 16
_GROWTH = 4
_LIGHT_UPDATE = 3_000_000  # weights times cases of an update that takes a few milliseconds
_PIECES = 2  # of a frame's time, once a run goes at full speed
_REPLAY_POINTS = 400  # a replay shows as fine a curve as its original, which went at a pace for people
_RESOLUTION = 16  # a point of the curves at least every sixteenth of the way so far
MOST_FRAMES = 12
MOST_UPDATES = 1_000  # an epoch of a thousand cases one by one
MOST_OF_A_FRAME = 16  # updates before a moment, or an epoch of them: nobody is offered a speed that needs more
LONGEST_TICK = 1.0  # seconds, a moment that has begun excepted; longer where a frame takes longer
_LIGHT_RUN = 400_000  # characters of a run whose way to the server and back costs a frame nothing to speak of
LAST_STEP = 100_000_000


@dataclass(frozen=True)
class Pace:
    """How a tick goes on.

    ``frames`` moments with ``updates`` updates before each, but never more than an epoch or ``MOST_OF_A_FRAME``, and
    fewer where the tick has no room for them; None means as many as fit into the time that a frame is shown.
    ``until`` is a step at which to stop, None for no such step.
    """

    frames: int
    updates: int | None
    until: int | None = None

    def __post_init__(self) -> None:
        """Refuse what would keep the server busy."""
        _whole("frames", self.frames, 1, MOST_FRAMES)
        if self.updates is not None:
            _whole("updates", self.updates, 1, MOST_UPDATES)
        if self.until is not None:
            _whole("until", self.until, 0, LAST_STEP)


def _whole(name: str, value: object, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} is {reprlib.repr(value)}; it must be a whole number from {low} to {high:,}.")


def seconds_a_frame(run: Run) -> float:
    """How long a frame is shown at full speed: longer for a run so large that its way here and back takes time."""
    numbers = run.task.network.dimension * (2 + len(run.slots))
    return FRAME_SECONDS * max(1.0, numbers * 8 * 4 / 3 / _LIGHT_RUN)


def moments(
    run: Run, pace: Pace, stop: StopRules | None = None, clock: Callable[[], float] = time.perf_counter
) -> Iterator[tuple[list[Run], bool]]:
    """For each moment to draw the run at it, before it the run at points between, and whether a rule of ``stop`` holds.

    Fewer moments than asked for where the run diverges, is stopped, arrives at ``until`` or takes too long.
    """
    piece, end = _first_piece(run), clock() + max(LONGEST_TICK, pace.frames * seconds_a_frame(run))
    for _ in range(pace.frames):
        if pace.updates is not None:
            updates = min(pace.updates, max(run.updates_per_epoch, MOST_OF_A_FRAME))
            between, stopped = _counted(run, _allowed(run, updates, pace.until), stop, clock, end)
        else:
            between, stopped, piece = _for_a_frame(run, pace.until, piece, stop, clock)
        if between[-1].step == run.step and between[-1].diverged_at == run.diverged_at:
            return
        run = between[-1]
        yield between, stopped
        if stopped or clock() > end:
            return


def _counted(
    run: Run, updates: int, stop: StopRules | None, clock: Callable[[], float], end: float
) -> tuple[list[Run], bool]:
    """The run after so many updates, or as many as there is time for until ``end``; and whether a rule stopped it."""
    begin, first, last, piece = clock(), run.step, run.step + updates, _first_piece(run)
    while True:
        before = run.step
        run, stopped = _advanced(run, min(piece, last - run.step), stop)
        now = clock()
        # as fast as so far
        fitting = int((run.step - first) * (end - now) / max(now - begin, 1e-6))
        if stopped or run.step in (before, last) or fitting < 1:
            return [run], stopped
        piece = min(_GROWTH * piece, fitting)


def _first_piece(run: Run) -> int:
    """Updates that surely fit into a tick."""
    cases = run.task.cases("training").cases
    batch = min(run.now.batch_size or cases, cases)
    return _FIRST_PIECE if batch * run.task.network.dimension < _LIGHT_UPDATE else 1


def _advanced(run: Run, updates: int, stop: StopRules | None) -> tuple[Run, bool]:
    """The run after so many updates, or where a rule stopped it, and whether one did."""
    after = advance(run, updates=updates, stop=stop)
    if after.diverged_at is not None or after.step == run.step:
        return after, False
    if after.step < run.step + updates:
        return after, True
    # the last of the updates may be the one after which it stops
    return after, stop is not None and stop.reason(after) is not None


def _for_a_frame(
    run: Run, until: int | None, piece: int, stop: StopRules | None, clock: Callable[[], float]
) -> tuple[list[Run], bool, int]:
    """The runs after each piece of one frame's time, whether a rule stopped the last, and the size that fits a piece.

    A young run goes in pieces of an epoch, so that the curves miss nothing of a beginning that is over in a blink.
    """
    begin = now = clock()
    before, seconds, stopped = begin, seconds_a_frame(run), False
    resolution = _RESOLUTION if until is None else _REPLAY_POINTS
    between = [run]
    # another piece only where most of it still fits
    while now + (now - before) / 2 - begin < seconds and run.diverged_at is None and not stopped:
        updates = _allowed(run, min(piece, max(run.updates_per_epoch, (until or run.step) // resolution)), until)
        if not updates:
            break
        before = now
        run, stopped = _advanced(run, updates, stop)
        now = clock()
        between.append(run)
        fitting = int(updates / max(now - before, 1e-6) * seconds / _PIECES)
        piece = max(1, min(fitting, _GROWTH * piece))
    return between[1:] or between, stopped, piece


def _allowed(run: Run, updates: int, until: int | None) -> int:
    return updates if until is None else max(0, min(updates, until - run.step))
