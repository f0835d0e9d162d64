import base64
import io
import json
import random
import struct
from typing import Any

import numpy as np
import pandas
import pytest

from engine import Dataset
from explorer.training.own import DRAW_FIRST, TABLE_FIRST, About, about_of, dataset_of, read_wish
from explorer.training.ticks import tick

SHARES = (0.5, 0.25, 0.25)
NAN, INF = float("nan"), float("inf")


def packed(numbers: Any) -> str:
    """Numbers as the page writes them: little-endian, eight bytes each."""
    flat = [float(value) for value in np.ravel(numbers)]
    return base64.b64encode(struct.pack(f"<{len(flat)}d", *flat)).decode()


def told(kind: str = "regression", cases: int = 8, width: int = 2, **changed: Any) -> dict[str, Any]:
    """Data as the page tells it in full."""
    chance = np.random.default_rng(5)
    names = {"regression": ["t"], "signs": ["no", "yes"], "classes": ["a", "b", "c"]}[kind]
    targets = chance.normal(size=cases) if kind == "regression" else np.arange(cases) % len(names)
    whole = {
        "kind": kind,
        "names": [f"x{place}" for place in range(1, width + 1)],
        "target_names": names,
        "inputs": packed(chance.normal(size=(cases, width))),
        "targets": packed(targets),
    }
    return json.loads(json.dumps(whole | changed))


def in_brief(own: dict[str, Any]) -> dict[str, Any]:
    return {name: own[name] for name in ("kind", "names", "target_names")}


def refusal(own: Any, shares: Any = SHARES) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        dataset_of(own, shares, 1)
    return one_sentence(caught.value)


def one_sentence(reason: BaseException) -> str:
    sentence = str(reason)
    assert type(reason) is ValueError
    assert sentence.isprintable()
    assert len(sentence) <= 300
    return sentence


def read(text: str, **chosen: Any) -> dict[str, Any]:
    """The answer of the server, through JSON as it travels."""
    return dict(json.loads(json.dumps(read_wish({"text": text, **chosen}), allow_nan=False)))


def data_of(text: str, **chosen: Any) -> Dataset:
    answer = read(text, **chosen)
    assert answer["problem"] == ""
    return dataset_of(answer["data"], (1.0, 0.0, 0.0), 1)


# --- from a table to a data set ---------------------------------------------------

RENTS = "rooms,area,rent\n" + "".join(f"{1 + i % 4},{30 + 7 * i % 50},{400 + 12.5 * i + i % 3}\n" for i in range(12))
SPECIES = ["setosa", "virginica", "versicolor"]
FLOWERS = "length,width,species\n" + "".join(f"{i / 7:.3f},{(i * i) % 11},{SPECIES[i % 3]}\n" for i in range(15))


def test_numbers_are_met_by_regression() -> None:
    answer = read(RENTS)
    assert (answer["target"], answer["inputs"], answer["kind"], answer["cases"]) == (
        "rent",
        ["rooms", "area"],
        "number",
        12,
    )
    assert in_brief(answer["data"]) == {"kind": "regression", "names": ["rooms", "area"], "target_names": ["rent"]}
    assert answer["counts"] is None
    frame, data = pandas.read_csv(io.StringIO(RENTS)), data_of(RENTS)
    np.testing.assert_array_equal(data.inputs, frame[["rooms", "area"]].to_numpy(float))
    np.testing.assert_array_equal(data.targets, frame[["rent"]].to_numpy(float))


def test_words_are_classes_in_alphabetical_order() -> None:
    answer = read(FLOWERS)
    assert (answer["target"], answer["kind"], answer["counts"]) == ("species", "class", [5, 5, 5])
    assert answer["data"]["kind"] == "classes"
    assert answer["data"]["target_names"] == ["setosa", "versicolor", "virginica"]
    dummies = pandas.get_dummies(pandas.read_csv(io.StringIO(FLOWERS))["species"], dtype=float)
    np.testing.assert_array_equal(data_of(FLOWERS).targets, dummies.to_numpy())
    assert list(dummies.columns) == answer["data"]["target_names"]


@pytest.mark.parametrize(
    ("low", "high"), [("no", "yes"), ("0", "1"), ("-1", "1"), ("1", "2"), ("0.5", "7"), ("+", "-"), ("none", "some")]
)
def test_two_values_are_two_signs(low: str, high: str) -> None:
    text = "x,t\n" + "".join(f"{i / 3},{(low, high)[i % 2]}\n" for i in range(6))
    answer = read(text)
    assert in_brief(answer["data"]) == {"kind": "signs", "names": ["x"], "target_names": [low, high]}
    assert data_of(text).targets.tolist() == [[-1.0], [1.0]] * 3
    assert answer["counts"] == [3, 3]


def test_a_few_whole_numbers_are_classes_in_the_order_of_their_size() -> None:
    text = "x,grade\n" + "".join(f"{i / 3},{(10, 9, 2)[i % 3]}\n" for i in range(15))
    answer = read(text)
    assert answer["data"]["target_names"] == ["2", "9", "10"]
    assert data_of(text).targets.argmax(axis=1).tolist() == [2, 1, 0] * 5


@pytest.mark.parametrize(
    "cells",
    [
        [0.5 * (i % 4) for i in range(40)],  # not whole
        [i % 11 for i in range(110)],  # many
        [i % 4 for i in range(19)],  # few of each
    ],
)
def test_other_numbers_are_amounts_unless_somebody_says_they_are_classes(cells: list[float]) -> None:
    text = "x,t\n" + "".join(f"{i / 3},{cell}\n" for i, cell in enumerate(cells))
    assert read(text)["data"]["kind"] == "regression"
    assert read(text, kind="class")["counts"] == list(pandas.Series(cells).value_counts().sort_index())


def test_what_looks_like_classes_can_be_read_as_a_number() -> None:
    text = "x,t\n" + "".join(f"{i / 3},{i % 2}\n" for i in range(6))
    assert data_of(text, kind="number").targets.tolist() == [[0.0], [1.0]] * 3


def test_another_target_and_other_inputs() -> None:
    answer = read(FLOWERS, target="width", inputs=["length"])
    assert (answer["target"], answer["inputs"], answer["data"]["target_names"]) == ("width", ["length"], ["width"])
    flipped = data_of(RENTS, target="rooms", inputs=["rent", "area"], kind="number")
    frame = pandas.read_csv(io.StringIO(RENTS))
    np.testing.assert_array_equal(flipped.inputs, frame[["rent", "area"]].to_numpy(float))


def test_decimal_commas_and_semicolons() -> None:
    text = "a;b;t\n" + "".join(f"{i},5;{2 * i + i * i},25;{'ja' if i % 3 else 'nein'}\n" for i in range(8))
    answer = read(text)
    assert answer["notes"][0] == "Commas are read as decimal marks."
    frame = pandas.read_csv(io.StringIO(text), sep=";", decimal=",")
    np.testing.assert_array_equal(data_of(text).inputs, frame[["a", "b"]].to_numpy(float))


def test_rows_that_miss_a_value_are_left_out_and_it_is_said() -> None:
    text = "a,b,t\n1,2,x\n,3,y\n5,?,x\n7,8,\n9,1,y\n3,4,x\n2,6,NA\n4,4,y\n"
    answer = read(text)
    assert "4 rows with missing values were left out." in answer["notes"]
    frame = pandas.read_csv(io.StringIO(text), na_values="?").dropna()
    np.testing.assert_array_equal(data_of(text).inputs, frame[["a", "b"]].to_numpy(float))
    assert data_of(text).targets.ravel().tolist() == [-1.0, 1.0, -1.0, 1.0]


def test_a_class_of_which_no_complete_row_is_left_is_none() -> None:
    text = "a,t\n" + "1,x\n2,y\n3,z\n" * 3 + ",w\n"
    assert read(text)["data"]["target_names"] == ["x", "y", "z"]


def test_the_numbers_agree_with_pandas() -> None:
    chance = random.Random(11)
    rows = [
        [f"{chance.gauss(0, 10 ** chance.uniform(-3, 6)):.{chance.randint(1, 17)}g}" for _ in range(20)]
        for _ in range(300)
    ]
    text = ",".join(f"c{i}" for i in range(20)) + "\n" + "\n".join(",".join(row) for row in rows)
    frame, data = pandas.read_csv(io.StringIO(text)), data_of(text)
    # pandas may be off by the last digit
    np.testing.assert_allclose(data.inputs, frame.iloc[:, :19].to_numpy(float), rtol=1e-15)
    np.testing.assert_allclose(data.targets, frame.iloc[:, 19:].to_numpy(float), rtol=1e-15)


def test_all_columns_but_the_last_are_inputs_up_to_the_most() -> None:
    lines = [",".join(str((7 * row * place + place) % 97) for place in range(1, 51)) for row in range(1, 200)]
    answer = read("\n".join(lines), kind="number")
    assert len(answer["inputs"]) == 49
    assert dataset_of(answer["data"], SHARES, 1).inputs.shape == (199, 49)


# --- what is left out at first ----------------------------------------------------


@pytest.mark.parametrize("first", [0, 1])
def test_a_column_that_only_counts_the_rows_is_no_input_at_first(first: int) -> None:
    text = "Id,x,t\n" + "".join(f"{i + first},{i * i % 7},{'ab'[i % 2]}\n" for i in range(10))
    answer = read(text)
    assert answer["inputs"] == ["x"]
    assert "Column 'Id' only counts the rows and is left out at first." in answer["notes"]
    asked = read(text, target="t", inputs=["Id", "x"])
    assert asked["data"]["names"] == ["Id", "x"]
    assert not any("counts the rows" in note for note in asked["notes"])


def test_where_nothing_else_is_left_the_rows_count_as_an_input() -> None:
    assert read("x,t\n1,2.5\n2,3.1\n3,4.7\n4,5.2\n")["inputs"] == ["x"]


def test_a_column_that_is_mostly_empty_is_no_input_at_first() -> None:
    text = "a,b,t\n" + "".join(f"{i * i},{i if i < 4 else ''},{i * 1.5}\n" for i in range(10))
    answer = read(text)
    assert (answer["inputs"], answer["cases"]) == (["a"], 10)
    assert "Column 'b' misses 60 % of its values and is left out at first." in answer["notes"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a,b,name\n" + "".join(f"{i},{i * i},person {i}\n" for i in range(8)), "b"),  # each name once
        ("species,length\n" + "".join(f"{'ab'[i % 2]},{i * 1.5}\n" for i in range(8)), "species"),  # else no input
        ("a,b,same\n" + "".join(f"{i},{i * i},7\n" for i in range(8)), "b"),
    ],
)
def test_the_first_target_is_the_last_column_that_can_be_learnt(text: str, target: str) -> None:
    assert read(text)["target"] == target


def test_large_numbers_ask_for_a_common_scale() -> None:
    assert "Column 'rent' reaches 540: numbers so large need Standardise on." in read(RENTS)["notes"]
    small = "x,t\n" + "".join(f"{i / 10},{i * i / 100}\n" for i in range(10))
    assert read(small)["notes"] == []


# --- choices that cannot be -------------------------------------------------------

MIXED = "city,rooms,rent,same\n" + "".join(f"place {i},{i % 3},{700 + i},5\n" for i in range(30))


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({"target": "rent", "inputs": []}, "Choose at least one input."),
        ({"target": "rent", "inputs": ["city"]}, "Column 'city' holds text, first 'place 0' in row 1."),
        ({"target": "rent", "inputs": ["rooms", "rent"]}, "Column 'rent' is chosen twice."),
        ({"target": "rent", "inputs": ["rooms"], "kind": "class"},
         "Column 'rent' holds 30 different values; at most 20 classes are possible."),
        ({"target": "city", "inputs": ["rooms"]},
         "Column 'city' holds text, first 'place 0' in row 1, and its 30 different values are too many: "
         "at most 20 classes are possible."),
        ({"target": "city", "inputs": ["rooms"], "kind": "number"},
         "Column 'city' holds text, first 'place 0' in row 1."),
        ({"target": "same", "inputs": ["rooms"]},
         "Column 'same' holds the same number, 5, everywhere; it can tell nothing."),
        ({"target": "rent", "inputs": ["rooms", 7]}, "There is no column '7'."),
    ],
)  # fmt: skip
def test_a_choice_that_makes_no_data_is_told_beside_the_columns(chosen: dict[str, Any], wanted: str) -> None:
    answer = read(MIXED, **chosen)
    assert (answer["data"], answer["problem"]) == (None, wanted)
    assert [column["name"] for column in answer["columns"]] == ["city", "rooms", "rent", "same"]
    assert set(answer["inputs"]) <= {"city", "rooms", "rent", "same"}


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({"target": "price"}, "There is no column 'price'."),
        ({"target": ["rent"]}, "There is no column 'a list'."),
        ({"inputs": "rooms"}, "The inputs must be a list of names, not rooms."),
        ({"kind": "shape"}, "A target can be a number or a class, not shape."),
        ({"kind": {}}, "A target can be a number or a class, not a dict."),
    ],
)
def test_a_wish_that_is_none(chosen: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read_wish({"text": MIXED, **chosen})
    assert one_sentence(caught.value) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x,t\n1,2\n2,3\n3,\n4,5\n", "There are 3 complete rows; at least 4 are needed."),
        ("x,t\n1,5\n2,7\n", "There are 2 complete rows; at least 4 are needed."),
        ("x,t\n1,a\n2,a\n,b\n,b\n4,a\n6,a\n",
         "Without the rows with missing values, column 't' holds one class only; it can tell nothing."),
    ],
)  # fmt: skip
def test_too_little_may_be_left(text: str, wanted: str) -> None:
    answer = read(text)
    assert (answer["data"], answer["problem"]) == (None, wanted)


NO_TARGET = "A column of numbers is needed, and one more of numbers or of few classes; "


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, "This is no table: it is no text."),
        ("", "The file is empty."),
        ("a,b\nx,y\nz,w\n", f"{NO_TARGET}column 'a' holds text, first 'x' in row 1; "
         "column 'b' holds text, first 'y' in row 1."),
        ("a,b\n1,x\n2,x\n3,x\n4,x\n", f"{NO_TARGET}column 'b' holds text, first 'x' in row 1."),
        ("PK\x03\x04", "This looks like an Excel file; save it as CSV first."),
        ("1,2\n" * 1_000_001, "The table has 4,000,004 characters; at most 4,000,000 are possible."),
    ],
)  # fmt: skip
def test_what_is_no_table_to_learn_from(text: Any, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        read_wish({"text": text})
    assert one_sentence(caught.value) == wanted


NAMES = ["x" * 500, "x" * 500, "a\x01b", "\u202eevil", "", "\ud800"]


def test_hostile_names_become_names_that_can_be_told() -> None:
    classes = ["<script>", "=1+1", "c" * 500, "c" * 501]
    lines = [",".join([*(f"{(i * place) % 7 + i}" for place in range(1, 7)), classes[i % 4]]) for i in range(12)]
    text = ",".join([*NAMES, "t"]) + "\n" + "\n".join(lines)
    answer = read(text, inputs=[column["name"] for column in read(text)["columns"]][:6])
    about = about_of(in_brief(answer["data"]), dataset_of(answer["data"], SHARES, 1))
    assert len(set(about.names)) == 6
    assert len(set(about.target_names)) == 4
    assert all(name.isprintable() and name for name in (*about.names, *about.target_names))


PIECES = [
    ",",
    ";",
    "\n",
    '"',
    "1",
    "2.5",
    "-",
    "NA",
    " ",
    "x",
    "\x01",
    "\ud800",
    "inf",
    "1e300",
    "yes",
    "no",
    "9" * 400,
]


@pytest.mark.parametrize("seed", range(200))
def test_chance_tables_make_data_or_one_sentence(seed: int) -> None:
    chance = random.Random(seed)
    odd = 0.03 * (seed % 3)
    cells = [chance.choice(PIECES) if chance.random() < odd else f"{chance.gauss(0, 9):.2f}" for _ in range(40)]
    words = [chance.choice(["red", "green", "blue"][: 1 + seed % 3]) for _ in range(10)]
    text = "x,y,z,w,t\n" + "\n".join(",".join([*cells[4 * i : 4 * i + 4], words[i]]) for i in range(10))
    try:
        answer = read(text)
        if answer["data"] is None:
            raise ValueError(answer["problem"])
    except ValueError as reason:
        one_sentence(reason)
        return
    data = dataset_of(answer["data"], SHARES, seed)
    assert about_of(in_brief(answer["data"]), data).names == tuple(answer["inputs"])
    assert np.isfinite(data.inputs).all()


# --- what the page tells ----------------------------------------------------------


@pytest.mark.parametrize(("kind", "outputs"), [("regression", 1), ("signs", 1), ("classes", 3)])
def test_told_in_full_and_in_brief_it_is_about_the_same(kind: Any, outputs: int) -> None:
    own = told(kind, cases=12, width=3)
    data = dataset_of(own, SHARES, 4)
    assert (data.inputs.shape, data.targets.shape) == ((12, 3), (12, outputs))
    wanted = About(kind, tuple(own["names"]), tuple(own["target_names"]))
    assert about_of(own, data) == about_of(in_brief(own), data) == wanted


def test_the_numbers_are_those_that_were_told_bit_for_bit() -> None:
    inputs = np.array([[0.1, -0.0], [1e-300, 1e12], [np.pi, -7.0], [2.0**-1074, 3.0]])
    data = dataset_of(told(cases=4, inputs=packed(inputs), targets=packed([1e-9, 2, 3, 4])), SHARES, 1)
    assert data.inputs.tobytes() == inputs.tobytes()
    assert data.targets.ravel().tolist() == [1e-9, 2.0, 3.0, 4.0]


def test_drawn_points_of_two_classes() -> None:
    rows = [[-1.5, 2.0, -1], [3.25, 0.5, 1], [0.0, 0.0, 1], [-6.0, 6.0, -1]]  # x1, x2 and the class
    own = {
        "kind": "signs",
        "names": ["x1", "x2"],
        "target_names": ["class −1", "class +1"],
        "inputs": packed([row[:2] for row in rows]),
        "targets": packed([row[2] > 0 for row in rows]),
    }
    data = dataset_of(own, (1.0, 0.0, 0.0), 1)
    assert data.inputs.tolist() == [row[:2] for row in rows]
    assert data.targets.ravel().tolist() == [row[2] for row in rows]


def test_points_of_a_single_class_can_be_learnt_from() -> None:
    own = told("signs", targets=packed([1.0] * 8))
    assert dataset_of(own, SHARES, 1).targets.ravel().tolist() == [1.0] * 8


@pytest.mark.parametrize(
    ("shares", "sizes"),
    [((0.5, 0.5, 0.0), (10, 10, 0)), ((0.7, 0.2, 0.1), (14, 4, 2)), ((1.0, 0.0, 0.0), (20, 0, 0))],
)
def test_the_split_is_as_asked_and_drawn_by_the_seed(shares: tuple[float, ...], sizes: tuple[int, ...]) -> None:
    first, again, other = (dataset_of(told(cases=20), shares, seed) for seed in (3, 3, 4))
    assert (len(first.training), len(first.validation), len(first.test)) == sizes
    everything = np.concatenate([first.training, first.validation, first.test])
    assert sorted(everything) == list(range(20))
    assert first == again
    assert (first == other) == (shares[0] == 1.0)


@pytest.mark.parametrize("shares", [(0.0, 0.5, 0.5), (0.0, 0.0, 1.0)])
def test_a_split_must_leave_something_to_learn_from(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="training above 0"):
        dataset_of(told(cases=20), shares, 1)


def test_four_cases_fill_three_parts() -> None:
    data = dataset_of(told(cases=4), (0.98, 0.01, 0.01), 1)
    assert (len(data.training), len(data.validation), len(data.test)) == (2, 1, 1)


def test_the_most_that_can_be_brought() -> None:
    own = told("classes", cases=5_000, width=49)
    assert dataset_of(own, SHARES, 1).inputs.shape == (5_000, 49)


def test_before_there_is_data_it_is_said_what_to_do() -> None:
    assert refusal(None) == DRAW_FIRST
    assert refusal({}) == TABLE_FIRST
    assert DRAW_FIRST == "Draw at least 4 points first: choose a class and click or drag in the picture."


# --- forged -----------------------------------------------------------------------

DEEP: Any = []
for _ in range(500):
    DEEP = [DEEP]

FORGED = {
    "a list": ([], "Your data could not be read: it is a list, not an object."),
    "a text": ("own", "Your data could not be read: it is own, not an object."),
    "a number": (7, "Your data could not be read: it is 7, not an object."),
    "no kind": (told(kind="regression") | {"kind": None}, None),
    "labels": (
        told() | {"kind": "labels"},
        "The kind of your data must be one of signs, classes, regression, not labels.",
    ),
    "a kind in a list": (told() | {"kind": ["signs"]}, None),
    "a deep kind": (told() | {"kind": DEEP}, None),
    "no names": (told(names=None), "The names of the inputs of your data must be a list of up to 50 texts."),
    "a name that is a number": (told(names=["x1", 2]), None),
    "a deep name": (told(names=["x1", DEEP]), None),
    "no inputs": (told(names=[], inputs=""), "Your data has 0 inputs; there may be 1 to 49."),
    "fifty inputs": (told(width=50), "Your data has 50 inputs; there may be 1 to 49."),
    "a million names": (told(names=["x"] * 1_000_000), None),
    "the same name twice": (told(names=["x", "x"]), "The names of the inputs of your data must differ."),
    "an empty name": (
        told(names=["x", ""]),
        "'empty' cannot be a name in your data: it needs 1 to 100 printable letters.",
    ),
    "a long name": (told(names=["x", "y" * 101]), None),
    "a name that cannot be printed": (told(names=["x", "y\n"]), None),
    "half a surrogate": (told(names=["x", "\ud800"]), None),
    "no target names": (told(target_names=[]), "The targets of your data have 0 names; of this kind there may be 1."),
    "three signs": (told("signs", target_names=["a", "b", "c"]), None),
    "two classes": (
        told("classes", target_names=["a", "b"]),
        "The targets of your data have 2 names; of this kind there may be 3 to 20.",
    ),
    "many classes": (told("classes", target_names=[f"c{i}" for i in range(21)]), None),
    "a target name that is a list": (told("classes", target_names=["a", "b", ["c"]]), None),
    "numbers in a list": (told(inputs=[1.0, 2.0]), "The inputs of your data are a list, not a text of numbers."),
    "no numbers": (told(inputs=None), None),
    "no base64": (told(inputs="?!"), "The inputs of your data could not be read: they are no base64."),
    "letters of other alphabets": (told(inputs="äöü="), None),
    "half a number": (
        told(targets=base64.b64encode(b"1234").decode()),
        "The targets of your data have 4 bytes; a number takes 8.",
    ),
    "no case": (told(inputs="", targets=""), "Your data has 0 cases; at least 4 and at most 5,000 can be used."),
    "three cases": (told(cases=3), "Your data has 3 cases; at least 4 and at most 5,000 can be used."),
    "many cases": (told(cases=5_001), "Your data has 5,001 cases; at least 4 and at most 5,000 can be used."),
    "a huge text": (
        told(inputs="A" * 4_000_000),
        "The inputs of your data are more than 245,000 numbers, 5,000 rows of 49.",
    ),
    "an input too few": (told(inputs=packed(np.ones(15))), "8 cases of 2 inputs need 16 numbers, but there are 15."),
    "a target too many": (told(targets=packed(np.ones(9))), None),
    "not a number": (
        told(inputs=packed([1.0] * 15 + [NAN])),
        "Your data holds a number beyond 1,000,000,000,000, the limit, or what is no number.",
    ),
    "infinity": (told(inputs=packed([1.0] * 15 + [-INF])), None),
    "a huge number": (told(targets=packed([1.0] * 7 + [2e12])), None),
    "a target that is no number": (told(targets=packed([1.0] * 7 + [NAN])), None),
    "a class beyond": (
        told("classes", targets=packed([0, 1, 2, 3] * 2)),
        "A case has the class 3; there are 3 classes, counted from 0.",
    ),
    "a negative class": (told("signs", targets=packed([-1, 1] * 4)), None),
    "half a class": (told("classes", targets=packed([0, 1, 2, 0.5] * 2)), None),
    "a class that is no number": (
        told("classes", targets=packed([0, 1, 2, NAN] * 2)),
        "A case has the class not a number; there are 3 classes, counted from 0.",
    ),
    "an infinite class": (told("signs", targets=packed([0, 1, 1, INF] * 2)), None),
}


@pytest.mark.parametrize(("own", "wanted"), FORGED.values(), ids=FORGED)
def test_forged_data_is_refused_in_one_sentence(own: Any, wanted: str | None) -> None:
    assert wanted in (None, refusal(own))


def some_data(targets: Any, width: int = 2, cases: int = 8) -> Dataset:
    inputs = np.random.default_rng(1).normal(size=(cases, width))
    return Dataset.from_arrays(inputs, np.array(targets, dtype=float))


SIGNS = [[1.0], [-1.0]] * 4
ONE_HOT = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] * 4
NOT_OF_THIS_KIND = "This data is not of the kind that is told of it: each case must have "
ANOTHER_RUN = {
    "other names": (told(width=3), some_data(SIGNS), "Your data has 2 inputs but 3 names for them."),
    "signs of numbers": (
        told("signs"),
        some_data([[0.5], [1.0]] * 4),
        NOT_OF_THIS_KIND + "one target that is -1 or 1.",
    ),
    "signs of classes": (told("signs"), some_data(ONE_HOT), NOT_OF_THIS_KIND + "one target that is -1 or 1."),
    "numbers of classes": (told("regression"), some_data(ONE_HOT), NOT_OF_THIS_KIND + "one target."),
    "classes of signs": (
        told("classes"),
        some_data(SIGNS),
        NOT_OF_THIS_KIND + "3 targets, one of them 1 and the others 0.",
    ),
    "other classes": (told("classes", target_names=list("abcd")), some_data(ONE_HOT), None),
    "two classes at once": (told("classes"), some_data([[1.0, 1.0, 0.0]] * 8), None),
    "no class": (told("classes"), some_data([[0.0, 0.0, 0.0]] * 8), None),
    "half a class": (told("classes"), some_data([[0.5, 0.5, 0.0]] * 8), None),
    "a class and a half": (told("classes"), some_data([[1.0, 0.5, 0.0]] * 8), None),
    "few cases": (
        told("signs"),
        some_data(SIGNS[:3], cases=3),
        "Your data has 3 cases; at least 4 and at most 5,000 can be used.",
    ),
    "many cases": (told("signs"), some_data([[1.0]] * 5_001, cases=5_001), None),
    "huge numbers": (told("regression"), some_data([[1e13]] * 8), None),
    "nothing told": (None, some_data(SIGNS), "Your data could not be read: it is nothing, not an object."),
    "an empty object": ({}, some_data(SIGNS), None),
}


@pytest.mark.parametrize(("own", "data", "wanted"), ANOTHER_RUN.values(), ids=ANOTHER_RUN)
def test_what_is_told_must_fit_the_data_of_the_run(own: Any, data: Dataset, wanted: str | None) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        about_of(own, data)
    assert wanted in (None, one_sentence(caught.value))


def test_signs_may_also_be_met_as_numbers() -> None:
    assert about_of(told("regression"), some_data(SIGNS)).kind == "regression"


# --- a run on it ------------------------------------------------------------------


def ticked(own: Any, run: str | None = None, dataset: str = "own", **settings: Any) -> dict[str, Any]:
    chosen = {"dataset": dataset, "split": [50, 25, 25], "seed": 3, **settings}
    answer: dict[str, Any] = tick({"settings": chosen, "own": own, "run": run, "frames": 1, "updates": 2})
    return answer


@pytest.mark.parametrize(("kind", "reading"), [("regression", "value"), ("signs", "sign"), ("classes", "classes")])
@pytest.mark.parametrize("dataset", ["own", "drawn"])
def test_a_run_goes_on_with_what_is_told_in_brief(kind: str, reading: str, dataset: str) -> None:
    own = told(kind, cases=40)
    first = ticked(own, dataset=dataset)
    assert (first["scene"]["view"], first["scene"]["reading"]) == ("plane", reading)
    assert first["scene"]["cases"] == {"training": 20, "validation": 10, "test": 10}
    again = ticked(in_brief(own), first["run"], dataset)
    assert [answer["frames"][-1]["step"] for answer in (first, again)] == [2, 4]
    assert again["run"] == ticked(own, first["run"], dataset)["run"]


def test_a_run_learns_a_table() -> None:
    answer = ticked(read(FLOWERS, inputs=["length", "width"])["data"], standardise=True)
    assert answer["scene"]["output_names"] == ["setosa", "versicolor", "virginica"]


def test_without_data_the_first_tick_says_what_to_do() -> None:
    for own, wanted in ((None, DRAW_FIRST), ({}, TABLE_FIRST)):
        with pytest.raises(ValueError, match=r"\.$") as caught:
            ticked(own)
        assert str(caught.value) == wanted


@pytest.mark.parametrize("kind", ["signs", "classes"])
def test_a_run_that_is_told_to_be_of_another_kind_is_refused(kind: str) -> None:
    run = ticked(told("regression", cases=40))["run"]
    with pytest.raises(ValueError, match=NOT_OF_THIS_KIND):
        ticked(in_brief(told(kind, cases=40)), run)
