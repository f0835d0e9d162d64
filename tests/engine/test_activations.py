"""Values against the formulas, slopes against differences of the values."""

from math import cos, exp, log, log1p, sin, tanh

import numpy as np
import pytest

from engine import ACTIVATIONS, HIDDEN_ACTIVATIONS, Activation
from engine.types import Array

# The formula of each, one number at a time, and its slope.
FORMULAS = {
    "linear": (lambda z: z, lambda z: 1.0),
    "sigmoid": (lambda z: 1 / (1 + exp(-z)), lambda z: exp(-z) / (1 + exp(-z)) ** 2),
    "tanh": (tanh, lambda z: 1 - tanh(z) ** 2),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else exp(z) - 1, lambda z: 1.0 if z > 0 else exp(z)),
    "softplus": (lambda z: log(1 + exp(z)), lambda z: 1 / (1 + exp(-z))),
    "sine": (sin, cos),
}
POINTS = np.array([-20.0, -3.0, -1.0, -0.4, -1e-3, 1e-3, 0.4, 1.0, 3.0, 20.0])
FAR = np.array([-1.7e308, -1e10, -800.0, -50.0, 50.0, 800.0, 1e10, 1.7e308])

elementwise = pytest.mark.parametrize("record", [ACTIVATIONS[name] for name in FORMULAS], ids=list(FORMULAS))
every = pytest.mark.parametrize("record", ACTIVATIONS.values(), ids=list(ACTIVATIONS))


def values(record: Activation, logits: Array) -> Array:
    out = np.empty_like(logits)
    with np.errstate(over="ignore"):
        record.value(logits, out)
    return out


def test_the_registry() -> None:
    assert list(ACTIVATIONS) == [*FORMULAS, "softmax"]
    assert tuple(FORMULAS) == HIDDEN_ACTIVATIONS
    for name, record in ACTIVATIONS.items():
        assert record.name == name
        assert record.title
        assert record.formula.startswith("y")


@elementwise
def test_values_follow_the_formula(record: Activation) -> None:
    wanted = [FORMULAS[record.name][0](z) for z in POINTS]
    np.testing.assert_allclose(values(record, POINTS), wanted, rtol=1e-14, atol=1e-16)


@elementwise
def test_slopes_follow_the_formula(record: Activation) -> None:
    wanted = [FORMULAS[record.name][1](z) for z in POINTS]
    np.testing.assert_allclose(record.slope(POINTS), wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("leaky_relu", 0.01), ("elu", 1.0)])
def test_at_the_kink_the_slope_is_that_from_the_left(name: str, slope: float) -> None:
    assert ACTIVATIONS[name].slope(np.zeros(1)) == slope


@elementwise
def test_the_logits_may_be_overwritten_where_nothing_asks_for_them_again(record: Activation) -> None:
    logits = np.concatenate([POINTS, [0.0]])
    kept, apart = logits.copy(), values(record, logits)
    assert (logits == kept).all()
    if record.chain_needs == "activity":
        record.value(logits, logits)
        assert (logits == apart).all()


@elementwise
def test_far_from_zero_values_and_slopes_stay_within_their_limits(record: Activation) -> None:
    far, slopes = values(record, FAR), record.slope(FAR)
    assert not np.isnan(far).any()
    low, high = record.lowest, record.highest
    assert (far >= (-np.inf if low is None else low)).all()
    assert (far <= (np.inf if high is None else high)).all()
    assert ((slopes >= -1.0) & (slopes <= 1.0)).all()
    if record.name != "sine":
        assert (np.diff(far) >= 0.0).all()
        # a limit is one that is reached, and without a limit there is no end
        assert far[0] == pytest.approx(low, abs=1e-15) if low is not None else far[0] < -1e300
        assert far[-1] == pytest.approx(high, abs=1e-15) if high is not None else far[-1] > 1e300


def test_softplus_keeps_its_digits_far_below_zero() -> None:
    # log(1 + e^z) and its slope are e^z there, to the last digits
    below = np.array([-40.0, -200.0])
    np.testing.assert_allclose(values(ACTIVATIONS["softplus"], below), np.exp(below), rtol=1e-14)
    np.testing.assert_allclose(ACTIVATIONS["softplus"].slope(below), np.exp(below), rtol=1e-14)
    assert log1p(exp(-40.0)) == pytest.approx(exp(-40.0), rel=1e-14)


def test_softmax_by_hand() -> None:
    # e^0 : e^log2 : e^log5 = 1 : 2 : 5, one case a column; the second is shifted, which changes nothing
    column = np.array([0.0, log(2.0), log(5.0)])
    logits = np.stack([column, column + 700.0, column - 1e5], axis=1)
    np.testing.assert_allclose(
        values(ACTIVATIONS["softmax"], logits), np.array([[1.0, 2.0, 5.0]]).T / 8 * [1, 1, 1], rtol=1e-10
    )


def test_softmax_of_extreme_logits_is_a_decision() -> None:
    logits = np.array([[1e308, -1e308, 0.0], [-1e308, 0.0, 0.0]])
    np.testing.assert_array_equal(values(ACTIVATIONS["softmax"], logits), [[1.0, 0.0, 0.5], [0.0, 1.0, 0.5]])


@every
@pytest.mark.parametrize("leading", [(), (4,), (2, 3)])
def test_the_chain_passes_an_error_back(record: Activation, leading: tuple[int, ...]) -> None:
    # E = sum g y for any g = dE/dy; every dE/dz is then a difference of E
    generator = np.random.default_rng(5)
    logits = generator.choice([-1.0, 1.0], (*leading, 3, 5)) * generator.uniform(0.1, 2.0, (*leading, 3, 5))
    slopes = generator.normal(size=logits.shape)
    delta, activities = slopes.copy(), values(record, logits)
    source = logits if record.chain_needs == "logit" else activities
    for call in record.chain(source, delta, np.empty_like(delta)):
        call()
    numeric, step = np.empty_like(delta), 1e-6
    for neuron in range(3):
        shift = np.zeros((3, 1))
        shift[neuron] = step
        change = values(record, logits + shift) - values(record, logits - shift)
        numeric[..., neuron, :] = (slopes * change).sum(axis=-2) / (2.0 * step)
    np.testing.assert_allclose(delta, numeric, rtol=1e-8, atol=1e-8)
