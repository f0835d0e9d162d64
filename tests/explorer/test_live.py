import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine import Adam, Dataset, GradientDescent, Network, Optimizer, Recipe, Run, Task, advance, start
from explorer import live
from explorer.live import (
    FRAME_SECONDS,
    LAST_STEP,
    LONGEST_TICK,
    MOST_FRAMES,
    MOST_OF_A_FRAME,
    MOST_UPDATES,
    Pace,
    moments,
)
from explorer.training.settings import SPEEDS


class Clock:
    """Time that passes only while a run is advanced, at so many seconds an update."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
        self.now, self.seconds = 1000.0, seconds
        self.pieces: list[int] = []
        monkeypatch.setattr(live, "advance", self._advance)

    def __call__(self) -> float:
        return self.now

    def _advance(self, run: Run, updates: int) -> Run:
        self.pieces.append(updates)
        self.now += updates * self.seconds
        return advance(run, updates=updates)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], Clock]:
    return lambda seconds: Clock(monkeypatch, seconds)


def made(cases: int = 12, batch_size: int = 4, optimizer: Optimizer | None = None, split: bool = True) -> Run:
    draw = np.random.default_rng(5)
    inputs = draw.normal(size=(cases, 2))
    data = Dataset.from_arrays(inputs, inputs[:, 0] * inputs[:, 1], (0.75, 0.25, 0.0) if split else None)
    return start(Task(data, Network((2, 3, 1))), Recipe(optimizer or GradientDescent(0.05), batch_size), seed=3)


def aged() -> Run:
    """A run that is old enough for pieces of any size."""
    return replace(made(), step=10**6)


def steps(found: Iterator[list[Run]]) -> list[list[int]]:
    return [[run.step for run in between] for between in found]


# --- a given number of updates ------------------------------------------------------


def test_so_many_moments_with_so_many_updates_before_each() -> None:
    assert steps(moments(made(), Pace(frames=4, updates=7))) == [[7], [14], [21], [28]]


@pytest.mark.parametrize(
    ("done", "until", "expected"),
    [
        (0, 20, [[8], [16], [20]]),
        (0, 16, [[8], [16]]),
        (0, 3, [[3]]),
        (5, 8, [[8]]),
        (5, 5, []),
        (5, 2, []),
        (5, 0, []),
    ],
)
@pytest.mark.parametrize("updates", [8, None])
def test_a_replay_stops_at_its_step(
    clock: Callable[[float], Clock], done: int, until: int, expected: list[list[int]], updates: int | None
) -> None:
    run = advance(made(), updates=done)
    found = steps(moments(run, Pace(5, updates, until), clock(0.001)))
    if updates is None:
        assert [between[-1] for between in found][-1:] == [frame[-1] for frame in expected][-1:]
    else:
        assert found == expected


# --- as many as fit -----------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1e-5, 1e-4, 1e-3])
def test_a_moment_takes_about_the_time_of_a_frame(clock: Callable[[float], Clock], seconds: float) -> None:
    # the first moment grows its pieces from a small one
    first, *later = steps(moments(aged(), Pace(frames=6, updates=None), clock(seconds)))
    for before, after in itertools.pairwise(between[-1] for between in [first, *later]):
        assert 0.5 * FRAME_SECONDS < (after - before) * seconds < 1.5 * FRAME_SECONDS


def test_pieces_grow_until_a_few_of_them_fill_a_frame(clock: Callable[[float], Clock]) -> None:
    time = clock(1e-5)
    assert len(list(moments(aged(), Pace(frames=6, updates=None), time))) == 6
    assert time.pieces[0] * time.seconds < 0.1 * FRAME_SECONDS
    for before, after in itertools.pairwise(time.pieces):
        assert before - 1 <= after <= 4 * before
    *_, settled = time.pieces
    assert time.pieces[8:] == pytest.approx([settled] * len(time.pieces[8:]), abs=1)
    assert 2 <= round(FRAME_SECONDS / (settled * time.seconds)) <= 8


def test_a_slow_run_goes_update_by_update(clock: Callable[[float], Clock]) -> None:
    time = clock(0.02)
    assert steps(moments(made(), Pace(frames=3, updates=None), time)) == [[3], [4], [5]]


@pytest.mark.parametrize(("cases", "batch_size"), [(12, 4), (100, 1), (40, 40)])
def test_a_young_run_shows_every_epoch(clock: Callable[[float], Clock], cases: int, batch_size: int) -> None:
    run = made(cases, batch_size)
    for between in moments(run, Pace(frames=3, updates=None), clock(1e-5)):
        for one in between:
            assert 0 < one.step - run.step <= max(run.updates_per_epoch, run.step // 16)
            run = one
    assert run.step > 16 * run.updates_per_epoch


def test_the_time_is_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.time, "perf_counter", lambda: pytest.fail("the given clock counts"))
    ticking = itertools.count(0.0, 0.01)
    assert len(list(moments(made(), Pace(3, None), lambda: next(ticking)))) == 3


# --- what stops it ------------------------------------------------------------------


@pytest.mark.parametrize("updates", [4, None])
def test_divergence_is_the_last_moment(clock: Callable[[float], Clock], updates: int | None) -> None:
    run = made(optimizer=GradientDescent(50.0))
    diverged = advance(run, updates=1000)
    assert diverged.diverged_at is not None
    found = list(moments(run, Pace(12, updates), clock(1e-3)))
    assert len(found) < 12
    assert found[-1][-1] == diverged
    assert [one.diverged_at for between in found for one in between[:-1]] == [None] * sum(len(b) - 1 for b in found)
    assert list(moments(diverged, Pace(3, updates), clock(1e-3))) == []


def test_a_tick_that_takes_too_long_ends_with_the_moment_that_it_is_in(clock: Callable[[float], Clock]) -> None:
    found = steps(moments(made(), Pace(12, updates=10), clock(0.4 * LONGEST_TICK / 10)))
    assert found == [[10], [20], [30]]


@pytest.mark.parametrize(
    ("cases", "batch_size", "updates"), [(12, 4, MOST_OF_A_FRAME), (40, 40, MOST_OF_A_FRAME), (100, 1, 75)]
)
def test_a_moment_is_an_epoch_at_most_or_what_a_speed_needs(cases: int, batch_size: int, updates: int) -> None:
    run = made(cases, batch_size)
    assert max(run.updates_per_epoch, MOST_OF_A_FRAME) == updates
    assert steps(moments(run, Pace(2, MOST_UPDATES))) == [[updates], [2 * updates]]
    assert steps(moments(run, Pace(1, updates))) == [[updates]]
    assert steps(moments(run, Pace(1, updates - 1))) == [[updates - 1]]


def test_every_speed_that_is_offered_is_kept() -> None:
    numbers = [int(speed) for speed in SPEEDS if speed.isdigit()]
    assert len(numbers) == len(SPEEDS) - 1
    assert max(numbers) / 60 <= MOST_OF_A_FRAME


# --- the same run -------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", [GradientDescent(0.05), Adam(0.01)], ids=["descent", "adam"])
@pytest.mark.parametrize(("cases", "batch_size"), [(12, 4), (13, 5), (8, 8)])
@pytest.mark.parametrize("updates", [1, 7, None])
def test_however_it_is_cut_it_is_the_same_training(
    clock: Callable[[float], Clock], optimizer: Optimizer, cases: int, batch_size: int, updates: int | None
) -> None:
    run = made(cases, batch_size, optimizer).change("learning_rate", 0.02)
    for between in moments(run, Pace(4, updates), clock(2e-4)):
        for one in between:
            assert one.to_json() == advance(run, updates=one.step).to_json()


def test_the_run_given_is_left_alone() -> None:
    run = made()
    text = run.to_json()
    assert len(list(moments(run, Pace(3, 5)))) == 3
    assert run.to_json() == text


# --- the pace -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "low", "high"), [("frames", 1, MOST_FRAMES), ("updates", 1, MOST_UPDATES), ("until", 0, LAST_STEP)]
)
def test_absurd_numbers_are_refused(name: str, low: int, high: int) -> None:
    legal = {"frames": 2, "updates": 3, "until": 4}
    for good in (low, high):
        assert getattr(Pace(**legal | {name: good}), name) == good
    absurd = [low - 1, high + 1, -(10**30), 10**30, 1.0, float("nan"), float("inf"), True, "1", "x" * 10**6, [], {}]
    for bad in absurd if name != "frames" else [*absurd, None]:
        with pytest.raises(
            ValueError, match=rf"^{name} is .{{1,60}}; it must be a whole number from {low} to "
        ) as told:
            Pace(**legal | {name: bad})
        assert str(told.value).endswith(f"{high:,}.")
