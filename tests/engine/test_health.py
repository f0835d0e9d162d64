"""The health of a run against differences, plain loops, closed forms and networks made by hand."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from engine import ACTIVATIONS, DATASETS, Dataset, GradientDescent, Network, Recipe, Run, Task, advance, start
from engine.health import MOST_CASES, Finding, LayerHealth, findings_in_data, health, root_mean_square
from engine.preparation import Preparation
from engine.types import Array
from tests.engine.helpers import HIDDEN, differences, made_up_task

RECIPE = Recipe(GradientDescent(0.1), 10)


def begun(
    network: Network,
    inputs: npt.ArrayLike,
    targets: npt.ArrayLike,
    weights: list[Any] | None = None,
    biases: list[Any] | None = None,
    split: Any = None,
    recipe: Recipe = RECIPE,
) -> Run:
    """A run of this network; weights are matrices (fan_in, fan_out), biases 0 where only weights are given."""
    run = start(Task(Dataset.from_arrays(inputs, targets, split), network), recipe)
    if weights is None:
        return run
    flat = network.pack(weights, biases or [np.zeros(width) for width in network.sizes[1:]])
    return replace(run, weights=flat)


def chain(*weights: float, hidden: str = "linear", inputs: npt.ArrayLike = ((1.0,), (-1.0,))) -> Run:
    """One neuron a layer, y = w_L ... w_2 w_1 x where all are linear; its targets are 1 and -1."""
    network = Network((1,) * (len(weights) + 1), hidden)
    return begun(network, inputs, [[1.0], [-1.0]], [[[weight]] for weight in weights])


def kinds(run: Run) -> set[str]:
    return {finding.kind for finding in health(run).findings}


def finding(run: Run, kind: str) -> Finding:
    (found,) = [finding for finding in health(run).findings if finding.kind == kind]
    return found


# --- what is measured -----------------------------------------------------------------


def mean_error(task: Task, weights: Array) -> float:
    """1/2 (t - y)^2 summed over the outputs, mean over the training cases, number by number."""
    total = 0.0
    inputs, targets = task.data.part("training")
    for case, wanted in zip(inputs, targets, strict=True):
        outputs = activities_of(task.network, weights, case)[-1]
        total += sum(0.5 * (t - y) ** 2 for t, y in zip(wanted, outputs, strict=True))
    return total / len(inputs)


def activities_of(network: Network, weights: Array, case: Array) -> list[list[float]]:
    """The activities of every layer for one case, number by number."""
    below, layers = [float(value) for value in case], []
    for matrix, name in zip(network.matrices(weights), network.activations, strict=True):
        logits = [row[-1] + sum(w * y for w, y in zip(row, below, strict=False)) for row in matrix.tolist()]
        below = [by_hand(name, logit) for logit in logits]
        layers.append(below)
    return layers


def by_hand(name: str, logit: float) -> float:
    return {
        "linear": lambda z: z,
        "sigmoid": lambda z: 1.0 / (1.0 + math.exp(-z)),
        "tanh": math.tanh,
        "relu": lambda z: max(z, 0.0),
        "leaky_relu": lambda z: z if z > 0.0 else 0.01 * z,
        "elu": lambda z: z if z > 0.0 else math.expm1(z),
        "softplus": lambda z: math.log1p(math.exp(z)),
        "sine": math.sin,
    }[name](logit)


def square_mean_root(values: Any) -> float:
    numbers = [float(value) for value in values]
    return math.sqrt(math.fsum(value * value for value in numbers) / len(numbers))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_the_gradient_of_a_layer_is_the_slope_of_the_mean_error_along_its_links(hidden: str, reduction: str) -> None:
    task = made_up_task((2, 3, 2, 2), hidden, reduction=reduction)
    run = start(task, RECIPE, seed=3)
    slopes = differences(lambda points: np.array([mean_error(task, point) for point in points]), run.weights)
    for layer, matrix in zip(health(run).layers, task.network.matrices(slopes), strict=True):
        assert layer.gradient == pytest.approx(square_mean_root(matrix[:, :-1].reshape(-1)), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("hidden", HIDDEN)
def test_activities_and_weights_are_root_mean_squares(hidden: str) -> None:
    task = made_up_task((3, 4, 2), hidden)
    run = start(task, RECIPE, seed=1)
    made = [activities_of(task.network, run.weights, case) for case in task.data.inputs]
    for place, (layer, matrix) in enumerate(zip(health(run).layers, task.network.matrices(run.weights), strict=True)):
        assert layer.activity == pytest.approx(square_mean_root(y for case in made for y in case[place]))
        assert layer.weight == pytest.approx(square_mean_root(matrix[:, :-1].reshape(-1)))


def test_links_that_are_cut_do_not_count() -> None:
    run = begun(Network((2, 1)), [[1.0, 2.0], [3.0, -1.0]], [1.0, 0.0], [[[3.0], [4.0]]]).change("cut", 1)
    assert run.weights.tolist() == [3.0, 0.0, 0.0]
    # y = 3 x1: residuals 2 and 9, dE/dw1 = (2 * 1 + 9 * 3) / 2
    assert health(run).layers[0] == LayerHealth(14.5, math.sqrt((9.0 + 81.0) / 2.0), 3.0, None, None)


def test_of_many_cases_evenly_chosen_ones_are_looked_at() -> None:
    inputs = np.random.default_rng(2).normal(size=(4 * MOST_CASES - 3, 2))
    network, targets = Network((2, 3, 1)), np.sin(inputs[:, 0])
    many, few = begun(network, inputs, targets), begun(network, inputs[::4], targets[::4])
    assert health(many).cases == health(few).cases == MOST_CASES
    for layer, same in zip(health(many).layers, health(few).layers, strict=True):
        assert layer[:3] == pytest.approx(same[:3])
    assert health(begun(network, inputs[:7], targets[:7])).cases == 7


def test_drawn_points_count_as_well() -> None:
    run = chain(2.0, 3.0)
    more = run.change("points", [[5.0, 1.0]])
    assert health(more).cases == 3
    assert health(more).layers[0].activity == pytest.approx(math.sqrt((4.0 + 4.0 + 100.0) / 3.0))


@pytest.mark.parametrize("scale", [1e-170, 1.0, 1e170])
def test_neither_tiny_nor_huge_numbers_are_lost_to_squares(scale: float) -> None:
    assert root_mean_square(scale * np.array([[3.0], [-4.0]])) == pytest.approx(scale * math.sqrt(12.5), rel=1e-12)


def test_root_mean_squares_at_the_edges() -> None:
    assert root_mean_square(np.empty(0)) == root_mean_square(np.zeros(3)) == 0.0
    assert root_mean_square(np.array([1.0, -np.inf])) == math.inf
    assert math.isnan(root_mean_square(np.array([1.0, np.nan])))


# --- dead and saturated neurons -------------------------------------------------------


def one_layer(hidden: str, weights: list[float], biases: list[float], targets: npt.ArrayLike | None = None) -> Run:
    """Neurons of one input each, over the inputs -1.00, -0.99, ..., 0.99; the outputs are all 0."""
    inputs = np.linspace(-1.0, 0.99, 200)[:, None]
    network = Network((1, len(weights), 1), hidden)
    wanted = inputs if targets is None else targets
    matrices = [np.array([weights]), np.zeros((len(weights), 1))]
    return begun(network, inputs, wanted, matrices, [biases, [0.0]])


def test_a_neuron_that_is_0_for_every_case_is_dead() -> None:
    # the last one lives for x = 0.99 alone, the third touches 0 at its end without passing it
    run = one_layer("relu", [1.0, -1.0, 1.0, 1.0], [0.0, -2.0, -0.99, -0.985])
    assert health(run).layers[0].dead == 0.5
    assert finding(run, "dead") == Finding("dead", 1, {"count": 2, "of": 4})
    assert "dead" not in kinds(one_layer("relu", [1.0, 1.0, 1.0, 1.0, -1.0], [0.0, 0.0, 0.0, 0.5, -2.0]))


def test_a_neuron_near_its_ends_for_nearly_all_cases_is_saturated() -> None:
    # |tanh z| >= 0.9 from |z| = 1.4722 on: |x| >= 0.00736 with weight 200, |x| >= 0.0736 with weight 20
    run = one_layer("tanh", [200.0, 20.0, 1.0, 0.0], [0.0, 0.0, 0.0, -1.5])
    assert health(run).layers[0].saturated == 0.5
    assert finding(run, "saturated") == Finding("saturated", 1, {"count": 2, "of": 4})
    assert "saturated" not in kinds(one_layer("tanh", [200.0, 20.0, 1.0, 0.0], [0.0, 0.0, 0.0, -1.45]))


@pytest.mark.parametrize(("bias", "share"), [(-2.95, 1.0), (-2.94, 0.0), (2.94, 0.0), (2.95, 1.0)])
def test_a_sigmoid_saturates_where_its_activity_is_within_a_twentieth_of_an_end(bias: float, share: float) -> None:
    # 1 / (1 + exp(2.9444)) = 0.05
    assert health(one_layer("sigmoid", [0.0], [bias])).layers[0].saturated == share


@pytest.mark.parametrize("hidden", HIDDEN)
def test_only_flat_ends_are_told_of(hidden: str) -> None:
    layer, output = health(one_layer(hidden, [1.0], [0.0])).layers
    assert (layer.saturated is not None) == (hidden in ("sigmoid", "tanh"))
    assert (layer.dead is not None) == (hidden in ("relu", "softplus"))
    assert (output.dead, output.saturated) == (None, None)


def test_an_output_near_its_ends_is_not_saturated_and_a_dead_one_is_dead() -> None:
    for output, dead in (("tanh", None), ("sigmoid", None), ("relu", 1.0)):
        run = begun(Network((1, 1), output=output), [[1.0], [2.0]], [0.0, 1.0], [[[-50.0]]])
        assert (health(run).layers[0].dead, health(run).layers[0].saturated) == (dead, None)


def test_saturated_neurons_of_a_network_that_has_learnt_are_a_sharp_border() -> None:
    inputs = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    weights = [[[5.0, -5.0]], [[0.5], [-0.5]]]
    learnt = begun(Network((1, 2, 1), "tanh"), inputs, np.sign(inputs), weights)
    wrong = begun(Network((1, 2, 1), "tanh"), inputs, -np.sign(inputs), weights)
    assert health(learnt).layers[0].saturated == health(wrong).layers[0].saturated == 1.0
    assert "saturated" not in kinds(learnt)
    assert "saturated" in kinds(wrong)


# --- gradients and activities through the layers --------------------------------------


def textbook_gradients(network: Network, weights: Array, inputs: Array, targets: Array) -> list[Array]:
    """Backpropagation as a textbook has it, for sigmoid layers: matrices (fan_in, fan_out) of dE/dw."""
    matrices, biases = network.unpack(weights)
    activities = [inputs]
    for matrix, bias in zip(matrices, biases, strict=True):
        activities.append(1.0 / (1.0 + np.exp(-(activities[-1] @ matrix + bias))))
    delta, gradients = (activities[-1] - targets) / len(inputs), []
    for place in range(len(matrices) - 1, -1, -1):
        active = activities[place + 1]
        delta = delta * active * (1.0 - active)
        gradients.insert(0, activities[place].T @ delta)
        delta = delta @ matrices[place].T
    return gradients


def test_twenty_sigmoid_layers_let_hardly_any_gradient_through() -> None:
    data = DATASETS["circle"].generate(250, 0.1, seed=4, split=(0.7, 0.2, 0.1))
    network = Network((2, *[8] * 20, 1), "sigmoid", "sigmoid", "glorot")
    run = start(Task(data, network), RECIPE, seed=5)
    gradients = textbook_gradients(network, run.weights, *data.part("training"))
    sizes = [square_mean_root(gradient.reshape(-1)) for gradient in gradients]
    assert [layer.gradient for layer in health(run).layers] == pytest.approx(sizes, rel=1e-9)
    assert sizes[0] < 1e-9 * sizes[-1]
    found = finding(run, "vanishing")
    assert found.layer == 1
    assert found.numbers["ratio"] == health(run).gradient_ratio == pytest.approx(sizes[0] / sizes[-1], rel=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (100.0, 0.02, "vanishing"),
        (5.0, 0.006, None),
        (2.0, 0.25, None),
        (0.006, 5.0, None),
        (0.02, 100.0, "exploding"),
    ],
)
def test_the_ratio_of_gradients_is_that_of_the_other_weights(first: float, second: float, kind: str | None) -> None:
    # E = 1/2 (w2 w1 x - t)^2: dE/dw1 = (y - t) w2 x, dE/dw2 = (y - t) w1 x
    run = chain(first, second)
    assert health(run).gradient_ratio == pytest.approx(second / first)
    assert kinds(run) & {"vanishing", "exploding"} == ({kind} if kind else set())


def test_one_layer_has_no_ratio_and_neither_has_a_last_gradient_of_0() -> None:
    assert health(chain(0.5)).gradient_ratio is None
    assert health(chain(-1.0, -1.0)).gradient_ratio is None


@pytest.mark.parametrize(("weight", "found"), [(0.99e-3, True), (1.01e-3, False), (1.0, False), (0.0, False)])
def test_activities_fade_where_the_last_hidden_ones_are_tiny(weight: float, found: bool) -> None:
    run = chain(2.0, weight, 1.0)
    assert ("fading" in kinds(run)) == found
    if found:
        assert finding(run, "fading").layer == 2
        assert finding(run, "fading").numbers["ratio"] == pytest.approx(weight)


@pytest.mark.parametrize(("size", "weight", "found"), [(1.0, 1100.0, True), (1.0, 900.0, False), (5.0, 900.0, False)])
def test_hidden_activities_explode_beyond_a_thousand_times_the_inputs(size: float, weight: float, found: bool) -> None:
    run = chain(weight, 1.0, inputs=[[size], [-size]])
    assert ("growing" in kinds(run)) == found
    if found:
        assert finding(run, "growing") == Finding("growing", 1, {"ratio": pytest.approx(weight)})
    assert "growing" not in kinds(chain(1.0, weight, inputs=[[size], [-size]]))  # outputs may be of any size


# --- weights and links ----------------------------------------------------------------


@pytest.mark.parametrize(("weight", "found"), [(101.0, True), (-101.0, True), (99.0, False)])
def test_huge_weights(weight: float, found: bool) -> None:
    huge = [finding for finding in health(chain(1.0, weight)).findings if finding.kind == "huge"]
    assert huge == ([Finding("huge", 2, {"weight": 101.0})] if found else [])


@pytest.mark.parametrize(
    ("weights", "layer"),
    [
        ((1e200, 1e200), 2),
        ((1e200, 1e200, 1.0), 2),
        ((1.0, 1e200, 1e200, 1.0), 3),
        ((1e-200, 1e300), 1),  # y = 1e100, but dE/dw1 = 1e400
        ((1.0, 1e-200, 1e300), 2),
    ],
)
def test_where_numbers_overflow_is_told_without_a_warning(weights: tuple[float, ...], layer: int) -> None:
    assert finding(chain(*weights), "overflow") == Finding("overflow", layer, {})
    assert "overflow" not in kinds(chain(*(1e50 for _ in weights[:2])))


@pytest.mark.parametrize("initialiser", ["equal", "zero"])
def test_equal_neurons_stay_equal(initialiser: str) -> None:
    inputs = np.random.default_rng(0).normal(size=(30, 2))
    run = begun(Network((2, 4, 3, 1), "tanh", initialiser=initialiser), inputs, np.sin(inputs[:, 0]))
    for now in (run, advance(run, epochs=200)):
        found = [finding for finding in health(now).findings if finding.kind == "symmetric"]
        assert found == [Finding("symmetric", 1, {"count": 4, "of": 4}), Finding("symmetric", 2, {"count": 3, "of": 3})]


def test_twins_among_others_are_found() -> None:
    network, inputs = Network((2, 5, 1), "tanh"), np.random.default_rng(0).normal(size=(9, 2))
    below, above = np.array([[1.0, 2.0, 1.0, 3.0, 2.0], [1.0, 1.0, 1.0, 1.0, 1.0]]), np.ones((5, 1))
    assert finding(begun(network, inputs, inputs[:, 0], [below, above]), "symmetric").numbers == {"count": 4, "of": 5}
    above[:3] = [[0.1], [0.2], [0.3]]  # now they get different gradients
    above[4] = 0.4
    assert "symmetric" not in kinds(begun(network, inputs, inputs[:, 0], [below, above]))


def test_twins_that_rounding_has_parted_are_twins() -> None:
    network, inputs = Network((2, 3, 1), "tanh"), np.random.default_rng(0).normal(size=(9, 2))
    below, above = np.array([[1.0, 1.0 + 1e-14, 3.0], [2.0, 2.0, 2.0]]), np.array([[1.0], [1.0 - 1e-14], [1.0]])
    assert finding(begun(network, inputs, inputs[:, 0], [below, above]), "symmetric").numbers == {"count": 2, "of": 3}
    below[0, 1] += 1e-6
    assert "symmetric" not in kinds(begun(network, inputs, inputs[:, 0], [below, above]))


def test_neurons_that_are_cut_off_are_no_twins() -> None:
    inputs = np.random.default_rng(0).normal(size=(9, 2))
    run = begun(Network((2, 3, 1), "tanh"), inputs, inputs[:, 0])
    for link in (0, 1, 3, 4, 9, 10):
        run = run.change("cut", link)
    assert finding(run, "cut_off") == Finding("cut_off", 1, {"count": 2, "of": 3})
    assert "symmetric" not in kinds(run)


def test_neurons_with_other_first_weights_links_or_dropout_come_to_differ() -> None:
    inputs = np.random.default_rng(0).normal(size=(30, 2))
    targets, equal = np.sin(inputs[:, 0]), Network((2, 2, 1), "tanh", initialiser="equal")
    assert "symmetric" in kinds(begun(equal, inputs, targets))
    assert "symmetric" not in kinds(begun(replace(equal, initialiser="glorot"), inputs, targets))
    assert "symmetric" not in kinds(begun(equal, inputs, targets, recipe=replace(RECIPE, dropout=0.5)))
    zero = begun(replace(equal, initialiser="zero"), inputs, targets)
    assert "symmetric" in kinds(zero)
    assert "symmetric" not in kinds(zero.change("cut", 0))


def test_a_neuron_without_a_link_in_or_out_is_cut_off() -> None:
    inputs = np.random.default_rng(0).normal(size=(9, 2))
    run = begun(Network((2, 3, 2), "tanh"), inputs, inputs)  # the flat vector: rows of 3, then rows of 4
    assert "cut_off" not in kinds(run)
    assert "cut_off" not in kinds(run.change("cut", 0))
    without_in = run.change("cut", 0).change("cut", 1)
    assert finding(without_in, "cut_off") == Finding("cut_off", 1, {"count": 1, "of": 3})
    without_out = run.change("cut", 9 + 1).change("cut", 9 + 4 + 1)
    assert finding(without_out, "cut_off") == Finding("cut_off", 1, {"count": 1, "of": 3})
    alone = run.change("cut", 9).change("cut", 10).change("cut", 11)
    assert finding(alone, "cut_off") == Finding("cut_off", 2, {"count": 1, "of": 2})
    assert "cut_off" not in kinds(without_in.change("restore", 0))


# --- outputs, inputs and parts --------------------------------------------------------


@pytest.mark.parametrize(("weight", "found"), [(0.0, True), (0.9e-3, True), (1.1e-3, False), (1.0, False)])
def test_outputs_that_hardly_differ_are_constant(weight: float, found: bool) -> None:
    run = chain(weight)  # targets from -1 to 1, outputs from -w to w
    assert ("constant" in kinds(run)) == found
    if found:
        assert finding(run, "constant") == Finding("constant", None, {"share": pytest.approx(weight)})


def test_one_of_several_outputs_that_differs_is_enough_and_equal_targets_ask_for_nothing() -> None:
    inputs = [[1.0], [-1.0]]
    assert "constant" not in kinds(begun(Network((1, 2)), inputs, [[1, 1], [-1, 0]], [[[0.0, 1.0]]]))
    assert "constant" in kinds(begun(Network((1, 2)), inputs, [[1, 1], [-1, 1]], [[[0.0, 1.0]]]))
    assert "constant" not in kinds(begun(Network((1, 1)), inputs, [1.0, 1.0], [[[0.0]]]))


def in_data(inputs: npt.ArrayLike, **options: Any) -> dict[str, Finding]:
    values = np.asarray(inputs, dtype=float)
    network = Network((values.shape[1], 1))
    data = Dataset.from_arrays(values, np.arange(len(values)) % 2.0, options.pop("split", None))
    return {finding.kind: finding for finding in findings_in_data(Task(data, network, **options))}


def test_inputs_of_very_different_deviations_are_not_scaled() -> None:
    sign = np.array([1.0, -1.0, 1.0, -1.0])
    columns = np.stack([sign, 0.3 * sign, 3.1 * sign, 7.0 + 0.0 * sign], axis=1)
    found = in_data(columns)["uneven"]
    assert found.numbers == pytest.approx({"input": 2, "deviation": 3.1, "other": 1, "other_deviation": 0.3})
    assert "uneven" not in in_data(columns * [1.0, 1.0, 0.95, 1.0])
    assert in_data(columns, preparation=Preparation(standardise=True)) == {}


def test_inputs_whose_mean_is_large_are_shifted() -> None:
    sign = np.array([1.0, -1.0, 1.0, -1.0])
    columns = np.stack([sign + 3.1, 2.0 * sign - 8.0, sign + 2.9, 0.0 * sign + 5.0], axis=1)
    found = in_data(columns)["shifted"]
    assert found.numbers == pytest.approx({"input": 1, "mean": -8.0, "deviation": 2.0, "count": 2})
    assert "shifted" not in in_data(columns[:, 2:])
    assert "shifted" not in in_data(columns, preparation=Preparation(standardise=True))


def test_scales_are_those_of_the_features_over_the_training_part() -> None:
    line = np.linspace(-6.0, 6.0, 41)[:, None]
    data = Dataset.from_arrays(line, np.sin(line), {"training": np.arange(0, 41, 2), "validation": [1, 3]})
    cubed = Preparation(("x", "x_cubed"))
    (found,) = findings_in_data(Task(data, Network((2, 1)), preparation=cubed))
    x = line[::2, 0]
    wanted = {"input": 1, "deviation": np.std(x**3), "other": 0, "other_deviation": np.std(x)}
    assert found.numbers == pytest.approx(wanted)


def test_pixels_have_one_scale() -> None:
    digits = DATASETS["digits"].generate(300, split=(0.8, 0.1, 0.1))
    own = Dataset.from_arrays(digits.inputs, digits.targets)
    network = Network((64, 10))
    assert findings_in_data(Task(digits, network)) == ()
    assert [finding.kind for finding in findings_in_data(Task(own, network))] != []


PARTS = {"training": [0, 1, 2, 3], "validation": [4, 5, 6], "test": [7, 8]}


def leaking(inputs: list[float], targets: list[float]) -> dict[str, dict[str, float]]:
    data = Dataset.from_arrays(np.array(inputs)[:, None], targets, PARTS)
    found = findings_in_data(Task(data, Network((1, 1)), preparation=Preparation(standardise=True)))
    return {finding.kind: dict(finding.numbers) for finding in found}


def test_cases_in_two_parts_are_counted() -> None:
    inputs = [0.0, 1.0, 2.0, 3.0, 1.0, 1.0, 9.0, 8.0, 0.0]
    assert leaking(inputs, [0.0] * 9) == {
        "leaked_validation": {"count": 2, "of": 3},
        "leaked_test": {"count": 1, "of": 2},
    }
    inputs[-2:] = [8.5, -0.0]
    assert "leaked_test" in leaking(inputs, [0.0] * 9)
    inputs[-1] = 7.0
    assert "leaked_test" not in leaking(inputs, [0.0] * 9)


def test_the_same_inputs_with_another_target_are_another_case() -> None:
    assert leaking([0.0, 1.0, 2.0, 3.0, 1.0, 5.0, 9.0, 8.0, 7.0], [0.0, 1.0] + [0.0] * 7) == {}
    assert leaking([0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0, 5.0, 5.0], [0.0] * 9) == {}  # doubles within a part


def test_a_drawn_point_may_leak() -> None:
    data = Dataset.from_arrays([[0.0], [1.0], [2.0], [3.0]], [0.0, 1.0, 0.0, 1.0], (0.5, 0.5, 0.0))
    run = start(Task(data, Network((1, 1))), RECIPE)
    (x,), (t,) = data.inputs[data.validation[0]], data.targets[data.validation[0]]
    assert "leaked_validation" not in kinds(run)
    assert finding(run.change("points", [[x, t]]), "leaked_validation").numbers == {"count": 1, "of": 2}


# --- as a whole -----------------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_a_sound_start_has_no_finding_for_any_data(name: str) -> None:
    source = DATASETS[name]
    data = source.generate(min(source.most_cases, 200), 0.2, seed=1, split=(0.7, 0.2, 0.1))
    if name == "iris":  # it holds one flower twice
        once = np.unique(data.inputs, axis=0, return_index=True)[1]
        data = Dataset.from_arrays(data.inputs[once], data.targets[once], (0.7, 0.2, 0.1))
    output = {"signs": "tanh", "classes": "softmax", "labels": "sigmoid", "regression": "linear"}[source.kind]
    targets = "standardised" if source.kind == "regression" else "as_given"
    network = Network((data.inputs.shape[1], 16, 16, data.targets.shape[1]), "tanh", output)
    task = Task(data, network, preparation=Preparation(standardise=source.image is None, targets=targets))
    run = start(task, RECIPE, seed=1)
    for now in (run, advance(run, epochs=5)):
        assert health(now).findings == ()
        assert len(health(now).layers) == 3


def test_it_changes_nothing_and_tells_the_same_again() -> None:
    run = advance(start(made_up_task((2, 5, 1), split=(0.6, 0.2, 0.2)), RECIPE), epochs=3)
    before = run.to_json()
    first = health(run)
    assert health(Run.from_json(before)) == first == health(run)
    assert run.to_json() == before


def test_only_a_run_has_health() -> None:
    with pytest.raises(ValueError, match="run is 3; it must be of the kind Run"):
        health(3)  # type: ignore[arg-type]


def test_every_hidden_activation_is_made_by_hand_here() -> None:
    logits = np.array([[-0.7, 0.3]])
    for name in HIDDEN:
        out = np.empty_like(logits)
        ACTIVATIONS[name].value(logits.copy(), out)
        assert [by_hand(name, logit) for logit in logits[0]] == pytest.approx(out[0])
