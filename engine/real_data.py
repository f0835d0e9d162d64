"""Data that somebody measured, from scikit-learn, which is imported where it is first asked for."""

from functools import cache
from typing import Any

import numpy as np

from engine.generators import Draw, Kind, View
from engine.sources import DataSource
from engine.types import Array

_FLOWER = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
_WINE = (
    "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
    "nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "od280/od315 of diluted wines", "proline",
)  # fmt: skip
_NUCLEUS = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
_NUCLEI = (
    *(f"mean {name}" for name in _NUCLEUS),
    *(f"{name} error" for name in _NUCLEUS),
    *(f"worst {name}" for name in _NUCLEUS),
)
_PATIENT = ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")
DIGIT_SIDE, _BRIGHTEST = 8, 16.0
_PIXELS = tuple(
    f"row {row}, column {column}" for row in range(1, 1 + DIGIT_SIDE) for column in range(1, 1 + DIGIT_SIDE)
)


def _chosen_from(name: str) -> Draw:
    """A draw that chooses cases and their order; the deviation of the noise is in standard deviations of each input.

    These are measured over all cases there are, so they do not depend on the choice.
    """

    def draw(cases: int, deviation: float, generator: np.random.Generator) -> tuple[Array, Array]:
        inputs, targets = _loaded(name)
        chosen = generator.permutation(len(inputs))[:cases]
        noise = generator.standard_normal((cases, inputs.shape[1]))
        # x + deviation * s_x * N(0, 1)
        return inputs[chosen] + deviation * inputs.std(axis=0) * noise, targets[chosen]

    return draw


def _real(
    name: str,
    title: str,
    kind: Kind,
    view: View,
    input_names: tuple[str, ...],
    target_names: tuple[str, ...],
    cases: int,
    what: str,
    image: tuple[int, int] | None = None,
) -> DataSource:
    """A data set of scikit-learn; names and number of cases without a look at it."""
    draw = _chosen_from(name)
    return DataSource(
        name, title, kind, view, input_names, target_names, None, 1.0, what, draw, image, most_cases=cases
    )


REAL_DATA = (
    _real(
        "digits",
        "Digits",
        "classes",
        "images",
        _PIXELS,
        tuple("0123456789"),
        1797,
        "Hand-written digits of 8 by 8 pixels, each from 0 to 1 (UCI, Alpaydin and Kaynak 1998).",
        (DIGIT_SIDE, DIGIT_SIDE),
    ),
    _real(
        "iris",
        "Iris",
        "classes",
        "table",
        _FLOWER,
        ("setosa", "versicolor", "virginica"),
        150,
        "Three species of iris by the size of their leaves (Fisher 1936).",
    ),
    _real(
        "wine",
        "Wine",
        "classes",
        "table",
        _WINE,
        ("first grower", "second grower", "third grower"),
        178,
        "Three growers of one region by the chemistry of their wine (UCI, Forina 1991).",
    ),
    _real(
        "breast_cancer",
        "Breast cancer",
        "signs",
        "table",
        _NUCLEI,
        ("malignant", "benign"),
        569,
        "Tumours by the shape of their cell nuclei (Wolberg, Street and Mangasarian 1993).",
    ),
    _real(
        "diabetes",
        "Diabetes",
        "regression",
        "table",
        _PATIENT,
        ("disease progression",),
        442,
        "How far diabetes went in a year, by age, sex, body and blood (Efron et al. 2004).",
    ),
)


@cache
def _loaded(name: str) -> tuple[Array, Array]:
    """All cases, inputs (N, D) and targets (N, K), read-only."""
    from sklearn import datasets

    # diabetes comes standardised, and divided once more, unless asked for in its own units
    given: Any = datasets.load_diabetes(scaled=False) if name == "diabetes" else getattr(datasets, f"load_{name}")()
    inputs = np.array(given.data, dtype=np.float64)
    inputs, targets = inputs / (_BRIGHTEST if name == "digits" else 1.0), _TARGETS[name](given.target)
    for values in (inputs, targets):
        values.setflags(write=False)
    return inputs, targets


def _one_hot(numbers: Any) -> Array:
    rows: Array = np.eye(int(numbers.max()) + 1)[numbers]
    return rows


def _signs(numbers: Any) -> Array:
    return np.where(numbers > 0, 1.0, -1.0)[:, None]


def _as_they_are(numbers: Any) -> Array:
    return np.array(numbers, dtype=np.float64)[:, None]


_TARGETS = {
    each.name: {"classes": _one_hot, "signs": _signs, "regression": _as_they_are}[each.kind] for each in REAL_DATA
}
