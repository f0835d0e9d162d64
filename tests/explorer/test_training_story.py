from typing import Any

import pytest

from engine import Adam, Change, CosineDecay, StepDecay
from explorer.live import LAST_STEP
from explorer.settings import Number, specs
from explorer.training.settings import TrainingSettings
from explorer.training.story import MOST_CHANGES, checked_step, from_text, to_text

LOGS: dict[str, list[tuple[int, str, Any]]] = {
    "": [],
    "4:learning_rate:0.5,12:learning_rate:0.25": [(4, "learning_rate", 0.5), (12, "learning_rate", 0.25)],
    "0:l2:0.001,7:dropout:0.5,7:clip_norm:none": [(0, "l2", 0.001), (7, "dropout", 0.5), (7, "clip_norm", None)],
    "30:cut:17,40:restore:17": [(30, "cut", 17), (40, "restore", 17)],
    "5:weight:3:-0.25": [(5, "weight", (3, -0.25))],
    "9:batch_size:32,10:batch_size:none": [(9, "batch_size", 32), (10, "batch_size", None)],
}


@pytest.mark.parametrize(("text", "log"), LOGS.items(), ids=lambda value: str(value)[:30])
def test_a_log_and_its_text_are_the_same_story(text: str, log: list[tuple[int, str, Any]]) -> None:
    assert to_text([Change(*entry) for entry in log]) == text
    assert from_text(text) == log


@pytest.mark.parametrize("record", [Adam(learning_rate=0.1 + 0.2), StepDecay(every=40, drop=0.5), CosineDecay(steps=7)])
def test_optimizers_and_schedules_come_back_with_every_digit(record: Any) -> None:
    setting = "optimizer" if isinstance(record, Adam) else "schedule"
    log = [(3, setting, record.to_dict())]
    (entry,) = from_text(to_text([Change(*entry) for entry in log]))
    assert entry == log[0]
    assert {key: type(value) for key, value in entry[2].items()} == {
        key: type(value) for key, value in record.to_dict().items()
    }


def test_no_link_tells_of_drawn_points_or_without_end() -> None:
    with pytest.raises(ValueError, match=r"^Drawn points are in no link"):
        to_text([Change(3, "points", ((1.0, 2.0, 1.0),))])
    many = [Change(step, "l2", 0.1) for step in range(MOST_CHANGES + 1)]
    assert len(from_text(to_text(many[:-1]))) == MOST_CHANGES
    with pytest.raises(ValueError, match=r"^There were more than 200 changes"):
        to_text(many)


def test_settings_of_a_link_are_within_the_ranges_of_the_controls() -> None:
    for name, spec in specs(TrainingSettings).items():
        if name not in ("learning_rate", "batch_size", "l1", "l2", "dropout", "clip_norm"):
            continue
        assert isinstance(spec, Number)
        assert from_text(f"5:{name}:{spec.high}") == [(5, name, spec.high)]
        with pytest.raises(ValueError, match=rf"^{spec.label} must be a.* number from .* to .*, not "):
            from_text(f"5:{name}:{2 * spec.high}")


@pytest.mark.parametrize("setting", ["speed", "seed", "shuffle", "beta1", "momentum", "points", "dataset", "", "l3"])
def test_a_change_that_is_never_made_is_told(setting: str) -> None:
    with pytest.raises(ValueError, match=r"^This link tells of a change that is none, .*; the run starts anew\.$"):
        from_text(f"5:{setting}:0.5")


@pytest.mark.parametrize(
    "text",
    [
        "x", ":", "5", "-1:l2:0.1", "5.5:l2:0.1", "٥:l2:0.1", f"{LAST_STEP + 1}:l2:0.1", "5:l2:x", "5:cut:1.5",
        "5:weight:x:1", "5:weight:1", "5:weight:1:2:3", "5:optimizer:sgd", "5:optimizer:adam;learning_rate=x",
        "5:optimizer:adam;learning_rate=11", "5:optimizer:", "5:optimizer:none;x", "5:schedule:step;every=1.5",
        "5:schedule:linear", ",", ",5:l2:1", "5:l2:", "5:l2:nan", "5:l2:-1", "5:dropout:1", "5:batch_size:2.5",
        ",".join(["1:l2:0.1"] * 201), "," * 1_000_000, "9" * 100_000, 5, True, ["5:l2:0.1"], {"5": 1},
    ],
    ids=lambda text: str(text)[:20],
)  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(text: Any) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]{10,250}\.\Z"):
        from_text(text)


@pytest.mark.parametrize(
    "step", ["-1", "1.5", "1e3", "abc", "", " 5", "²", str(LAST_STEP + 1), "9" * 100_000, 5, True, [], {}]
)
def test_a_step_is_a_plain_whole_number(step: Any) -> None:
    assert checked_step("500") == 500
    with pytest.raises(ValueError, match=r"^The step in this link must be a whole number"):
        checked_step(step)
