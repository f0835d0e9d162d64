import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine import (
    Adam,
    Dataset,
    GradientDescent,
    Network,
    Optimizer,
    Recipe,
    Run,
    StopRules,
    Task,
    advance,
    measure,
    start,
)
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
    seconds_a_frame,
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

    def _advance(self, run: Run, updates: int, stop: StopRules | None) -> Run:
        self.pieces.append(updates)
        self.now += updates * self.seconds
        return advance(run, updates=updates, stop=stop)


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


def wide(updates: int = 0) -> Run:
    """A run of 50,000 weights on 90 cases at once: such updates are no trifle."""
    run = made(120, 90)
    return advance(start(Task(run.task.data, Network((2, 128, 128, 128, 128, 1))), run.recipe), updates=updates)


def steps(found: Iterator[tuple[list[Run], bool]]) -> list[list[int]]:
    return [[run.step for run in between] for between, _ in found]


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
    found = steps(moments(run, Pace(5, updates, until), None, clock(0.001)))
    if updates is None:
        assert [between[-1] for between in found][-1:] == [frame[-1] for frame in expected][-1:]
    else:
        assert found == expected


# --- as many as fit -----------------------------------------------------------------


@pytest.mark.parametrize("seconds", [1e-5, 1e-4, 1e-3])
def test_a_moment_takes_about_the_time_of_a_frame(clock: Callable[[float], Clock], seconds: float) -> None:
    # the first moment grows its pieces from a small one
    first, *later = steps(moments(aged(), Pace(frames=6, updates=None), None, clock(seconds)))
    for before, after in itertools.pairwise(between[-1] for between in [first, *later]):
        assert 0.5 * FRAME_SECONDS < (after - before) * seconds < 1.5 * FRAME_SECONDS


def test_pieces_grow_until_a_few_of_them_fill_a_frame(clock: Callable[[float], Clock]) -> None:
    time = clock(1e-5)
    assert len(list(moments(aged(), Pace(frames=6, updates=None), None, time))) == 6
    assert time.pieces[0] * time.seconds < 0.1 * FRAME_SECONDS
    for before, after in itertools.pairwise(time.pieces):
        assert before - 1 <= after <= 4 * before
    *_, settled = time.pieces
    assert time.pieces[8:] == pytest.approx([settled] * len(time.pieces[8:]), abs=1)
    assert 2 <= round(FRAME_SECONDS / (settled * time.seconds)) <= 8


def test_a_slow_run_goes_update_by_update(clock: Callable[[float], Clock]) -> None:
    time = clock(0.02)
    assert steps(moments(made(), Pace(frames=3, updates=None), None, time)) == [[3], [4], [5]]


@pytest.mark.parametrize(("cases", "batch_size"), [(12, 4), (100, 1), (40, 40)])
def test_a_young_run_shows_every_epoch(clock: Callable[[float], Clock], cases: int, batch_size: int) -> None:
    run = made(cases, batch_size)
    for between, _ in moments(run, Pace(frames=3, updates=None), None, clock(1e-5)):
        for one in between:
            assert 0 < one.step - run.step <= max(run.updates_per_epoch, run.step // 16)
            run = one
    assert run.step > 16 * run.updates_per_epoch


def test_the_time_is_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.time, "perf_counter", lambda: pytest.fail("the given clock counts"))
    ticking = itertools.count(0.0, 0.01)
    assert len(list(moments(made(), Pace(3, None), None, lambda: next(ticking)))) == 3


# --- what stops it ------------------------------------------------------------------


@pytest.mark.parametrize("updates", [4, None])
def test_divergence_is_the_last_moment(clock: Callable[[float], Clock], updates: int | None) -> None:
    run = made(optimizer=GradientDescent(50.0))
    diverged = advance(run, updates=1000)
    assert diverged.diverged_at is not None
    found = [between for between, stopped in moments(run, Pace(12, updates), StopRules(epochs=500), clock(1e-3))]
    assert len(found) < 12
    assert found[-1][-1] == diverged
    assert [one.diverged_at for between in found for one in between[:-1]] == [None] * sum(len(b) - 1 for b in found)
    assert list(moments(diverged, Pace(3, updates), None, clock(1e-3))) == []


def test_a_tick_that_takes_too_long_ends_with_the_moment_that_it_is_in(clock: Callable[[float], Clock]) -> None:
    found = steps(moments(made(), Pace(12, updates=10), None, clock(0.4 * LONGEST_TICK / 10)))
    assert found == [[10], [20], [30]]


@pytest.mark.parametrize("seconds", [0.05, 0.09, 0.3, 3.0])
@pytest.mark.parametrize("updates", [1, 5, 16])
def test_no_tick_of_a_large_run_takes_longer_than_it_may_and_one_update(
    clock: Callable[[float], Clock], seconds: float, updates: int
) -> None:
    run = wide()
    longest = max(LONGEST_TICK, MOST_FRAMES * seconds_a_frame(run))
    time = clock(seconds)
    begin = time.now
    found = steps(moments(run, Pace(MOST_FRAMES, updates), None, time))
    assert time.now - begin <= longest + seconds
    assert found[-1][-1] == MOST_FRAMES * updates or time.now - begin > longest - seconds
    assert time.pieces[0] == 1  # who knows how long an update takes


@pytest.mark.parametrize("seconds", [0.01, 0.4])
def test_at_full_speed_a_large_run_goes_no_further_than_its_frames_allow(
    clock: Callable[[float], Clock], seconds: float
) -> None:
    run, time = replace(wide(), step=10**6), clock(seconds)
    begin = time.now
    list(moments(run, Pace(MOST_FRAMES, None), None, time))
    assert time.pieces[0] == 1
    assert time.now - begin <= MOST_FRAMES * max(2.0 * seconds_a_frame(run), 1.1 * seconds)


def test_a_frame_is_shown_as_long_as_its_run_is_large() -> None:
    assert seconds_a_frame(made()) == FRAME_SECONDS
    small, large = (start(made().task, Recipe(kind)) for kind in (GradientDescent(0.1), Adam(0.1)))
    assert seconds_a_frame(small) == seconds_a_frame(large) == FRAME_SECONDS
    # weights, the best, and two numbers for each that Adam remembers, 8 bytes each and three of them four letters
    data, sizes = made().task.data, (2, *(128,) * 20, 1)
    runs = [start(Task(data, Network(sizes)), Recipe(kind)) for kind in (GradientDescent(0.1), Adam(0.1))]
    plain, more = (len(run.to_json()) for run in runs)
    assert more > 1.9 * plain
    assert seconds_a_frame(runs[1]) == pytest.approx(2.0 * seconds_a_frame(runs[0]))
    assert 20 < seconds_a_frame(runs[1]) / FRAME_SECONDS < 40


# --- rules that stop it -------------------------------------------------------------


def rested(**rules: float) -> tuple[Run, StopRules]:
    """A run of three updates an epoch, and a rule."""
    return made(), StopRules(**rules)  # type: ignore[arg-type]


@pytest.mark.parametrize("updates", [1, 2, 3, 4, 6, 7, 15, 16, None])
def test_so_many_epochs_are_exactly_so_many_however_it_is_cut(
    clock: Callable[[float], Clock], updates: int | None
) -> None:
    run, stop = rested(epochs=5)
    time, told = clock(1e-4), []
    for _ in range(20):
        if told and told[-1]:
            break
        for between, stopped in moments(run, Pace(4, updates), stop, time):
            run = between[-1]
            told.append(stopped)
    assert run.step == 15
    assert told.count(True) == 1
    assert stop.reason(run) == "epochs"
    assert run == advance(made(), epochs=5)


@pytest.mark.parametrize("updates", [1, 4, 6, None])
def test_a_training_error_that_was_asked_for_ends_it(clock: Callable[[float], Clock], updates: int | None) -> None:
    errors = [measure(advance(made(), epochs=epoch)).training_error for epoch in range(40)]
    run, stop = rested(target_error=errors[30])
    first = next(epoch for epoch, error in enumerate(errors) if epoch and error <= errors[30])
    between, stopped = [run], False
    for _ in range(100):
        if not stopped:
            *_, (between, stopped) = moments(between[-1], Pace(12, updates), stop, clock(1e-5))
    assert between[-1].step == 3 * first
    assert stop.reason(between[-1]) == "target_error"


def test_a_run_that_a_rule_has_stopped_may_go_on_by_an_epoch() -> None:
    run, stop = advance(made(), epochs=5), StopRules(epochs=5)
    assert [(between[-1].step, stopped) for between, stopped in moments(run, Pace(4, 7), stop)] == [(18, True)]


def test_without_rules_nothing_stops(clock: Callable[[float], Clock]) -> None:
    for stop in (None, StopRules()):
        found = [stopped for _, stopped in moments(made(), Pace(3, 6), stop, clock(1e-4))]
        assert found == [False] * 3


# --- how much fits ------------------------------------------------------------------


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
    for between, _ in moments(run, Pace(4, updates), None, clock(2e-4)):
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
