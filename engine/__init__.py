"""The mathematics of learning: error surfaces, optimizers, networks, training runs. NumPy only.

Everything is a point on an error surface, and a training run is a value. The names below are the library.
"""

from engine.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, Activation
from engine.curvature import Stability, hessian, stability
from engine.datasets import DATASETS, Dataset
from engine.descent import Path, descend
from engine.errors import ERRORS, ErrorFunction
from engine.formulas import Formula
from engine.gradient_check import GradientCheck, check_gradient
from engine.landscapes import LANDSCAPES, Landscape
from engine.network import INITIALISERS, Forward, Network
from engine.optimizers import (
    OPTIMIZERS,
    AdaDelta,
    AdaGrad,
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    NAdam,
    Nesterov,
    Newton,
    Optimizer,
    RMSProp,
)
from engine.planes import Plane
from engine.runs import Best, Change, Recipe, Run
from engine.surfaces import ErrorSurface, LinearNeuron, SigmoidNeuron
from engine.tasks import Task
from engine.training import Accuracy, Measures, advance, measure, measure_weights, start

__all__ = [
    "ACTIVATIONS",
    "DATASETS",
    "ERRORS",
    "HIDDEN_ACTIVATIONS",
    "INITIALISERS",
    "LANDSCAPES",
    "OPTIMIZERS",
    "Accuracy",
    "Activation",
    "AdaDelta",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Best",
    "Change",
    "Dataset",
    "ErrorFunction",
    "ErrorSurface",
    "Formula",
    "Forward",
    "GradientCheck",
    "GradientDescent",
    "Landscape",
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
    "RMSProp",
    "Recipe",
    "Run",
    "SigmoidNeuron",
    "Stability",
    "Task",
    "advance",
    "check_gradient",
    "descend",
    "hessian",
    "measure",
    "measure_weights",
    "stability",
    "start",
]
