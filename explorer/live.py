"""The live loop's half on the server: a run and a pace in, the moments to draw and the run after them out.

The only place that paces training. It keeps nothing: what it returns is all there is.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine import Run, advance

FRAME_SECONDS = 0.016
_FIRST_CHUNK = 16
_GROWTH = 8
MOST_FRAMES = 12
MOST_UPDATES = 10_000
LAST_STEP = 100_000_000


@dataclass(frozen=True)
class Pace:
    """How a tick goes on.

    ``frames`` moments with ``updates`` updates before each; None means as many as fit into the time that a frame
    is shown. ``until`` is a step at which to stop, None for no such step.
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
        raise ValueError(f"{name} is {value!r}; it must be a whole number from {low} to {high:,}.")


def moments(run: Run, pace: Pace, clock: Callable[[], float] = time.perf_counter) -> Iterator[Run]:
    """The run at each moment to draw. Fewer than asked for where it diverges or arrives at ``until``."""
    chunk = _FIRST_CHUNK
    for _ in range(pace.frames):
        before = run.step
        if pace.updates is not None:
            run = advance(run, updates=_allowed(run, pace.updates, pace.until))
        else:
            run, chunk = _for_a_frame(run, pace.until, chunk, clock)
        if run.step == before and run.diverged_at is None:
            return
        yield run
        if run.diverged_at is not None:
            return


def _for_a_frame(run: Run, until: int | None, chunk: int, clock: Callable[[], float]) -> tuple[Run, int]:
    """Advance for the time of one frame in pieces that grow to fit it; the size of the last piece goes along."""
    begin = clock()
    spent = 0.0
    while spent < FRAME_SECONDS and run.diverged_at is None:
        updates = _allowed(run, chunk, until)
        if not updates:
            break
        piece_begin = clock()
        run = advance(run, updates=updates)
        now = clock()
        rate = updates / max(now - piece_begin, 1e-6)
        spent = now - begin
        left = FRAME_SECONDS - spent
        if left < FRAME_SECONDS / 8:
            chunk = max(1, int(rate * FRAME_SECONDS))
            break
        chunk = max(1, min(int(rate * left), _GROWTH * chunk))
    return run, chunk


def _allowed(run: Run, updates: int, until: int | None) -> int:
    return updates if until is None else max(0, min(updates, until - run.step))
