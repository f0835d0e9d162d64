import csv
import io
import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from explorer.csv_text import LONGEST_TEXT, MOST_COLUMNS, MOST_ROWS
from explorer.tables import (
    LONGEST_NAME,
    Chosen,
    Table,
    choose,
    read_table,
    suggest,
)

REPOSITORY = Path(__file__).resolve().parents[2]
NAN = float("nan")


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def numbers(table: Table) -> list[list[float]]:
    """The numbers column by column; a column of text has none."""
    return [[] if column.values is None else column.values.tolist() for column in table.columns]


def problem(text: str, place: int = 0) -> str:
    return read_table(text).columns[place].problem


def refusal(text: Any) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read_table(text)
    sentence = str(caught.value)
    assert type(caught.value) is ValueError
    assert is_short_sentence(sentence)
    return sentence


def is_short_sentence(text: str) -> bool:
    return text.endswith(".") and text.isprintable() and len(text) <= 300


# --- ordinary tables --------------------------------------------------------------

ORDINARY = {
    "commas": "x,y\n1,2\n3.5,-4e1\n",
    "no last line end": "x,y\n1,2\n3.5,-4e1",
    "semicolons": "x;y\n1;2\n3.5;-4e1\n",
    "tabs": "x\ty\n1\t2\n3.5\t-4e1\n",
    "byte-order mark": "\ufeffx,y\n1,2\n3.5,-4e1\n",
    "Windows lines": "x,y\r\n1,2\r\n3.5,-4e1\r\n",
    "old Macintosh lines": "x,y\r1,2\r3.5,-4e1\r",
    "quoted": '"x","y"\n"1","2"\n"3.5","-4e1"\n',
    "quoted after a blank": '"x", "y"\n"1", "2"\n"3.5", "-4e1"\n',
    "blanks": " x , y \n 1 ,\t2 \n3.5 , -4e1\u00a0\n",
    "blank lines": "\n\nx,y\n\n1,2\n   \n3.5,-4e1\n\n\n",
    "blank rows": ",\nx,y\n,\n1,2\n , \n3.5,-4e1\n,\n,,,\n",
    "other spellings": "x,y\n+1.,02\n.35e+1,-40.000\n",
    "German": "x;y\n1;2\n3,5;-4,0E1\n",
    "German with tabs": "x\ty\n1,0\t2,0\n3,5\t-40\n",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_table(text: str) -> None:
    table = read_table(text)
    assert (table.rows, names(table), numbers(table)) == (2, ["x", "y"], [[1.0, 3.5], [2.0, -40.0]])
    assert [column.problem for column in table.columns] == ["", ""]
    assert table.notes == (("Commas are read as decimal marks.",) if ",5" in text else ())


def test_the_numbers_are_those_of_the_standard_library() -> None:
    chance = random.Random(3)
    kinds = [lambda: repr(chance.gauss(0, 1e3)), lambda: f"{chance.uniform(-1e9, 1e9):.17g}"]
    kinds += [lambda: str(chance.randint(-999, 999)), lambda: f"{chance.random():.3E}"]
    rows = [[chance.choice(kinds)() for _ in range(7)] for _ in range(400)]
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_NONE).writerows([[f"c{i}" for i in range(7)], *rows])
    text = stream.getvalue()
    wanted = [[float(cell) for cell in row] for row in list(csv.reader(io.StringIO(text)))[1:]]
    found = [column.values for column in read_table(text).columns]
    np.testing.assert_array_equal(np.column_stack([values for values in found if values is not None]), wanted)
    german = read_table(text.replace(",", ";").replace(".", ","))
    np.testing.assert_array_equal(np.transpose(numbers(german)), wanted)


def test_the_values_are_read_only_and_of_one_kind() -> None:
    values = read_table("1,2\n3,4\n").columns[0].values
    assert values is not None
    assert (values.dtype, values.shape, values.flags.writeable) == (np.float64, (2,), False)


# --- separators and decimal marks -------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1,5;2,3\n2;4\n", [[1.5, 2.0], [2.3, 4.0]]),
        ("1.234,5;2\n0,5;3\n", [[1234.5, 0.5], [2.0, 3.0]]),
        ("1.234;0,5\n5.678;1,5\n", [[1234.0, 5678.0], [0.5, 1.5]]),
        ("1.234;2\n5.678;3\n", [[1.234, 5.678], [2.0, 3.0]]),
        ("1,234\t2\n5,678\t3\n", [[1.234, 5.678], [2.0, 3.0]]),  # with a note
        ("1,234\t2.5\n5,678\t3.5\n", [[1234.0, 5678.0], [2.5, 3.5]]),
        ('"1,234",2\n"5,678.5",3\n', [[1234.0, 5678.5], [2.0, 3.0]]),
        ("x,y;z\n1;2\n3;4\n", [[1.0, 3.0], [2.0, 4.0]]),
    ],
)
def test_decimal_and_thousands_marks(text: str, wanted: list[list[float]]) -> None:
    assert numbers(read_table(text)) == wanted


@pytest.mark.parametrize("cell", ["1.5", "1,2,3", "1.23,4", "1.2.3", "0.123,4"])
def test_what_a_decimal_comma_leaves_no_number_is_text(cell: str) -> None:
    table = read_table(f"0,5;7\n1,5;8\n2,5;{cell}\n")
    assert table.columns[1].problem == f"Column 'column 2' holds text, first '{cell}' in row 3."


def test_a_separator_inside_a_quoted_cell_separates_nothing() -> None:
    table = read_table('"a;b, and c",y\n"1",2\n3,4\n')
    assert names(table) == ["a;b, and c", "y"]


def test_a_line_break_inside_a_quoted_name_is_a_blank() -> None:
    assert names(read_table('"speed\r\nin m/s",y\n1,2\n3,4\n')) == ["speed in m/s", "y"]


# --- names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("x,x,x", ["x", "x (2)", "x (3)"]),
        ("x,x (2),x", ["x", "x (2)", "x (3)"]),
        ("x (2),x,x", ["x (2)", "x", "x (3)"]),
        (",y,", ["column 1", "y", "column 3"]),
        ("column 2,,y", ["column 2", "column 2 (2)", "y"]),
        (",0,1", ["column 1", "0", "1"]),  # numbered rows, as pandas and R export them
        ("year,2019,2020", ["year", "2019", "2020"]),
        ("a\x01b,\x1b[31mred,\u202eabc", ["ab", "[31mred", "abc"]),
        ("a\u200bb,\x07,\ud800z", ["ab", "column 2", "\ufffdz"]),
        ("<b>x</b>,<script>alert(1)</script>,&amp;", ["<b>x</b>", "<script>alert(1)</script>", "&amp;"]),
        ("=1+1,@SUM(A1),+cmd|' /C calc'!A0", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0"]),
        ("http://localhost/x.csv,/etc/passwd,Größe", ["http://localhost/x.csv", "/etc/passwd", "Größe"]),
    ],
)
def test_names_are_distinct_and_printable(line: str, wanted: list[str]) -> None:
    assert names(read_table(f"{line}\n1,2,3\n4,5,6\n")) == wanted


@pytest.mark.parametrize("text", ["1,2\n3,4\n5,6\n", "1,NA\n3,4\n5,6\n", "-1e3,inf\n3,4\n5,6\n", "1;2,5\n3;4\n5;6"])
def test_a_first_row_of_numbers_is_no_line_of_names(text: str) -> None:
    table = read_table(text)
    assert (table.rows, names(table)) == (3, ["column 1", "column 2"])


def test_a_long_name_is_cut_and_shorter_still_in_a_sentence() -> None:
    table = read_table(f"{'x' * 100_000},{'x' * 100_000},y\n1,a,2\n1,{'b' * 100_000},3\n")
    assert names(table) == ["x" * LONGEST_NAME + "…", "x" * LONGEST_NAME + "… (2)", "y"]
    assert all(is_short_sentence(column.problem) for column in table.columns[:2])


# --- the columns ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["1", "2", "Berlin"], "Column 'x' holds text, first 'Berlin' in row 3."),
        (["Bonn", "2", "Berlin"], "Column 'x' holds text, first 'Bonn' in row 1."),
        (["1", "=1+1", "2"], "Column 'x' holds text, first '=1+1' in row 2."),
        (["1", "1_000", "2"], "Column 'x' holds text, first '1_000' in row 2."),
        (["1", "0x10", "2"], "Column 'x' holds text, first '0x10' in row 2."),
        (["1", "٣", "2"], "Column 'x' holds text, first '٣' in row 2."),
        (["1", "True", "2"], "Column 'x' holds text, first 'True' in row 2."),
        (["1", "1 000", "2"], "Column 'x' holds text, first '1 000' in row 2."),
        (["1", "2024-05-01", "2"], "Column 'x' holds text, first '2024-05-01' in row 2."),
        (["1", ".", "2"], "Column 'x' holds text, first '.' in row 2."),
        (["1", "a\x1bb", "2"], "Column 'x' holds text, first 'a b' in row 2."),
        (["1", "9" * 1000, "2"], f"Column 'x' holds text, first '{'9' * 40}…' in row 2."),
        (["5", "5.0", "5e0"], "Column 'x' holds the same number, 5, everywhere; it can tell nothing."),
        (["0.1", "NA", "0.1"], "Column 'x' holds the same number, 0.1, everywhere; it can tell nothing."),
        (["-0", "0", "1e-999"], "Column 'x' holds the same number, 0, everywhere; it can tell nothing."),
        (["NA", "?", ""], "Column 'x' holds nothing but missing values."),
        (["1", "inf", "2"], "Column 'x' holds an infinite number in row 2; 1,000,000,000,000 is the limit."),
        (["1", "2", "-1e999"], "Column 'x' holds an infinite number in row 3; 1,000,000,000,000 is the limit."),
        (["1", "-2e12", "3"], "Column 'x' holds -2000000000000 in row 2; 1,000,000,000,000 is the limit."),
        (["1", "1e300", "3"], "Column 'x' holds 1e+300 in row 2; 1,000,000,000,000 is the limit."),
        (["1e-200", "0", "0"], "Column 'x' holds numbers that differ by less than 1e-100; take a smaller unit."),
        (["1e12", "-1e12", "0"], ""),
        (["1e-20", "0", "NA"], ""),
    ],
)
def test_what_is_wrong_with_a_column(cells: list[str], wanted: str) -> None:
    text = "x,y\n" + "".join(f"{cell},{place}\n" for place, cell in enumerate(cells))
    table = read_table(text)
    assert [column.problem for column in table.columns] == [wanted, ""]
    assert (table.columns[0].values is None) == ("holds text" in wanted)
    assert table.usable == (("y",) if wanted else ("x", "y"))


@pytest.mark.parametrize("word", ["", " ", "NA", "n/a", "N/A", "#N/A", "nan", "NaN", "null", "None", "-", "?"])
def test_words_for_a_missing_value(word: str) -> None:
    table = read_table(f"x,y\n1,2\n{word},4\n5,6\n")
    np.testing.assert_array_equal(numbers(table)[0], [1.0, NAN, 5.0])
    assert table.columns[0].problem == ""


# --- the limits -------------------------------------------------------------------


def test_the_first_rows_of_a_long_table_are_used() -> None:
    lines = [f"{place},{place % 7}\n" for place in range(100_000)]
    for head in ("", "x,y\n"):
        table = read_table(head + "".join(lines))
        assert (table.rows, numbers(table)[0]) == (MOST_ROWS, [float(place) for place in range(MOST_ROWS)])
        assert table.notes == ("The table has 100,000 rows; the first 5,000 are used.",)


@pytest.mark.parametrize(("count", "used", "has_note"), [(4_999, 4_999, 0), (5_000, 5_000, 0), (5_001, 5_000, 1)])
@pytest.mark.parametrize("head", ["", "x;y\n"])
def test_the_edge_of_the_rows(head: str, count: int, used: int, has_note: int) -> None:
    table = read_table(head + "\n".join(f"{place};1\n;" for place in range(count)))
    assert (table.rows, len(table.notes), numbers(table)[0][-1]) == (used, has_note, used - 1)


def test_a_row_beyond_those_used_must_still_fit() -> None:
    text = "1,2\n" * 9_000 + "1\n"
    assert refusal(text) == "Line 9,001 has 1 cell, but line 1 has 2; all need the same number."


def test_the_most_columns() -> None:
    line = ",".join(str(place) for place in range(MOST_COLUMNS)) + "\n"
    assert len(read_table(line * 2).columns) == MOST_COLUMNS
    assert refusal("7," + line) == "The table has 51 columns; at most 50 are possible."


def test_the_longest_text() -> None:
    text = "1,2\n" * (LONGEST_TEXT // 4)
    assert read_table(text).rows == MOST_ROWS
    assert refusal(text + "\n") == "The table has 4,000,001 characters; at most 4,000,000 are possible."


# --- what is no table -------------------------------------------------------------

ONE_COLUMN = "There is only one column: at least two are needed, parted by commas, semicolons or tabs."
ONE_ROW = "One row is not enough: at least two rows of numbers are needed."
BINARY = "This is no table: it is binary data, not text; save the table as CSV first."
EXCEL = "This looks like an Excel file; save it as CSV first."
WEB_PAGE = "This looks like a web page; save the table as CSV first."
EMPTY = "The file is empty."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", EMPTY),
        (" \r\n\t\n", EMPTY),
        ("\ufeff", EMPTY),
        (",,,\n,\n", EMPTY),
        ("1,2\n", ONE_ROW),
        ("x,y\n1,2\n", ONE_ROW),
        ("x,y\n", "There are names but no rows: at least two rows of numbers are needed."),
        ("1\n2\n3\n", ONE_COLUMN),
        ("Dear all", ONE_COLUMN),
        ("http://localhost/x.csv", ONE_COLUMN),
        ("file:///etc/passwd", ONE_COLUMN),
        ("/etc/passwd", ONE_COLUMN),
        ("x,y\n1,2\n3\n", "Line 3 has 1 cell, but line 1 has 2; all need the same number."),
        ("\nx,y\n\n1,2,3\n", "Line 4 has 3 cells, but line 2 has 2; all need the same number."),
        ('x,y\n"a\nb",2\n3\n', "Line 4 has 1 cell, but line 1 has 2; all need the same number."),
        ("My table\nx;y\n1;2\n", "Line 2 has 2 cells, but line 1 has 1; all need the same number."),
        (
            'x,y\n1,"2\n3,4\n',
            "This is no table: in line 2 a cell is too long or its quotation marks do not match.",
        ),
        (
            'x,y\n1,2\n"3"4,5\n',
            "This is no table: in line 3 a cell is too long or its quotation marks do not match.",
        ),
        ("PK\x03\x04\x14\x00\x06\x00", EXCEL),
        (b"PK\x03\x04\xff\x00".decode("utf-8", "replace"), EXCEL),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".decode("utf-8", "replace"), BINARY),
        ("x,y\n1,2\n3,4\n".encode("utf-16").decode("utf-8", "replace"), BINARY),
        ("%PDF-1.7\n1,2\n", BINARY),
        ("1,2\n3,\x004\n", BINARY),
        ("\n <!DOCTYPE html>\n<html><body>1,2", WEB_PAGE),
        ("<HTML><p>1,2\n3,4", WEB_PAGE),
        ('<?xml version="1.0"?>', WEB_PAGE),
        (None, "This is no table: it is no text."),
        (b"1,2\n3,4\n", "This is no table: it is no text."),
        (["1,2"], "This is no table: it is no text."),
    ],
)
def test_a_refusal_is_one_sentence(text: Any, wanted: str) -> None:
    assert refusal(text) == wanted


HOSTILE = {
    "one line of commas": "," * LONGEST_TEXT,
    "one line of commas and numbers": "1," * (LONGEST_TEXT // 2),
    "quotes": '"' * LONGEST_TEXT,
    "empty quoted cells": '"",' * (LONGEST_TEXT // 3),
    "a quote opened in every line": 'a,"b\n' * (LONGEST_TEXT // 5),
    "a quote that is never closed": '1,2\n3,"' + "\n" * 3_900_000,
    "one cell": "1,2\n3," + "1" * 3_900_000,
    "line ends": "\n" * LONGEST_TEXT,
    "short lines": "a\n" * (LONGEST_TEXT // 2),
    "halves of surrogate pairs": "\ud800," * (LONGEST_TEXT // 2),
    "control characters": "\x01" * LONGEST_TEXT,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_large_hostile_text_is_refused_soon(text: str) -> None:
    start = time.process_time()
    refusal(text)
    assert time.process_time() - start < 5.0  # measured: below 0.8


PIECES = [",", ";", "\t", "\n", "\r\n", '"', "1", "2.5", "3,5", "-", "e9", "NA", " ", "x", "ä", "\ufeff", "\x01"]
PIECES += ["\ud800", "\u2028", "\x85", "inf", "=1+1", "'", "\\", "#"] + [",", "\n", "1,2\n", "7"] * 5


def chance_text(seed: int) -> str:
    """Mere pieces, or a table in which some cells are pieces."""
    chance = random.Random(seed)
    if seed % 3 == 0:
        return "".join(chance.choices(PIECES, k=chance.randint(0, 60)))
    odd = 0.02 * (seed % 3 - 1)
    cells = [chance.choice(PIECES) if chance.random() < odd else f"{chance.gauss(0, 9)}" for _ in range(30)]
    return "x,y,z\n" + "\n".join(",".join(cells[place : place + 3]) for place in range(0, 30, 3))


def first_choice(text: str) -> Chosen | ValueError:
    try:
        table = read_table(text)
        return choose(table, *suggest(table))
    except ValueError as reason:
        return reason


@pytest.mark.parametrize("seed", range(300))
def test_chance_texts_raise_nothing_but_refusals(seed: int) -> None:
    chosen = first_choice(chance_text(seed))
    if isinstance(chosen, ValueError):
        assert type(chosen) is ValueError
        assert is_short_sentence(str(chosen))
    else:
        assert np.isfinite(chosen.inputs).all()
        assert np.isfinite(chosen.targets).all()


def test_among_the_chance_texts_are_tables_and_others() -> None:
    kinds = {seed: type(first_choice(chance_text(seed))) for seed in range(300)}
    assert set(kinds.values()) == {Chosen, ValueError}
    assert {kinds[seed] for seed in range(2, 300, 3)} == {Chosen, ValueError}


# --- nothing is fetched -----------------------------------------------------------


@pytest.mark.parametrize("place", ["http://localhost/x.csv", "/etc/passwd", "file:///etc/passwd", "s3://a/b.csv"])
@pytest.mark.parametrize("text", ["%s", "%s\n%s", "%s,y\n1,2\n3,4\n", "1,2\n3,4\n5,%s\n"])
def test_addresses_and_paths_are_only_text(monkeypatch: pytest.MonkeyPatch, place: str, text: str) -> None:
    given: list[object] = []
    read_csv = pandas.read_csv

    def watched(source: object, **options: Any) -> Any:
        given.append(source)
        return read_csv(source, **options)

    def forbidden(*_: object, **__: object) -> None:
        pytest.fail("something was opened")

    monkeypatch.setattr(pandas, "read_csv", watched)
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr("builtins.open", forbidden)
    if text.startswith("%s") and "," not in text:
        assert refusal(text.replace("%s", place)) == ONE_COLUMN
    else:
        read_table(text.replace("%s", place))
    assert all(isinstance(source, io.StringIO) for source in given)


def test_pandas_waits_until_a_table_comes() -> None:
    code = "import sys, explorer.tables; print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# --- choosing ---------------------------------------------------------------------

HOUSES = "city,rooms,area,year,rent\nBonn,2,50,1990,700\nKiel,3,?,1990,900\nUlm,4,90,1990,1100\nJena,1,30,1990,n/a\n"


def test_the_chosen_columns_in_the_order_chosen() -> None:
    chosen = choose(read_table(HOUSES), "rent", ["area", "rooms"])
    assert chosen.inputs.tolist() == [[50.0, 2.0], [90.0, 4.0]]
    assert chosen.targets.tolist() == [700.0, 1100.0]
    assert (chosen.names, chosen.target_name) == (("area", "rooms"), "rent")
    assert chosen.notes == ("2 rows with missing values were left out.",)
    for values in (chosen.inputs, chosen.targets):
        assert values.dtype == np.float64
        assert values.flags.c_contiguous
        assert not values.flags.writeable


def test_only_what_is_missing_in_a_chosen_column_counts() -> None:
    table = read_table(HOUSES)
    assert choose(table, "rent", ["rooms"]).notes == ("1 row with missing values was left out.",)
    assert choose(read_table("x,y,z\n1,2,\n3,4,5\n"), "y", ["x"]).notes == ()


@pytest.mark.parametrize(
    ("target", "inputs", "wanted"),
    [
        ("price", ["rooms"], "There is no column 'price'."),
        ("rent", ["rooms", "x" * 1000], f"There is no column '{'x' * 40}…'."),
        ("rent", ["rooms", ["rooms"]], "There is no column 'a list'."),
        (None, ["rooms"], "There is no column 'nothing'."),
        ("rent", ["city"], "Column 'city' holds text, first 'Bonn' in row 1."),
        ("year", ["rooms"], "Column 'year' holds the same number, 1990, everywhere; it can tell nothing."),
        ("rent", ["rooms", "rooms"], "Column 'rooms' is chosen twice."),
        ("rent", ["rooms", "rent"], "Column 'rent' is chosen twice."),
        ("rent", [], "Choose at least one input."),
    ],
)
def test_a_choice_that_cannot_be(target: Any, inputs: Any, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        choose(read_table(HOUSES), target, inputs)
    assert str(caught.value) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x,y\n1,\n2,\n,3\n,4\n", "Only 0 rows without missing values; at least two are needed."),
        ("x,y\n1,5\n2,\n,3\n,4\n", "Only 1 row without missing values; at least two are needed."),
        (
            "x,y\n1,5\n1,6\n2,NA\n",
            "Without the rows with missing values, "
            "column 'x' holds the same number, 1, everywhere; it can tell nothing.",
        ),
    ],
)
def test_too_little_may_be_left(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        choose(read_table(text), "y", ["x"])
    assert str(caught.value) == wanted


# --- classes ----------------------------------------------------------------------


def test_words_as_targets_are_counted_in_alphabetical_order() -> None:
    table = read_table("x,kind\n1,wine\n2,beer\n3,wine\n4,ale\n")
    chosen = choose(table, "kind", ["x"], as_classes=True)
    assert (chosen.classes, chosen.targets.tolist()) == (("ale", "beer", "wine"), [2.0, 1.0, 2.0, 0.0])
    assert (chosen.inputs.tolist(), chosen.notes) == ([[1.0], [2.0], [3.0], [4.0]], ())
    assert not chosen.targets.flags.writeable


def test_classes_agree_with_pandas() -> None:
    chance = random.Random(8)
    words = ["b", "B", "Ä", "a b", "10", "9", "z" * 30, "+", "-"]
    cells = [chance.choice(words) for _ in range(200)]
    table = read_table("x,t\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)))
    codes, names = pandas.factorize(pandas.Series(cells, dtype=object), sort=True)
    chosen = choose(table, "t", ["x"], as_classes=True)
    assert chosen.targets.tolist() == codes.tolist()
    assert list(chosen.classes) == list(names)


def test_numbers_as_classes_are_in_the_order_of_their_size() -> None:
    table = read_table("x,t\n1,10\n2,-0.00002\n3,9\n4,10\n5,\n")
    chosen = choose(table, "t", ["x"], as_classes=True)
    assert (chosen.classes, chosen.targets.tolist()) == (("-0.00002", "9", "10"), [2.0, 0.0, 1.0, 2.0])
    assert chosen.notes == ("1 row with missing values was left out.",)


@pytest.mark.parametrize(("word", "is_class"), [("none", True), ("-", True), ("?", False), ("NA", False), ("", False)])
def test_which_words_are_no_class_but_missing(word: str, is_class: bool) -> None:
    table = read_table(f"x,t\n1,some\n2,{word}\n3,more\n4,some\n")
    assert (word in choose(table, "t", ["x"], as_classes=True).classes) == is_class


def test_a_class_without_a_complete_row_is_none() -> None:
    table = read_table("x,t\n1,a\n2,b\n,c\n4,d\n")
    chosen = choose(table, "t", ["x"], as_classes=True)
    assert (chosen.classes, chosen.targets.tolist()) == (("a", "b", "d"), [0.0, 1.0, 2.0])


def test_names_of_classes_are_distinct_and_printable() -> None:
    table = read_table("x,t\n1,a\x01\n2,a\n3,\u200b\n4," + "y" * 999 + "\n")
    assert choose(table, "t", ["x"], as_classes=True).classes == ("a", "a (2)", "y" * LONGEST_NAME + "…", "class 4")


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ([f"c{i}" for i in range(20)], ""),
        ([f"c{i}" for i in range(21)],
         "Column 't' holds text, first 'c0' in row 1, and its 21 different values are too many: "
         "at most 20 classes are possible."),
        ([f"{i}" for i in range(20)], ""),
        ([f"{i}" for i in range(21)], "Column 't' holds 21 different values; at most 20 classes are possible."),
        (["a", "a", "NA"], "Column 't' holds the same word, 'a', everywhere; it can tell nothing."),
        (["5", "5", "NA"], "Column 't' holds the same number, 5, everywhere; it can tell nothing."),
        (["5", "inf", "6"], "Column 't' holds an infinite number in row 2; 1,000,000,000,000 is the limit."),
        (["NA", "?", ""], "Column 't' holds nothing but missing values."),
    ],
)  # fmt: skip
def test_why_a_column_can_tell_no_classes(cells: list[str], wanted: str) -> None:
    table = read_table("x,t\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)))
    assert table.columns[1].class_problem == wanted
    if wanted:
        with pytest.raises(ValueError, match=r"\.$") as caught:
            choose(table, "t", ["x"], as_classes=True)
        assert str(caught.value) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x,t\n1,a\n2,a\n,b\n",
         "Without the rows with missing values, column 't' holds one class only; it can tell nothing."),
        ("x,t\n1,a\n,b\n2,NA\n", "Only 1 row without missing values; at least two are needed."),
    ],
)  # fmt: skip
def test_too_few_classes_may_be_left(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        choose(read_table(text), "t", ["x"], as_classes=True)
    assert str(caught.value) == wanted


# --- a first choice ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (HOUSES, ("rent", ("rooms", "area"))),
        ("1,2\n3,4\n", ("column 2", ("column 1",))),
        ("a,b,c,d\n1,2,3,4\n5,6,7,8\n", ("d", ("a", "b"))),
        ("a,b,c,d\n1,2,3,x\n5,6,7,y\n", ("c", ("a", "b"))),
    ],
)
def test_the_first_choice(text: str, wanted: tuple[str, tuple[str, ...]]) -> None:
    assert suggest(read_table(text)) == wanted


def test_a_table_without_a_first_choice() -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        suggest(read_table("city,x,y,z\nBonn,5,1,a\nUlm,5,2,b\n"))
    assert str(caught.value) == (
        "At least two columns of numbers are needed; column 'city' holds text, first 'Bonn' in row 1; "
        "column 'x' holds the same number, 5, everywhere; it can tell nothing."
    )
