"""Error functions by hand, their slopes against differences, and their behaviour at the ends of the numbers."""

from math import exp, log

import numpy as np
import pytest

from engine import ACTIVATIONS, ERRORS
from engine.types import Array
from tests.engine.helpers import HEADS, differences, targets_for


def judged(error: str, output: str, logits: Array, targets: Array) -> tuple[Array, Array, Array]:
    """The error (...), what the head says is its slope, and the outputs; logits and targets (..., K, N)."""
    head = ERRORS[error].head(output)
    logits, delta, outputs = logits.copy(), np.full(logits.shape, np.nan), np.full(logits.shape, np.nan)
    with np.errstate(all="ignore"):
        if not head.fills_outputs:
            ACTIVATIONS[output].value(logits, outputs)
        total = head.bind(logits, outputs, delta)(targets)()
    return np.asarray(total), delta, outputs


# outputs (2, 2), targets (2, 2), the error, dE/dy; two outputs by two cases
BY_HAND = [
    ("squared", [[1, 2], [3, 0]], [[0, 2], [1, 1]], 0.5 * (1 + 0 + 4 + 1), [[1, 0], [2, -1]]),
    ("absolute", [[1, 2], [3, 0]], [[0, 2], [1, 1]], 1 + 0 + 2 + 1, [[1, 0], [1, -1]]),
    # |r| = 1/2: r^2 / 2; |r| = 1: both formulas give 1/2; |r| = 3: 3 - 1/2
    ("huber", [[0.5, 1], [-3, 0]], [[0, 0], [0, 0]], 0.125 + 0.5 + 2.5 + 0, [[0.5, 1], [-1, 0]]),
]


@pytest.mark.parametrize(("error", "outputs", "targets", "wanted", "slope"), BY_HAND)
def test_errors_by_hand(error: str, outputs: Array, targets: Array, wanted: float, slope: Array) -> None:
    total, delta, _ = judged(error, "linear", np.array(outputs, float), np.array(targets, float))
    assert total == wanted
    np.testing.assert_array_equal(delta, slope)


def test_cross_entropy_of_sigmoids_by_hand() -> None:
    # logits log 3 and 0: y = 3/4 and 1/2; soft targets count in both directions
    targets = np.array([[1.0, 0.25]])
    total, delta, _ = judged("cross_entropy", "sigmoid", np.array([[log(3.0), 0.0]]), targets)
    assert total == pytest.approx(-log(0.75) - 0.25 * log(0.5) - 0.75 * log(0.5), rel=1e-14)
    np.testing.assert_allclose(delta, [[-0.25, 0.25]], rtol=1e-14)


def test_cross_entropy_of_a_softmax_by_hand() -> None:
    # y = 1/8, 2/8, 5/8
    logits = np.array([[0.0, log(2.0), log(5.0)]]).T
    total, delta, outputs = judged("cross_entropy", "softmax", logits, np.array([[0.0, 0.5, 0.5]]).T)
    assert total == pytest.approx(-0.5 * log(2 / 8) - 0.5 * log(5 / 8), rel=1e-14)
    np.testing.assert_allclose(outputs.ravel(), [1 / 8, 2 / 8, 5 / 8], rtol=1e-14)
    np.testing.assert_allclose(delta.ravel(), [1 / 8, -2 / 8, 1 / 8], rtol=1e-14)


@pytest.mark.parametrize(("output", "error"), HEADS)
def test_the_slope_is_that_of_the_error(output: str, error: str) -> None:
    generator = np.random.default_rng(3)
    shape = (3, 4)
    logits = generator.uniform(0.1, 2.0, shape) * generator.choice([-1.0, 1.0], shape)
    targets = targets_for(output, error, (4, 3), generator).T
    _, delta, outputs = judged(error, output, logits, targets)
    at_logit = ERRORS[error].head(output).at_logit

    def of_place(place: Array) -> Array:
        places = place.reshape(*place.shape[:-1], *shape)
        return judged(error, output if at_logit else "linear", places, np.broadcast_to(targets, places.shape))[0]

    numeric = differences(of_place, (logits if at_logit else outputs).ravel())
    np.testing.assert_allclose(delta.ravel(), numeric, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("size", [30.0, 399.0, 401.0, 800.0, 1e5, 1e150])
def test_cross_entropy_never_takes_the_log_of_zero(size: float) -> None:
    # told right the error vanishes, told wrong it is the distance of the logits
    logits = np.array([[size, -size]])
    right, delta, _ = judged("cross_entropy", "sigmoid", logits, np.array([[1.0, 0.0]]))
    assert 0.0 <= right <= 2.1 * exp(-min(size, 700.0))
    np.testing.assert_allclose(delta, [[0.0, 0.0]], atol=1e-12)
    wrong, delta, _ = judged("cross_entropy", "sigmoid", logits, np.array([[0.0, 1.0]]))
    assert wrong == pytest.approx(2.0 * size, rel=1e-12)
    np.testing.assert_allclose(delta, [[1.0, -1.0]], rtol=1e-12)

    logits = np.array([[size, 0.0], [0.0, -size]])
    right, _, outputs = judged("cross_entropy", "softmax", logits, np.array([[1.0, 1.0], [0.0, 0.0]]))
    assert right == pytest.approx(2.0 * exp(-size) if size < 700.0 else 0.0, abs=1e-12)
    np.testing.assert_allclose(outputs, [[1.0, 1.0], [0.0, 0.0]], atol=1e-12)
    wrong, delta, _ = judged("cross_entropy", "softmax", logits, np.array([[0.0, 0.0], [1.0, 1.0]]))
    assert wrong == pytest.approx(2.0 * size, rel=1e-12)
    np.testing.assert_allclose(delta, [[1.0, 1.0], [-1.0, -1.0]], rtol=1e-12)


@pytest.mark.parametrize("shift", [-1e6, -800.0, -735.0, -390.0, 390.0, 735.0, 800.0, 1e6])
@pytest.mark.parametrize("leading", [(), (3,)])
def test_a_softmax_does_not_feel_a_shift_of_its_logits(shift: float, leading: tuple[int, ...]) -> None:
    generator = np.random.default_rng(1)
    logits = generator.normal(size=(*leading, 4, 6))
    targets = targets_for("softmax", "cross_entropy", (6, 4), generator).T
    total, delta, outputs = judged("cross_entropy", "softmax", logits, targets)
    shifted = logits.copy()
    shifted[..., 2:4] += shift  # two of the cases only
    other_total, other_delta, other_outputs = judged("cross_entropy", "softmax", shifted, targets)
    np.testing.assert_allclose(other_total, total, rtol=1e-8)
    np.testing.assert_allclose(other_delta, delta, atol=1e-9)
    np.testing.assert_allclose(other_outputs, outputs, atol=1e-9)


@pytest.mark.parametrize(("output", "error"), HEADS)
def test_leading_axes_are_many_at_once(output: str, error: str) -> None:
    generator = np.random.default_rng(8)
    logits = generator.normal(size=(2, 3, 4, 5))
    targets = targets_for(output, error, (5, 4), generator).T
    total, delta, _ = judged(error, output, logits, targets)
    assert total.shape == (2, 3)
    for place in np.ndindex(2, 3):
        one_total, one_delta, _ = judged(error, output, logits[place], targets)
        assert one_total == pytest.approx(total[place], rel=1e-13)
        np.testing.assert_allclose(one_delta, delta[place], rtol=1e-12, atol=1e-14)


def test_what_is_not_finite_is_not_hidden() -> None:
    for output, error in HEADS:
        total, _, _ = judged(error, output, np.array([[np.nan], [0.0]]), np.array([[0.5], [0.5]]))
        assert np.isnan(total)


def test_the_registry() -> None:
    assert list(ERRORS) == ["squared", "cross_entropy", "absolute", "huber"]
    for name, record in ERRORS.items():
        assert record.name == name
        assert record.title
        assert record.formula.startswith("E")


@pytest.mark.parametrize("output", [name for name in ACTIVATIONS if name not in ("sigmoid", "softmax")])
def test_cross_entropy_is_for_outputs_that_are_probabilities(output: str) -> None:
    with pytest.raises(ValueError, match=f"'cross_entropy' with output '{output}'; .* sigmoid or softmax"):
        ERRORS["cross_entropy"].head(output)
