"""Someone's own table: chosen, pasted, hostile or merely odd; and what becomes of it after a reload or in a link."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from engine import LinearNeuron
from engine.types import Array
from tests.browser.labs import SurfaceLab
from tests.browser.page import Page

UPLOAD = "#surface-upload input[type=file]"
NOTICE = "#surface-own-notice"
PAINTED = "return explorer.surface.lab.base.map.data[0].z.bdata"
HTML = '<img src=x onerror="document.title=1">'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "large.csv": (b"x,y\n" + b"1.2345,5.4321\n" * 750_000, "large.csv has 10.5 MB; at most 4 MB can be read."),
    "text.csv": (b"name,price\nann,3\nbob,4\n", "column 'name' holds text, first 'ann' in row 1."),
    "one.csv": (b"x,y\n1,2\n", "One row is not enough: at least two rows of numbers are needed."),
    "constant.csv": (b"x,y\n1,2\n1,3\n1,4\n", "column 'x' holds the same number, 1, everywhere"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", "it is binary data, not text"),
    "empty.csv": (b"", "The file is empty."),
}
ODD: dict[str, tuple[bytes, str, int]] = {
    "gaps.csv": (b"x,y\n1,2\n2,\n3,4\n,5\n5,5\nNA,1\n7,8\n", "3 rows with missing values were left out.", 4),
    "latin.csv": ("größe;preis\n1;2\n2;3,5\n3;4\n".encode("latin-1"), "Commas are read as decimal marks.", 3),
    "many.csv": (
        b"x,y\n" + b"".join(b"%d,%d\n" % (i % 97, i * i % 89) for i in range(6000)),
        "The table has 6,000 rows; the first 5,000 are used.",
        5000,
    ),
    "html.csv": (b'"<img src=x onerror=""document.title=1"">",<b>t</b>\n1,2\n2,3\n3,5\n', "3 cases.", 3),
}


@pytest.fixture
def lab(page: Page) -> SurfaceLab:
    return SurfaceLab(page)


def choose_own(lab: SurfaceLab) -> None:
    lab.choose("data", "own")
    lab.page.wait_for("document.getElementById('surface-own').offsetHeight > 0")


def numbers() -> Array:
    """A table of mass, age and price (12, 3)."""
    generator = np.random.default_rng(5)
    inputs = generator.normal([3.0, 0.5], 1.0, (12, 2))
    return np.column_stack([inputs, inputs @ [2.0, -1.0] + generator.normal(0.0, 0.5, 12)]).round(3)


def csv(names: str, values: Array) -> str:
    return "\n".join([names, *(",".join(map(str, row)) for row in values)])


def columns(page: Page) -> list[str]:
    """What is chosen as target, and as first, second and third input."""
    return list(page.js("return [...document.querySelectorAll('#surface-columns select')].map(({value}) => value)"))


def choose_column(page: Page, place: int, name: str) -> None:
    script = "menu.value = arguments[1]; menu.dispatchEvent(new Event('change', {bubbles: true}))"
    page.js(f"const menu = document.querySelectorAll('#surface-columns select')[arguments[0]]; {script}", place, name)


def wait_for_title(page: Page, axis: str, text: str) -> None:
    """Wait until an axis of the chart of the cases has this title."""
    page.wait_for(f"document.querySelector('#surface-fit .{axis}title').textContent === {json.dumps(text)}")


def test_a_table_is_chosen_pasted_and_kept(lab: SurfaceLab, page: Page, tmp_path: Path) -> None:
    lab.open_flat()
    lab.wait_for_map()
    choose_own(lab)
    values = numbers()
    file = tmp_path / "prices.csv"
    file.write_text(csv("mass,age,price", values))
    page.send_file(UPLOAD, file)
    page.wait_for_text(NOTICE, "prices.csv: 12 cases.")
    assert columns(page) == ["price", "mass", "age", ""]
    lab.check_errors(LinearNeuron(values[:, :2], values[:, 2]))
    lab.wait_until_drawn()
    assert lab.settings().noise == 0
    axes = "document.getElementById('surface-map')._fullLayout"
    assert page.js(f"return {axes}.xaxis.title.text") == "Weight w1 (mass)"

    choose_column(page, 2, "")
    choose_column(page, 0, "age")
    page.wait_for("explorer.surface.lab.own.target === 'age' && explorer.surface.lab.own.inputs[0].length === 1")
    lab.check_errors(LinearNeuron(np.column_stack([values[:, 0], np.ones(12)]), values[:, 1]))
    wait_for_title(page, "y", "Target age, output y")
    choose_column(page, 1, "age")
    page.wait_for_text(NOTICE, "Column 'age' is chosen twice.")

    lab.unfold("Paste a table instead")
    page.click("#surface-paste")
    page.cdp("Input.insertText", text="x;t\n1;2,5\n2;3,1\n3;4,5\n4;4,4")
    page.click("#surface-use-paste")
    page.wait_for_text(NOTICE, "Pasted table: 4 cases. Commas are read as decimal marks.")
    pasted = LinearNeuron([[1, 1], [2, 1], [3, 1], [4, 1]], [2.5, 3.1, 4.5, 4.4])
    lab.check_errors(pasted)
    lab.wait_until_drawn()

    page.reload()
    lab.hide_space()
    lab.wait_until_shown()
    lab.check_errors(pasted)
    assert page.text("#surface-notice") == ""
    link = urlsplit(lab.copied_link()).query
    assert parse_qs(link)["data"] == ["own"]
    assert "points" not in parse_qs(link)

    # the same file once more
    page.send_file(UPLOAD, file)
    page.wait_for_text(NOTICE, "prices.csv: 12 cases.")
    choose_column(page, 2, "")
    page.wait_for("explorer.surface.lab.own.inputs[0].length === 1")
    page.send_file(UPLOAD, file)
    page.wait_for("explorer.surface.lab.own.inputs[0].length === 2")


def test_a_link_to_a_table_says_that_it_carries_none(lab: SurfaceLab, page: Page) -> None:
    lab.open_flat("data=own&noise=0&start_w1=2&start_w2=2")
    lab.wait_for_map()
    lab.wait_until_drawn()
    lab.wait_for_address()
    assert lab.settings().data == "line"
    assert len(lab.cases()[0]) == 20
    lab.wait_for_value("data", "One input and a bias")
    # it stays until its reader does something
    assert "someone's own table, which no link carries; drawn cases are used." in page.text("#surface-notice")


def test_hostile_tables_get_a_sentence_and_odd_ones_are_read(lab: SurfaceLab, page: Page, tmp_path: Path) -> None:
    for name, (content, *_) in (HOSTILE | ODD).items():
        (tmp_path / name).write_bytes(content)
    lab.open_flat()
    lab.wait_for_map()
    title = page.js("return document.title")
    choose_own(lab)
    (tmp_path / "plain.csv").write_text("x,y\n1,3\n2,4\n4,4.5\n")
    page.send_file(UPLOAD, tmp_path / "plain.csv")
    page.wait_for_text(NOTICE, "plain.csv: 3 cases.")
    lab.wait_for_map()
    lab.wait_until_drawn()
    before, wish = page.js(PAINTED), lab.wish()
    for name, (_, words) in HOSTILE.items():
        page.send_file(UPLOAD, tmp_path / name)
        page.wait_for_text(NOTICE, words)
        told = page.text(NOTICE)
        assert len(told) < 300, name
        assert told.endswith("."), name
        assert "\n" not in told, name
        assert (page.js(PAINTED), lab.wish()) == (before, wish), name
    for name, (_, words, count) in ODD.items():
        page.send_file(UPLOAD, tmp_path / name)
        page.wait_for_text(NOTICE, f"{name}: {count:,} cases.")
        assert words in page.text(NOTICE)
        lab.wait_for_data(count)
        lab.wait_for_map()
        if name == "latin.csv":
            assert columns(page) == ["preis", "größe", "", ""]
            wait_for_title(page, "x", "Input größe")
            assert lab.wish()["own"]["targets"] == [2, 3.5, 4]
    assert columns(page) == ["<b>t</b>", HTML, "", ""]
    wait_for_title(page, "y", "Target ‹b›t‹/b›, output y")
    assert page.js("return document.querySelectorAll('#lab-surface img, #lab-surface b').length") == 0
    assert page.js("return document.title") == title
