"""The live loop's half on the server: a run and a pace in, the moments to draw and the run after them out.

The only place that paces training. It keeps nothing: what it returns is all there is.
"""

import reprlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import Run, advance

FRAME_SECONDS = 0.0135  # a sixtieth less what the pictures and the way take
_FIRST_PIECE = 16
_GROWTH = 4
_PIECES = 2  # of a frame's time, once a run goes at full speed
_REPLAY_POINTS = 400  # a replay shows as fine a curve as its original, which went at a pace for people
_RESOLUTION = 16  # a point of the curves at least every sixteenth of the way so far
MOST_FRAMES = 12
MOST_UPDATES = 1_000  # an epoch of a thousand cases one by one
MOST_OF_A_FRAME = 16  # updates before a moment, or an epoch of them: nobody is offered a speed that needs more
LONGEST_TICK = 1.0  # seconds, a moment that has begun excepted
LAST_STEP = 100_000_000


@dataclass(frozen=True)
class Pace:
    """How a tick goes on.

    ``frames`` moments with ``updates`` updates before each, but never more than an epoch or ``MOST_OF_A_FRAME``;
    None means as many as fit into the time that a frame is shown. ``until`` is a step at which to stop, None for no
    such step.
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


def moments(run: Run, pace: Pace, clock: Callable[[], float] = time.perf_counter) -> Iterator[list[Run]]:
    """For each moment to draw, the run at it and before it the run at points between, for the curves.

    Fewer moments than asked for where the run diverges, arrives at ``until`` or takes too long.
    """
    piece, begin = _FIRST_PIECE, clock()
    for _ in range(pace.frames):
        if pace.updates is not None:
            updates = min(pace.updates, max(run.updates_per_epoch, MOST_OF_A_FRAME))
            between = [advance(run, updates=_allowed(run, updates, pace.until))]
        else:
            between, piece = _for_a_frame(run, pace.until, piece, clock)
        if between[-1].step == run.step and between[-1].diverged_at == run.diverged_at:
            return
        run = between[-1]
        yield between
        if clock() - begin > LONGEST_TICK:
            return


def _for_a_frame(run: Run, until: int | None, piece: int, clock: Callable[[], float]) -> tuple[list[Run], int]:
    """Advance for the time of one frame, piece by piece; the runs after each, and the size that fits for a piece.

    A young run goes in pieces of an epoch, so that the curves miss nothing of a beginning that is over in a blink.
    """
    begin = now = clock()
    before = begin
    resolution = _RESOLUTION if until is None else _REPLAY_POINTS
    between = [run]
    # another piece only where most of it still fits
    while now + (now - before) / 2 - begin < FRAME_SECONDS and run.diverged_at is None:
        updates = _allowed(run, min(piece, max(run.updates_per_epoch, (until or run.step) // resolution)), until)
        if not updates:
            break
        before = now
        run = advance(run, updates=updates)
        now = clock()
        between.append(run)
        fitting = int(updates / max(now - before, 1e-6) * FRAME_SECONDS / _PIECES)
        piece = max(1, min(fitting, _GROWTH * piece))
    return between[1:] or between, piece


def _allowed(run: Run, updates: int, until: int | None) -> int:
    return updates if until is None else max(0, min(updates, until - run.step))
