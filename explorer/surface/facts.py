"""What can be said about a surface before anyone walks on it: its formula, its exact solution, where that ends."""

import re

import numpy as np

from engine import Formula, Landscape, LinearNeuron, SigmoidNeuron, check_gradient, descend
from engine.optimizers import Newton
from engine.types import Array
from explorer.maps import Window, axes, grid, inside
from explorer.numbers import plural, short
from explorer.surface.scenes import Scene

_CONSISTENT = 1e-16  # of the targets' squares: what rounding leaves of no error
_CHECKS = 5  # along either axis
_AGREE = 1e-5
_NEWTON_STEPS = 12
_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_POWERS = {"2": "²", "3": "³", "4": "⁴"}
_ROUNDING = 1e-9  # of a direction's part
_COLLINEAR = 1e-10  # of the largest singular value


def facts(scene: Scene, window: Window) -> list[str]:
    """A few sentences, the most general first."""
    told = [*_of_the_surface(scene, window), _where(scene, window)]
    return [sentence for sentence in told if sentence]


def readable(latex: str) -> str:
    """A formula in LaTeX as one line of text."""
    text = re.sub(r"\\tfrac\{?(\d+)\}?\{?(\d+)\}?", r"\1/\2 ", latex)
    text = re.sub(r"\\sum_\{k=1\}\^3", "Σₖ₌₁³", text).replace(r"\sum_k", "Σₖ")
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√(\1)", text)
    text = re.sub(r"\\(left|right|,|;)", "", text)
    text = re.sub(r"\\(\w+)", lambda match: "π" if match[1] == "pi" else match[1], text)
    text = re.sub(r"_(\d)", lambda match: match[1].translate(_DIGITS), text).replace("w_k", "wₖ").replace("c_k", "cₖ")
    text = re.sub(r"\^([234])", lambda match: _POWERS[match[1]], text).replace("^k", "ᵏ")
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    return re.sub(r" +", " ", text.replace("-", "−")).strip()


def _of_the_surface(scene: Scene, window: Window) -> list[str]:
    if isinstance(scene.surface, Landscape):
        return [f"{readable(scene.surface.formula)}. {scene.surface.source}."]
    if isinstance(scene.surface, Formula):
        return [_gradient_check(scene.surface, window)]
    if isinstance(scene.surface, LinearNeuron):
        return [_linear_solution(scene, scene.surface)]
    assert isinstance(scene.surface, SigmoidNeuron)
    return [_classes(scene), _no_solution(scene.surface)]


def _gradient_check(formula: Formula, window: Window) -> str:
    points = grid(*axes(window, _CHECKS)).reshape(-1, 2)
    errors = np.array([check_gradient(formula, point).relative_error for point in points])
    sound = errors[np.isfinite(errors)]
    if not len(sound):
        return "Its gradient is finite at none of 25 points of this window."
    if (apart := int((sound > _AGREE).sum())) > 0:
        return (
            f"Its gradient, by automatic differentiation, and central differences differ at {apart} of "
            f"{len(sound)} points of this window: there is a kink or a jump, or numbers too large to tell."
        )
    return (
        f"Its gradient comes by automatic differentiation and was checked against central differences at "
        f"{plural(len(sound), 'point')} of this window: the largest relative difference is "
        f"{short(float(sound.max()), 2)}."
    )


def _linear_solution(scene: Scene, neuron: LinearNeuron) -> str:
    free = _free_direction(neuron.inputs)
    best = _vector(neuron.minimum)
    # sum over the cases, whatever the reduction
    squares = float(neuron.targets @ neuron.targets)
    residual = neuron.targets - neuron.inputs @ neuron.minimum
    exact = float(residual @ residual) <= _CONSISTENT * max(squares, 1e-300)
    if free is not None:
        few = len(neuron.targets) < scene.dimension
        why = f"{len(neuron.targets)} cases for {scene.dimension} weights" if few else "the inputs are collinear"
        return (
            f"There is no single solution: {why}, and moving along {_vector(free)} changes no output. The valley has "
            f"no lowest point; a descent ends at the one nearest to its start."
        )
    if exact:
        return f"The linear system has an exact solution, w = {best}: gradient descent comes to the same."
    return (
        f"The cases contradict each other: no weights meet all targets. Least squares gives w = {best} with the error "
        f"{short(neuron.minimum_error)}, and gradient descent comes to the same."
    )


def _free_direction(design: Array) -> Array | None:
    """A direction (D,) in weight space that changes no output, or None."""
    sizes = np.linalg.norm(design, axis=0)
    sizes = np.where(sizes > 0.0, sizes, 1.0)  # another unit makes no input collinear
    missing = max(0, design.shape[1] - len(design))
    square = np.vstack([design / sizes, np.zeros((missing, design.shape[1]))])  # as many directions as weights
    _, values, vectors = np.linalg.svd(square, full_matrices=False)
    if values[-1] > _COLLINEAR * values[0]:
        return None
    free: Array = vectors[-1] / sizes
    free /= np.linalg.norm(free)
    free[np.abs(free) < _ROUNDING] = 0.0
    upwards: Array = free * np.sign(free[np.argmax(np.abs(free))])
    return upwards


def _classes(scene: Scene) -> str:
    if scene.threshold is None:
        return ""
    return f"Targets above {short(scene.threshold, 17)} count as class 1, the others as class 0."


def _no_solution(neuron: SigmoidNeuron) -> str:
    words = "For a sigmoidal neuron no linear system tells the best weights: one has to walk."
    if not separable(neuron.inputs, neuron.targets):
        return words
    end = "the best weights are infinitely long: the error only falls, and never reaches 0"
    return f"{words} Its classes can be told apart without a mistake, so {end}."


def separable(design: Array, targets: Array) -> bool:
    """Whether weights were found that put every case of class 0 or 1 on its side; False is no proof of the contrary."""
    if not ((targets == 0.0) | (targets == 1.0)).all():
        return False
    spread = np.sqrt(np.mean(design**2, axis=0))
    scaled = design / np.where(spread > 0.0, spread, 1.0)
    convex = SigmoidNeuron(scaled, targets, "cross_entropy", reduction="mean")
    path = descend(convex, np.zeros(design.shape[1]), Newton(learning_rate=1.0), _NEWTON_STEPS)
    sides = (2.0 * targets - 1.0) * (path.weights @ scaled.T)
    return bool((sides > 0.0).all(axis=1).any())


def _where(scene: Scene, window: Window) -> str:
    if not scene.told or not len(scene.minima.weights):
        return ""
    lowest = scene.minima.weights[scene.minima.lowest_ones]
    if inside(lowest, window).any():
        return ""
    return f"The lowest minimum, {_vector(lowest[0])}, lies outside this window."


def _vector(values: Array) -> str:
    return f"({', '.join(short(0.0 if abs(value) < 1e-12 else float(value)) for value in values)})"
