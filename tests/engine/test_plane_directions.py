import numpy as np
import pytest

from engine import LinearNeuron, Network, Plane
from engine.plane_directions import completed, path_directions, random_directions
from engine.types import Array

NETWORK = Network((3, 5, 4, 2))
GENERATOR = np.random.default_rng(11)


def drawn(network: Network = NETWORK, seed: int = 2) -> Array:
    """Weights with biases that are not 0."""
    return np.random.default_rng(seed).normal(size=network.dimension)


def filters(network: Network, vector: Array) -> list[Array]:
    """The weights into each neuron, without the bias."""
    return [row[:-1] for matrix in network.matrices(vector) for row in matrix]


# --- random directions ------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_neurons_part_is_as_long_as_its_weights(seed: int) -> None:
    weights = drawn()
    for direction in random_directions(NETWORK, weights, seed):
        lengths = [np.linalg.norm(part) for part in filters(NETWORK, direction)]
        np.testing.assert_allclose(lengths, [np.linalg.norm(part) for part in filters(NETWORK, weights)], rtol=1e-12)


def test_the_two_are_perpendicular_in_every_neuron() -> None:
    one, other = random_directions(NETWORK, drawn(), 4)
    for first, second in zip(filters(NETWORK, one), filters(NETWORK, other), strict=True):
        assert abs(first @ second) < 1e-12 * (first @ first)


def test_biases_stay() -> None:
    directions = random_directions(NETWORK, drawn(), 3)
    assert not directions[:, ~NETWORK.is_link].any()
    assert directions[:, NETWORK.is_link].all()


def test_cut_links_stay_and_the_others_of_the_neuron_make_up_its_length() -> None:
    mask = np.ones(NETWORK.dimension)
    mask[[0, 1, 4]] = 0.0  # neuron 1 keeps one link, neuron 2 two
    weights = drawn() * mask
    directions = random_directions(NETWORK, weights, 3, mask)
    assert not directions[:, mask == 0.0].any()
    for direction in directions:
        lengths = [np.linalg.norm(part) for part in filters(NETWORK, direction)]
        np.testing.assert_allclose(lengths, [np.linalg.norm(part) for part in filters(NETWORK, weights)], rtol=1e-12)
        # a single link has but two directions
        assert abs(direction[2]) == pytest.approx(abs(weights[2]), rel=1e-12)


def test_a_single_input_leaves_both_ways_along_it() -> None:
    network = Network((1, 40, 1))
    weights = drawn(network)
    for direction in random_directions(network, weights, 1):
        ratio = network.matrices(direction)[0][:, 0] / network.matrices(weights)[0][:, 0]
        np.testing.assert_allclose(np.abs(ratio), 1.0, rtol=1e-12)
        assert 5 < (ratio > 0.0).sum() < 35


def test_a_neuron_without_weights_stays() -> None:
    weights = drawn()
    NETWORK.matrices(weights)[1][2, :-1] = 0.0
    for direction in random_directions(NETWORK, weights, 1):
        assert not NETWORK.matrices(direction)[1][2].any()
        assert NETWORK.matrices(direction)[1][1].any()


def test_the_seed_tells_the_directions() -> None:
    weights = drawn()
    one, same, other = (random_directions(NETWORK, weights, seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert (one != other)[:, NETWORK.is_link].all()


def test_they_are_not_the_first_weights_of_the_same_seed() -> None:
    network = Network((2_000, 1), initialiser="normal")
    weights = network.first_weights(7)
    for direction in random_directions(network, weights, 7):
        cosine = direction @ weights / (np.linalg.norm(direction) * np.linalg.norm(weights))
        assert abs(cosine) < 0.15


def test_all_directions_are_as_likely() -> None:
    """Of a neuron with two links: the angles of both directions fill the circle evenly."""
    network = Network((2, 400, 1))
    directions = random_directions(network, drawn(network), 0)
    for matrix in (network.matrices(direction)[0] for direction in directions):
        angles = np.arctan2(matrix[:, 1], matrix[:, 0])
        counts = np.histogram(angles, bins=4, range=(-np.pi, np.pi))[0]
        # binomial: a standard deviation is 8.7
        assert abs(counts - 100).max() < 35


def test_where_all_weights_are_zero_there_is_no_direction() -> None:
    with pytest.raises(ValueError, match="weights are 0"):
        random_directions(NETWORK, np.zeros(NETWORK.dimension), 0)


# --- the directions of a path -------------------------------------------------------------


def winding(moments: int = 40, width: int = 12, seed: int = 0) -> Array:
    """A path that bends, its last moment the present."""
    return np.random.default_rng(seed).normal(size=(moments, width)).cumsum(axis=0)


@pytest.mark.parametrize("moments", [3, 8, 40])
@pytest.mark.parametrize("width", [3, 12, 90])
def test_they_are_the_principal_components(moments: int, width: int) -> None:
    path = winding(moments, width)
    directions, shares = path_directions(path, path[-1])
    _, values, components = np.linalg.svd(path - path[-1], full_matrices=False)
    np.testing.assert_allclose(np.abs(components[:2] @ directions.T), np.eye(2), atol=1e-10)
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(shares, values[:2] ** 2 / (values**2).sum(), rtol=1e-10)


def test_the_shares_are_what_the_plane_takes_off_the_squared_distances() -> None:
    path = winding()
    directions, shares = path_directions(path, path[-1])
    plane = Plane(LinearNeuron(np.eye(12), np.zeros(12)), path[-1], directions)
    left = (plane.project(path).distances ** 2).sum() / ((path - path[-1]) ** 2).sum()
    assert left == pytest.approx(1.0 - shares.sum(), rel=1e-10)
    # and no other plane through the present weights takes off more
    for seed in range(20):
        tilted = np.random.default_rng(seed).normal(0.0, 0.1, directions.shape)
        other = Plane(plane.surface, path[-1], directions + tilted)
        assert (other.project(path).distances ** 2).sum() / ((path - path[-1]) ** 2).sum() > left


def test_a_path_in_a_plane_lies_in_its_plane() -> None:
    basis, weights = GENERATOR.normal(size=(2, 30)), GENERATOR.normal(size=30)
    path = weights + GENERATOR.normal(size=(15, 2)) @ basis
    directions, shares = path_directions(path, weights)
    assert shares.sum() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(np.linalg.lstsq(directions.T, basis.T, rcond=None)[1], 0.0, atol=1e-20)


def test_the_path_comes_from_the_left_and_from_above() -> None:
    for seed in range(12):
        path = winding(seed=seed)
        directions, _ = path_directions(path, path[-1])
        along = (path - path[-1]) @ directions.T
        assert along[np.abs(along[:, 0]).argmax(), 0] < 0.0
        assert along[np.abs(along[:, 1]).argmax(), 1] > 0.0


def test_a_longer_path_turns_them_little() -> None:
    """No sign jumps between two cuts while a run goes on."""
    time = np.linspace(0.0, 1.0, 120)[:, None]
    whole = np.hstack([time, np.sin(3.0 * time), np.cos(2.0 * time), time**2])
    before = None
    for end in range(60, 120):
        directions, _ = path_directions(whole[:end], whole[end - 1])
        assert before is None or (np.einsum("ij,ij->i", directions, before) > 0.9).all()
        before = directions


def test_a_straight_path_has_one_direction() -> None:
    line = GENERATOR.normal(size=20)
    path = np.linspace(-3.0, 0.0, 9)[:, None] * line + 1.0
    directions, shares = path_directions(path, np.ones(20))
    np.testing.assert_allclose(directions[0], line / np.linalg.norm(line), rtol=1e-12)
    np.testing.assert_allclose(shares, [1.0, 0.0], rtol=1e-12)
    assert not directions[1].any()


def test_rounding_is_no_direction() -> None:
    """A straight path told in float32 lies a little beside its line."""
    path = (np.linspace(-1e-3, 0.0, 50)[:, None] * GENERATOR.normal(size=20) + 1.0).astype(np.float32)
    assert path_directions(path, path[-1])[0][1].any()
    rounded, shares = path_directions(path, path[-1], resolution=2.0**-23)
    assert rounded[0].any()
    assert not rounded[1].any()
    assert shares[1] == 0.0


def test_a_path_that_stays_has_no_direction() -> None:
    for path in (np.ones((5, 4)), np.ones((1, 4))):
        directions, shares = path_directions(path, np.ones(4))
        assert not directions.any()
        assert not shares.any()


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_no_number_is_too_large_or_too_small(size: float) -> None:
    path = winding()
    told, known = path_directions(size * path, size * path[-1]), path_directions(path, path[-1])
    np.testing.assert_allclose(told.directions, known.directions, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(told.shares, known.shares, rtol=1e-9)


def test_what_a_path_did_to_cut_links_is_no_direction() -> None:
    path, mask = winding(), np.ones(12)
    mask[[2, 7]] = 0.0
    directions, shares = path_directions(path, path[-1], mask)
    assert not directions[:, [2, 7]].any()
    apart = path - path[-1]
    values = np.linalg.svd(np.delete(apart, [2, 7], axis=1), compute_uv=False)
    np.testing.assert_allclose(shares, values[:2] ** 2 / (apart**2).sum(), rtol=1e-10)


@pytest.mark.parametrize(
    ("path", "weights"),
    [([[1.0, np.nan]], [1.0, 1.0]), ([[1.0, 1.0]], [np.inf, 1.0]), ([[1.0]], [1.0, 2.0]), ([[1.7e308]], [-1.7e308])],
)
def test_what_is_no_path_is_refused(path: list[list[float]], weights: list[float]) -> None:
    with pytest.raises(ValueError, match=r"path|weights"):
        path_directions(path, weights)


# --- directions that stand in ---------------------------------------------------------------


@pytest.mark.parametrize("known", [0, 1, 2])
def test_missing_directions_are_perpendicular_and_of_length_one(known: int) -> None:
    path = winding()
    directions = path_directions(path, path[-1]).directions
    directions[known:] = 0.0
    whole = completed(directions, 3)
    np.testing.assert_allclose(whole @ whole.T, np.eye(2), atol=1e-12)
    np.testing.assert_array_equal(whole[:known], directions[:known])
    assert not np.array_equal(completed(np.zeros((2, 12)), 3), completed(np.zeros((2, 12)), 4))


def test_cut_links_stay_there_too() -> None:
    mask = np.array([1.0, 0.0, 0.0, 1.0])
    whole = completed(np.array([[1.0, 0.0, 0.0, 0.0], [0.0] * 4]), 0, mask)
    np.testing.assert_allclose(np.abs(whole), [[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]], atol=1e-12)
    with pytest.raises(ValueError, match="fewer than two"):
        completed(np.zeros((2, 4)), 0, np.array([1.0, 0.0, 0.0, 0.0]))
