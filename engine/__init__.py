"""The mathematics of learning: error surfaces, optimizers, networks, training runs. NumPy only.

Everything is a point on an error surface, and a training run is a value. The names below are the library.
"""

from engine.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, Activation
from engine.amplification import Amplification
from engine.catalogue import DATASETS
from engine.curvature import Stability, hessian, stability
from engine.datasets import Dataset
from engine.descent import Path, descend
from engine.errors import ERRORS, ErrorFunction
from engine.features import FEATURES, Feature
from engine.formulas import Formula
from engine.gradient_check import GradientCheck, check_gradient
from engine.health import Health, health
from engine.landscapes import LANDSCAPES, Landscape
from engine.line_search import LineSearchPath, descend_by_line_search
from engine.measures import Accuracy, Measures, measure, measure_weights
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
from engine.preparation import Preparation
from engine.replicas import advance_together, train_together
from engine.runs import Best, Change, Recipe, Run
from engine.schedules import SCHEDULES, ConstantRate, CosineDecay, InverseTimeDecay, Schedule, StepDecay
from engine.sources import DataSource
from engine.stochastic import descend_noisily, descend_stochastically
from engine.stopping import StopRules
from engine.surfaces import ErrorSurface, LinearNeuron, SigmoidNeuron
from engine.tasks import Task
from engine.training import advance, start

__all__ = [
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
