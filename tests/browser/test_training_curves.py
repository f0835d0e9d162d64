"""The learning curves: smoothing, and the gap between training and validation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.browser.labs import TrainingLab
from tests.browser.page import Page

BASE = {
    "data": [{"name": name, "line": {"color": name}} for name in ("Training", "Validation", "Test")],
    "layout": {"yaxis": {}},
    "axes": {"log": {"type": "log"}},
    "accuracy_axis": {},
}
HISTORY = {
    "epoch": [0, 1, 2, 3],
    "training": [4, 2, 1, 0.5],
    "validation": [3, 2.5, 3, 4],
    "test": [None] * 4,
    "trainingAccuracy": [0.5, 0.7, 0.9, 1.0],
    "validationAccuracy": [0.6, 0.6, 0.7, 0.7],
    "testAccuracy": [None] * 4,
}


@pytest.fixture
def lab(page: Page) -> TrainingLab:
    return TrainingLab(page)


@pytest.fixture
def page(page: Page) -> Page:
    page.open("/training")
    return page


def figure(page: Page, **parts: Any) -> dict[str, dict[str, Any]]:
    """The traces of the curves by name; what was measured, behind a smoothed line, as "... measured"."""
    whole = {"base": BASE, "axis": "log", "measure": "error", "history": HISTORY, "frame": None} | parts
    drawn = page.js("return explorer.trainingCurves.pure.figure(arguments[0]).data", whole)
    return {line["name"] + (" measured" if line.get("opacity") else ""): line for line in drawn}


def test_smoothing_is_a_centred_mean_over_epochs_and_not_points(page: Page) -> None:
    values = np.random.default_rng(3).lognormal(size=60)
    for width in (2, 5, 40):
        told = page.js("return explorer.smoothed(...arguments)", list(range(60)), values.tolist(), width)
        means = pd.Series(values).rolling(width // 2 * 2 + 1, center=True, min_periods=1).mean()
        assert told == pytest.approx(means.tolist())
    epochs, values = [0, 0.5, 1, 10, 100, 101], [1, 2, 6, 13, 8, 10]
    assert page.js("return explorer.smoothed(...arguments)", epochs, values, 2) == [3, 3, 3, 9, 9, 9]


def test_what_was_not_measured_stays_so_and_counts_for_nothing(page: Page) -> None:
    assert page.js("return explorer.smoothed(...arguments)", [0, 1, 2], [1, None, 3], 9) == [2, None, 2]
    huge = [1e300, 1e300, 1e-3, 3e-3]  # sums that are carried along would lose the small ones
    assert page.js("return explorer.smoothed(...arguments)", [0, 1, 10, 11], huge, 2)[2:] == pytest.approx([2e-3, 2e-3])


def test_smoothed_curves_leave_the_measured_ones_to_be_seen(page: Page) -> None:
    assert figure(page)["Training"]["y"] == HISTORY["training"]
    lines = figure(page, smoothing=2)
    assert lines["Training"]["y"] == pytest.approx([3, 7 / 3, 3.5 / 3, 0.75])
    assert lines["Training measured"]["y"] == HISTORY["training"]
    assert not lines["Training measured"]["showlegend"]
    assert lines["Training measured"]["legendgroup"] == lines["Training"]["legendgroup"], "they are hidden together"
    assert len({line["uid"] for line in lines.values()}) == len(lines)
    assert lines["Gap"]["uid"] == figure(page)["Gap"]["uid"], "what is hidden stays so"
    kept = {"name": "<b>before", "colour": "red", "history": HISTORY}
    assert figure(page, smoothing=2, runs=[kept])["&lt;b>before, training"]["y"] == lines["Training"]["y"]


def outline(line: dict[str, Any]) -> list[tuple[float, float]]:
    return list(zip(line["x"], line["y"], strict=True))


def test_the_gap_lies_where_validation_is_worse(page: Page) -> None:
    above = [(0, 4), (1, 2.5), (2, 3), (3, 4)]
    below = [(3, 0.5), (2, 1), (1, 2), (0, 4)]
    assert outline(figure(page)["Gap"]) == above + below
    right = [(0, 0.5), (1, 0.7), (2, 0.9), (3, 1.0)]
    worse = [(3, 0.7), (2, 0.7), (1, 0.6), (0, 0.5)]
    assert outline(figure(page, measure="accuracy")["Gap"]) == right + worse
    nothing = figure(page, measure="accuracy", history=HISTORY | {"validationAccuracy": [0] * 4})["Gap"]
    assert outline(nothing) == right + [(x, 0) for x in (3, 2, 1, 0)]
    assert set(figure(page)) == {"Training", "Validation", "Gap"}
    assert set(figure(page, history=HISTORY | {"validation": [None] * 4})) == {"Training"}


def test_the_error_on_the_axis_has_its_name(page: Page) -> None:
    whole = {
        "base": BASE,
        "axis": "log",
        "measure": "error",
        "history": HISTORY,
        "frame": None,
        "error": "Cross-entropy",
    }
    axis = page.js("return explorer.trainingCurves.pure.figure(arguments[0]).layout.yaxis", whole)
    assert axis == {"type": "log", "title": {"text": "Mean cross-entropy of a case"}}


def test_the_setting_smooths_at_once_and_starts_no_run(lab: TrainingLab, page: Page) -> None:
    lab.open("dataset=sine&batch_size=1&learning_rate=0.1")
    lab.play()
    lab.wait_for_update(600)
    lab.pause()
    run, chart = lab.run_text(), "document.getElementById('training-curves').data"
    names = f"{chart}.map(({{name, opacity}}) => name + (opacity ? ' measured' : '')).join()"
    page.wait_for(f"{names} === 'Training,Validation,Gap'")
    lab.type("smoothing", "20")
    page.wait_for(f"{names} === 'Training,Training measured,Validation,Validation measured,Gap'")
    smooth, measured = (
        np.array(
            page.js(f"return {chart}.find(({{name, opacity}}) => name === 'Validation' && !!opacity === {which}).y")
        )
        for which in ("false", "true")
    )
    assert np.abs(np.diff(smooth, 2)).mean() < 0.5 * np.abs(np.diff(measured, 2)).mean()
    assert lab.run_text() == run
    assert "smoothing=20" in lab.wait_for_address()
