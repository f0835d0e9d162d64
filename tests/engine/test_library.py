"""The names that ``import engine`` gives, and the first example of the library, as it is written down."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import engine

REPOSITORY = Path(__file__).resolve().parents[2]

NAMES = [
    "ACTIVATIONS",
    "DATASETS",
    "ERRORS",
    "FEATURES",
    "HIDDEN_ACTIVATIONS",
    "INITIALISERS",
    "LANDSCAPES",
    "OPTIMIZERS",
    "SCHEDULES",
    "Accuracy",
    "Activation",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Amplification",
    "Best",
    "Change",
    "ConstantRate",
    "CosineDecay",
    "DataSource",
    "Dataset",
    "ErrorFunction",
    "ErrorSurface",
    "Feature",
    "Formula",
    "Forward",
    "GradientCheck",
    "GradientDescent",
    "Health",
    "InverseTimeDecay",
    "Landscape",
    "LineSearchPath",
    "LinearNeuron",
    "Measures",
    "Momentum",
    "NAdam",
    "Nesterov",
    "Network",
    "Newton",
    "Optimizer",
    "Path",
    "Plane",
    "Preparation",
    "RMSProp",
    "Recipe",
    "Run",
    "Schedule",
    "SigmoidNeuron",
    "Stability",
    "StepDecay",
    "StopRules",
    "Task",
    "advance",
    "advance_together",
    "check_gradient",
    "descend",
    "descend_by_line_search",
    "descend_noisily",
    "descend_stochastically",
    "health",
    "hessian",
    "measure",
    "measure_weights",
    "stability",
    "start",
    "train_together",
]


def test_the_public_names() -> None:
    assert engine.__all__ == NAMES
    assert all(getattr(engine, name).__doc__ for name in NAMES)


# The example of the library. Names it leaves open are given between the pieces.
ON_A_BOWL = """
bowl = engine.LinearNeuron(inputs, targets)
bowl.error(weights), bowl.gradient(weights), bowl.hessian(weights)
path = engine.descend(bowl, start, engine.Adam(learning_rate=0.1), steps=200)
path.weights, path.errors, path.diverged_at
engine.stability(bowl, weights).largest_stable_rate
engine.LANDSCAPES["rosenbrock"], engine.OPTIMIZERS["adam"], engine.DATASETS["spiral"]
"""
WITH_A_NETWORK = """
data = engine.Dataset.from_arrays(inputs, targets)
network = engine.Network(sizes=(2, 4, 2, 1), hidden="tanh", output="tanh")
task = engine.Task(data, network, error="squared", reduction="mean")
recipe = engine.Recipe(engine.GradientDescent(learning_rate=0.03), batch_size=10, shuffle=False)
run = engine.start(task, recipe, seed=0, weights=network.pack(weights, biases))
run = engine.advance(run, epochs=200)
engine.measure(run).training_error
"""
AT_THE_END = """
engine.Run.from_json(run.to_json()) == run
engine.check_gradient(surface, weights).relative_error
network.forward(weights, inputs).activities, network.forward(weights, inputs).logits
"""


def run_lines(lines: str, names: dict[str, object]) -> list[object]:
    """Run line by line; what the lines that are expressions gave."""
    values = []
    for line in lines.strip().splitlines():
        try:
            code = compile(line, "the example", "eval")
        except SyntaxError:
            exec(line, names)
        else:
            values.append(eval(code, names))
    return values


def test_the_example_runs_as_written() -> None:
    generator = np.random.default_rng(0)
    inputs = generator.uniform(-1, 1, (50, 2))
    names: dict[str, object] = {
        "engine": engine,
        "inputs": inputs,
        "targets": inputs @ [1.0, -2.0] + 0.1,
        "weights": np.zeros(2),
        "start": np.array([3.0, 3.0]),
    }
    (error, gradient, hessian), (weights, errors, diverged_at), rate, registered = run_lines(ON_A_BOWL, names)
    assert (np.shape(error), gradient.shape, hessian.shape) == ((), (2,), (2, 2))
    assert (weights.shape, errors.shape, diverged_at) == ((201, 2), (201,), None)
    assert errors[-1] < 0.01 * errors[0]
    assert rate == pytest.approx(2.0 / np.linalg.eigvalsh(inputs.T @ inputs)[-1])
    assert [getattr(entry, "name", None) for entry in registered] == ["rosenbrock", "adam", "spiral"]

    names |= {
        "targets": np.sign(inputs[:, :1] * inputs[:, 1:]),
        "weights": [generator.normal(size=shape) for shape in ((2, 4), (4, 2), (2, 1))],
        "biases": [np.zeros(4), np.zeros(2), np.zeros(1)],
    }
    [training_error] = run_lines(WITH_A_NETWORK, names)
    run = names["run"]
    assert isinstance(run, engine.Run)
    assert training_error == engine.measure(run).training_error < run.first_error

    names |= {"surface": run.task.surface(), "weights": run.weights}
    equal, relative_error, (activities, logits) = run_lines(AT_THE_END, names)
    assert equal is True
    assert relative_error < 1e-6
    assert [a.shape for a in activities] == [(50, 2), (50, 4), (50, 2), (50, 1)]
    assert [z.shape for z in logits] == [(50, 4), (50, 2), (50, 1)]
    np.testing.assert_array_equal(activities[0], inputs)


def test_what_stands_beside_the_lines_of_the_example() -> None:
    stability = engine.stability(engine.LinearNeuron([[1.0, 0.0], [0.0, 2.0]], [0.0, 0.0], reduction="mean"), [0, 0])
    assert stability.best_rate == pytest.approx(2 / (1 / 2 + 4 / 2))
    assert stability.condition_number == pytest.approx(4.0)
    np.testing.assert_allclose(stability.eigenvalues, [0.5, 2.0])
    ends = engine.descend(engine.LANDSCAPES["rosenbrock"], np.zeros((5, 2)), engine.Newton(), steps=9, keep="last")
    assert ends.weights.shape == (5, 2)
    data = engine.DATASETS["spiral"].generate(cases=60, split=(0.5, 0.25, 0.25))
    task = engine.Task(data, engine.Network((2, 4, 1), output="tanh"))
    measures = engine.measure(engine.advance(engine.start(task, engine.Recipe(engine.NAdam())), updates=7))
    assert isinstance(measures.validation_error, float)
    assert isinstance(measures.test_error, float)
    assert measures.accuracy is not None
    assert 0.0 <= measures.accuracy.training <= 1.0


def test_registries_hold_instances_classes_and_sources() -> None:
    assert all(isinstance(landscape, engine.Landscape) for landscape in engine.LANDSCAPES.values())
    assert all(issubclass(kind, engine.Optimizer) for kind in engine.OPTIMIZERS.values())
    classes = [
        "GradientDescent",
        "Momentum",
        "Nesterov",
        "AdaGrad",
        "AdaDelta",
        "RMSProp",
        "Adam",
        "AdamW",
        "NAdam",
        "Newton",
    ]
    assert {kind.__name__ for kind in engine.OPTIMIZERS.values()} == set(classes)


def test_importing_the_library_imports_no_web_and_prints_nothing() -> None:
    code = "import sys, engine; print(*sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv)))"
    unwanted = ["dash", "plotly", "pandas", "sklearn", "scipy", "flask", "explorer"]
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *unwanted],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=True,
    )
    assert answer.stdout == "\n"
    assert answer.stderr == ""
