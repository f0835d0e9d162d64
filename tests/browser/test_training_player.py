"""The player of the live loop by itself, against a made-up server and a clock that only the test moves."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.browser.page import Page

# A server whose run is the count of its updates, and whose fastest frame has 100; time goes in sixtieths of a second.
# When the page turns, what is due is answered first, as in a browser.
MADE = """
const world = {time: 0, shown: [], asked: [], rests: 0, dropped: 0, waiting: [], slow: 20, alive: true};
const player = explorer.player.create({
  send: (request) => (world.asked.push(request), world.waiting.push({request, at: world.time + world.slow})),
  drop: () => ((world.dropped += 1), (world.waiting = [])),
  show: ({step}) => world.shown.push([step, world.time]),
  settled: () => (world.rests += 1),
  now: () => world.time,
});
function answer({id, generation, run, frames, updates, until}) {
  let step = Number(run ?? 0);
  const made = frames === 0 ? [{step, diverged_at: null}] : [];
  for (let i = 0; i < frames && step !== until; i++) {
    step = Math.min(step + (updates ?? 100), until ?? Infinity);
    made.push({step, diverged_at: null});
  }
  player.answer({id, generation, run: String(step), frames: made});
}
function pass(ms) {
  for (const end = world.time + ms; world.time < end; world.time += 1000 / 60) {
    if (world.waiting.length > 1) throw new Error("two ticks on their way");
    const [{request, at} = {}] = world.waiting;
    if (request && world.alive && at <= world.time) (world.waiting = []), answer(request);
    player.turn();
    if (player.late() && Math.round(world.time * 60 / 1000) % 60 === 0) player.looked(world.alive);
  }
}
const stands = () => [player.state.run, String(world.shown.at(-1)?.[0] ?? null)];
const since = (at) => world.shown.filter(([, time]) => time >= at);
"""


@pytest.fixture
def page(page: Page) -> Page:
    page.open("/training")
    return page


def played(page: Page, script: str) -> Any:
    return page.js(MADE + script)


@pytest.mark.parametrize(("speed", "rate"), [("1", 1), ("20", 20), ("500", 500), ("fastest", 6000)])
def test_a_speed_is_kept(page: Page, speed: str, rate: float) -> None:
    first, last = played(
        page,
        f"player.speed('{speed}'); pass(500); player.play(); pass(2000); const [first] = world.shown.at(-1);"
        "pass(20000); return [first, world.shown.at(-1)[0]];",
    )
    assert (last - first) / 20 == pytest.approx(rate, rel=0.05)


@pytest.mark.parametrize(("before", "after"), [("fastest", "1"), ("500", "1"), ("fastest", "20"), ("1", "500")])
def test_another_speed_holds_within_a_blink_and_loses_nothing(page: Page, before: str, after: str) -> None:
    told = played(
        page,
        f"player.speed('{before}'); pass(500); player.play(); pass(3700);"
        f"player.speed('{after}'); pass(300); const [then] = world.shown.at(-1); const begin = world.time;"
        "pass(10000); player.pause(); pass(2000);"
        "return {steps: world.shown.map(([step]) => step), then, asked: world.asked.map(({run}) => run),"
        "  new: since(begin).map(([step]) => step), stands: stands(), rests: world.rests};",
    )
    stride = {"1": 1, "20": 1, "500": 9}[after]
    new = [told["then"], *told["new"]]
    assert {b - a for a, b in itertools.pairwise(new)} == {stride}, "the new speed, and nothing else"
    assert len(told["new"]) == pytest.approx({"1": 10, "20": 200, "500": 555}[after], rel=0.05, abs=2)
    # every frame is shown once, in order, and every tick begins where the one before ended
    assert told["steps"] == sorted(set(told["steps"]))
    asked = [int(run) for run in told["asked"] if run is not None]
    assert asked == sorted(set(asked))
    assert {*asked} <= {*told["steps"]}
    assert told["stands"][0] == told["stands"][1]
    assert told["rests"] == 2, "before the first update, and after the last"


def test_a_replay_is_as_fast_as_it_can_be_at_any_speed(page: Page) -> None:
    told = played(
        page,
        "player.speed('1'); player.begin(null, 5050); pass(1500);"
        "return {stands: stands(), steps: world.shown.map(([step]) => step), playing: player.state.playing}",
    )
    assert told["stands"] == ["5050", "5050"]
    assert told["steps"] == [*range(0, 5001, 100), 5050]
    assert told["playing"] is False


def test_a_single_step_waits_for_nothing(page: Page) -> None:
    told = played(
        page,
        "player.speed('1'); pass(500); player.play(); pass(1300); player.pause(); pass(200); const [before] = stands();"
        "player.single(1); pass(120); return [Number(before), ...stands()];",
    )
    assert told == [told[0], str(told[0] + 1), str(told[0] + 1)]


def test_play_after_a_pause_waits_for_nothing(page: Page) -> None:
    told = played(
        page,
        "player.speed('1'); pass(500); player.play(); pass(1300); player.pause(); pass(200); const [before] = stands();"
        "player.play(); pass(120); return [Number(before), ...stands()];",
    )
    assert told == [told[0], str(told[0] + 1), str(told[0] + 1)]


def test_a_slow_answer_is_waited_for_and_counts(page: Page) -> None:
    told = played(
        page,
        "world.slow = 20000; pass(21000); player.play(); pass(100000);"
        "return {asked: world.asked.length, dropped: world.dropped, stands: stands()}",
    )
    assert told["dropped"] == 0
    assert told["asked"] == 6
    assert int(told["stands"][0]) == 4 * 500


def test_an_answer_that_never_comes_is_given_up_at_last(page: Page) -> None:
    told = played(
        page,
        "pass(500); player.single(7); world.slow = 1e9; pass(59000); const early = world.dropped; pass(4000);"
        "const once = [world.dropped, world.asked.length]; pass(115000); const twice = world.dropped;"
        "world.slow = 20; pass(10000); return {early, once, twice, stands: stands(), rests: world.rests};",
    )
    assert (told["early"], told["once"], told["twice"]) == (0, [1, 3], 1)
    assert told["stands"] == ["7", "7"]
    assert told["rests"] == 2


@pytest.mark.parametrize("refuses", [True, False], ids=["it refuses", "nothing comes back"])
def test_a_tick_lost_with_its_server_is_asked_again(page: Page, refuses: bool) -> None:
    told = played(
        page,
        "player.speed('500'); pass(500); player.play(); pass(1000); world.alive = false; pass(100);"
        f"if ({'true' if refuses else 'false'}) player.unanswered(world.asked.at(-1).id), (world.waiting = []);"
        "pass(5000); const [gone, asked, away] = [...stands(), world.asked.length]; const missing = player.state.away;"
        "pass(5000); const still = world.asked.length; world.alive = true; pass(3000); player.pause(); pass(500);"
        "return {gone, shown: asked, asked: away, still, missing, stands: stands(),"
        "  steps: world.shown.map(([step]) => step)}",
    )
    assert told["missing"] is True
    assert told["gone"] == told["shown"], "what had come is shown"
    assert told["still"] == told["asked"], "nothing is asked of a server that is away"
    assert told["steps"] == list(range(0, told["steps"][-1] + 1, 9))
    assert int(told["stands"][0]) > int(told["gone"]) + 900
    assert told["stands"][0] == told["stands"][1]


def test_a_new_run_waits_for_the_tick_of_the_former_and_throws_it_away(page: Page) -> None:
    told = played(
        page,
        "pass(500); player.play(); pass(500); world.slow = 3000; pass(500); player.begin(); pass(500);"
        "world.slow = 20; pass(4000); return [stands(), world.shown.at(-1)[0], player.state.playing];",
    )
    assert told == [["0", "0"], 0, False]
