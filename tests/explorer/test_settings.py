"""Settings read whatever a link holds, say what was wrong with it, and travel without a loss."""

import json
import random
from dataclasses import dataclass
from typing import Any

import pytest

from explorer.settings import (
    Choice,
    Choices,
    Flag,
    Number,
    Shares,
    Specification,
    Text,
    borne,
    choice,
    choices,
    flag,
    number,
    number_text,
    parts,
    read,
    shares,
    specs,
    strict,
    text,
    to_link,
)
from explorer.settings_wiring import for_browser, restored


def _layers(words: str) -> str:
    widths = words.replace(" ", "").split("-")
    if not all(width.isdigit() and 0 < int(width) <= 20 for width in widths):
        raise ValueError("Hidden layers must be widths from 1 to 20 joined by hyphens, such as 4-2.")
    return "-".join(str(int(width)) for width in widths)


@dataclass(frozen=True)
class Sample:
    surface: str = choice("bowl", {"bowl": "Bowl", "ravine": "Ravine"}, label="Surface", part="surface")
    noise: float = number(0.25, 0, 2, label="Noise", part="surface")
    cases: int = number(50, 1, 500, label="Cases", integer=True, part="surface")
    rate: float = number(0.03, 1e-5, 10, label="Learning rate", scale="log", part="descent")
    start: float = number(-1.5, -3, 3, label="Start", part="descent")
    shown: tuple[str, ...] = choices(("adam",), {"adam": "Adam", "newton": "Newton"}, label="Optimizers")
    layers: str = text("4-2", label="Hidden layers", check=_layers, part="surface")
    shuffle: bool = flag(True, label="Shuffle")
    split: tuple[int, ...] = shares((60, 30, 10), ("Training", "Validation", "Test"), label="Split", part="surface")


def draw(spec: Specification, chance: random.Random) -> Any:
    """A random legal value."""
    if isinstance(spec, Number):
        value = chance.choice((chance.uniform(spec.low, spec.high), spec.low, spec.high, spec.default))
        return round(value) if spec.integer else value
    if isinstance(spec, Choices):
        return tuple(option for option in spec.options if chance.random() < 0.5)
    if isinstance(spec, Choice):
        return chance.choice(list(spec.options))
    if isinstance(spec, Flag):
        return chance.random() < 0.5
    if isinstance(spec, Shares):
        first, second = sorted(chance.choices(range(101), k=2))
        return (first or 1, (second or 1) - (first or 1), 100 - (second or 1))
    return "-".join(str(chance.randint(1, 20)) for _ in range(chance.randint(1, 4)))


@pytest.mark.parametrize("seed", range(200))
def test_a_link_brings_back_exactly_the_same_settings(seed: int) -> None:
    chance = random.Random(seed)
    settings = Sample(**{name: draw(spec, chance) for name, spec in specs(Sample).items()})
    link = to_link(settings)
    assert list(link) == list(specs(Sample))
    assert read(Sample, link) == (settings, [])
    assert strict(Sample, json.loads(json.dumps({name: getattr(settings, name) for name in link}))) == settings


def test_nothing_given_is_the_default() -> None:
    assert read(Sample, {}) == read(Sample, None) == (Sample(), [])
    assert strict(Sample, {}) == Sample()


HUGE = "9" * 5000
HOSTILE: list[tuple[str, object, object]] = [
    ("rate", "NaN", 0.03),
    ("rate", float("nan"), 0.03),
    ("rate", "inf", 0.03),
    ("rate", "-inf", 0.03),
    ("rate", "1e999", 0.03),
    ("rate", "50", 10.0),
    ("rate", "0", 1e-5),
    ("rate", -1, 1e-5),
    ("rate", "", 0.03),
    ("rate", "fast", 0.03),
    ("rate", True, 0.03),
    ("rate", None, 0.03),
    ("rate", [0.1], 0.03),
    ("rate", {"a": 1}, 0.03),
    ("rate", HUGE, 0.03),
    ("rate", 10**400, 0.03),
    ("rate", 10**5000, 0.03),
    ("rate", "0.1\u0000", 0.03),
    ("cases", "12.5", 12),
    ("cases", 12.5, 12),
    ("cases", "501", 500),
    ("cases", "nan", 50),
    ("surface", "volcano", "bowl"),
    ("surface", "", "bowl"),
    ("surface", 3, "bowl"),
    ("surface", ["bowl"], "bowl"),
    ("surface", {}, "bowl"),
    ("surface", "<script>alert(1)</script>" * 100, "bowl"),
    ("shown", "adam,volcano", ("adam",)),
    ("shown", "volcano", ("adam",)),
    ("shown", ["newton", 3], ("adam",)),
    ("shown", [["adam"]], ("adam",)),
    ("shown", "adam," * 5000, ("adam",)),
    ("shown", 7, ("adam",)),
    ("layers", "4--2", "4-2"),
    ("layers", "0", "4-2"),
    ("layers", HUGE, "4-2"),
    ("layers", 4, "4-2"),
    ("layers", None, "4-2"),
    ("shuffle", "yes", True),
    ("shuffle", 1, True),
    ("shuffle", None, True),
    ("shuffle", [], True),
    *(
        ("split", raw, (60, 30, 10))
        for raw in (
            "", "60", "60,40", "25,25,25,25", "60,30,11", "60,30,9", "0,60,40", "-10,60,50", "110,-10,0", "60,30,x",
            "33.5,33.5,33", "60;30;10", "60,30,10,", "nan,50,50", "inf,-inf,100", "1e2,0", HUGE, f"{HUGE},0,100",
            100, None, True, {}, [], [60, 40], [60.5, 29.5, 10], [60, None, 40], [True, 59, 40], [[60], [30], [10]],
            ["60", "30", []], [10**400, 0, 0], [float("nan"), 50, 50], [0] * 10**6,
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "used"), HOSTILE, ids=lambda value: str(type(value).__name__))
def test_what_is_not_legal_is_replaced_and_told(name: str, raw: object, used: object) -> None:
    settings, complaints = read(Sample, {name: raw})
    assert getattr(settings, name) == used
    assert len(complaints) == 1
    (complaint,) = complaints
    assert complaint.startswith(specs(Sample)[name].label)
    assert complaint.endswith("is used.")
    assert len(complaint) < 200
    assert complaint.isprintable()
    with pytest.raises(ValueError, match=specs(Sample)[name].label):
        strict(Sample, {name: raw})


def test_a_complaint_names_setting_value_range_and_what_is_used() -> None:
    _, complaints = read(Sample, {"rate": "50", "surface": "volcano"})
    assert complaints == [
        "Surface must be one of bowl, ravine, not volcano; bowl is used.",
        "Learning rate must be a number from 0.00001 to 10, not 50; 10 is used.",
    ]


@pytest.mark.parametrize("mapping", ["rate=3", 7, ["rate"], (), object()])
def test_what_is_no_mapping_is_told_too(mapping: object) -> None:
    settings, complaints = read(Sample, mapping)
    assert settings == Sample()
    assert len(complaints) == 1


def test_unknown_keys_are_told_unless_the_lab_knows_them() -> None:
    assert read(Sample, {"step": "7", "utm": "x", 3: "y"}, extra_keys=("step",)) == (
        Sample(),
        ["Unknown in this link: utm, 3."],
    )
    assert read(Sample, {"step": "7"}, extra_keys=("step",)) == (Sample(), [])


def test_several_choices_may_be_none_and_keep_the_order_of_the_options() -> None:
    assert strict(Sample, {"shown": ""}).shown == ()
    assert strict(Sample, {"shown": "newton,adam"}).shown == ("adam", "newton")
    assert strict(Sample, {"shown": ["newton", "newton"]}).shown == ("newton",)


def test_a_text_travels_in_its_normal_form() -> None:
    assert strict(Sample, {"layers": " 04 - 2 "}).layers == "4-2"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (10.0, "10"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-5, "0.00001"),
        (1.5e-6, "0.0000015"),
        (1e-7, "1e-7"),
        (1.25e-300, "1.25e-300"),
        (1e16, "10000000000000000"),
        (1e300, "1e+300"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_numbers_are_written_as_javascript_writes_them(value: float, words: str) -> None:
    assert number_text(value) == words
    assert float(words) == value


@pytest.mark.parametrize(
    "raw", ["60,30,10", " 60 , 30,10 ", "60.0,30,10", (60, 30, 10), [60, 30, 10], [60.0, "30", " 10"]]
)
def test_shares_are_read_from_texts_and_lists(raw: object) -> None:
    found = strict(Sample, {"split": raw}).split
    assert found == (60, 30, 10)
    assert {type(share) for share in found} == {int}


@pytest.mark.parametrize("legal", [(100, 0, 0), (1, 99, 0), (1, 0, 99), (34, 33, 33)])
def test_a_share_may_be_nothing_but_the_first(legal: tuple[int, ...]) -> None:
    settings = strict(Sample, {"split": legal})
    assert settings.split == legal
    assert to_link(settings)["split"] == ", ".join(map(str, legal))


def test_shares_say_what_they_must_be() -> None:
    _, complaints = read(Sample, {"split": "50, 40, 20"})
    assert complaints == [
        "Split must be whole percentages of training, validation and test that sum to 100, the first above 0, "
        "not 50, 40, 20; 60, 30, 10 is used."
    ]


def test_shares_are_of_any_number_of_things() -> None:
    @dataclass(frozen=True)
    class Halves:
        parts: tuple[int, ...] = shares((50, 50), ("Left", "Right"), label="Parts")

    assert strict(Halves, {"parts": "1,99"}).parts == (1, 99)
    with pytest.raises(ValueError, match=r"^Parts must be whole percentages of left and right that sum to 100"):
        strict(Halves, {"parts": "60,30,10"})


def test_a_text_is_as_long_as_it_may_be() -> None:
    @dataclass(frozen=True)
    class Texts:
        usual: str = text("", label="Usual")
        long: str = text("", label="Long", longest=300)

    for field, longest in (("usual", 200), ("long", 300)):
        assert getattr(strict(Texts, {field: "x" * longest}), field) == "x" * longest
        with pytest.raises(ValueError, match=rf"must be a text of at most {longest} characters, not x+…\.$"):
            strict(Texts, {field: "x" * (longest + 1)})


def test_an_integer_setting_is_an_int() -> None:
    assert type(strict(Sample, {"cases": "7"}).cases) is int
    assert type(strict(Sample, {"cases": 7.0}).cases) is int


def test_specifications_keep_order_and_parts() -> None:
    assert [type(spec) for spec in specs(Sample).values()] == [
        Choice, Number, Number, Number, Number, Choices, Text, Flag, Shares,
    ]  # fmt: skip
    assert parts(Sample) == {
        "surface": ["surface", "noise", "cases", "layers", "split"],
        "descent": ["rate", "start"],
    }


@pytest.mark.parametrize(
    "declare",
    [
        lambda: number(5, 0, 1, label="Too large"),
        lambda: number(0.5, 0, 1, label="Half", integer=True),
        lambda: number(0.5, 0, 1, label="Zero has no logarithm", scale="log"),
        lambda: choice("c", {"a": "A"}, label="None of them"),
        lambda: choices(("c",), {"a": "A"}, label="None of them"),
        lambda: choice("a,b", {"a,b": "A comma"}, label="Comma"),
        lambda: text("no", label="Layers", check=_layers),
        lambda: text("long", label="Too long", longest=3),
        lambda: shares((50, 40), ("One", "Other"), label="No whole"),
        lambda: shares((0, 100), ("One", "Other"), label="Nothing to learn from"),
        lambda: shares((100,), ("One", "Other"), label="Too few"),
        lambda: choice("a", {"a": "A", "b": "B"}, groups={"Only": ("a",)}, label="One in no group"),
        lambda: choice("a", {"a": "A"}, groups={"One": ("a",), "Other": ("a",)}, label="One in two groups"),
        lambda: choice("a", {"a": "A"}, groups={"One": ("a", "c")}, label="A stranger in a group"),
    ],
)
def test_a_declaration_that_cannot_hold_is_refused_at_once(declare: Any) -> None:
    with pytest.raises(ValueError, match=r"must be|needs a positive|comma|once"):
        declare()


# --- the wiring ----------------------------------------------------------------


def test_an_address_becomes_the_values_of_the_controls() -> None:
    address = {"rate": "1e-4", "shown": "newton", "shuffle": "0", "split": "50,25,25", "layers": "8"}
    values, words = restored(Sample, ["rate", "shown", "shuffle", "split", "layers"], address)
    assert values == ["0.0001", ["newton"], "0", "50, 25, 25", "8"]
    assert words == ""


def test_settings_are_borne_by_their_controls() -> None:
    told = borne(Sample(shown=("adam", "newton"), shuffle=False))
    assert told == to_link(Sample(shuffle=False)) | {"shown": ["adam", "newton"]}
    assert [type(value) for value in told.values()].count(list) == 1  # shares are a text


def test_only_the_first_complaints_are_told_in_full() -> None:
    address = {"surface": "x", "noise": "x", "cases": "x", "rate": "x", "start": "x"}
    _, words = restored(Sample, [], address)
    assert words.count("is used.") == 3
    assert words.endswith("2 more values were not legal.")


def test_a_forged_request_for_an_unknown_control_is_harmless() -> None:
    assert restored(Sample, ["rate", "nonsense"], {}) == (["0.03", ""], "")


def test_the_browser_knows_the_ranges_and_parts_as_plain_json() -> None:
    told = for_browser("lab", Sample, ("step",))
    assert json.loads(json.dumps(told)) == told
    assert told["numbers"]["rate"] == {"low": 1e-5, "high": 10, "integer": False, "value": 0.03}
    assert list(told["parts"]) == ["surface", "descent"]
    assert told["extra"] == ["step"]
