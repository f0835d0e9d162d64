"""What happens to raw cases before a network sees them, and back: features, standardised numbers, altered copies.

Everything that is measured for it is measured on the training part: validation and test must tell nothing.
"""

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple

import numpy as np

from engine import checks
from engine.amplification import Amplification, amplification_from_dict
from engine.features import FEATURES
from engine.types import Array

Targets = Literal["as_given", "unit", "standardised"]
TARGETS: tuple[Targets, ...] = ("as_given", "unit", "standardised")


@dataclass(frozen=True)
class Preparation:
    """What happens to raw cases before a network sees them.

    Parameters
    ----------
    features : sequence of str
        Names from ``FEATURES``: what the network gets in place of the raw inputs; none means the inputs as they are.
    standardise : bool
        Whether each feature gets mean 0 and standard deviation 1 over the training part; one that is constant there
        gets mean 0 only.
    targets : "as_given", "unit" or "standardised"
        As they are; -1 and +1 become 0 and 1; or mean 0 and standard deviation 1 over the training part.
    amplification : Amplification or None
        Altered copies that join the training part. They are made of raw inputs, and nothing is measured on them.
    """

    features: tuple[str, ...] = ()
    standardise: bool = False
    targets: Targets = "as_given"
    amplification: Amplification | None = None

    def __post_init__(self) -> None:
        """Check and normalise every field."""
        object.__setattr__(self, "features", _checked_features(self.features))
        if not isinstance(self.standardise, bool):
            raise ValueError(f"standardise is {reprlib.repr(self.standardise)}; it must be True or False")
        checks.choice("targets", self.targets, TARGETS)
        if self.amplification is not None:
            checks.instance("amplification", self.amplification, Amplification)

    @property
    def copies(self) -> int:
        """How many training cases one becomes, itself included."""
        return 1 if self.amplification is None else 1 + self.amplification.copies

    def width(self, raw_width: int) -> int:
        """The number of network inputs F for D raw inputs; ValueError where the features are made for another D."""
        for name in self.features:
            if FEATURES[name].inputs != raw_width:
                wanted = {1: "one input", 2: "two inputs"}[FEATURES[name].inputs]
                raise ValueError(f"feature {name} is made of {wanted}; this data has {raw_width}")
        return len(self.features) or raw_width

    def fit(self, inputs: Array, targets: Array) -> "Fitted":
        """The preparation after a look at the training part, raw inputs (N, D) and targets (N, K).

        ValueError where the two do not belong together, or the numbers are too large to be measured.
        """
        self.width(inputs.shape[1])
        amplification = self.amplification
        if amplification is not None:
            amplification.check(inputs.shape[1])
        return Fitted(
            self,
            inputs=measured(inputs) if amplification is not None and amplification.measures else None,
            features=measured(self.made_of(inputs)) if self.standardise else None,
            targets=measured(targets) if self.targets == "standardised" else None,
        )

    def made_of(self, inputs: Array) -> Array:
        """The features (..., F) of raw inputs (..., D), not standardised."""
        if not self.features:
            return inputs
        with np.errstate(over="ignore"):
            return np.stack([FEATURES[name].function(inputs) for name in self.features], axis=-1)

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return {
            "features": list(self.features),
            "standardise": self.standardise,
            "targets": self.targets,
            "amplification": None if self.amplification is None else self.amplification.to_dict(),
        }


class Scale(NamedTuple):
    """Mean and standard deviation (D,) of some columns; the deviation of a constant one is 0."""

    mean: Array
    deviation: Array

    def standardised(self, values: Array) -> Array:
        """(..., D) -> (..., D) with mean 0 and deviation 1, where these were measured; a constant column is centred."""
        with np.errstate(over="ignore"):
            # x' = (x - m) / s
            return (values - self.mean) / self._divisor

    def as_they_were(self, values: Array) -> Array:
        """The way back, (..., D) -> (..., D)."""
        with np.errstate(over="ignore"):
            # x = s x' + m
            return values * self._divisor + self.mean

    @property
    def _divisor(self) -> Array:
        return np.where(self.deviation > 0.0, self.deviation, 1.0)


def measured(columns: Array) -> Scale:
    """Mean and standard deviation over the cases (N, D); ValueError where they are too large for a number."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    if not np.isfinite(deviation).all():
        largest = np.abs(columns).max()
        raise ValueError(f"the data goes up to {largest:g}, which is too large for a standard deviation")
    # rounding may give a constant column a deviation that is not quite 0
    constant = columns.min(axis=0) == columns.max(axis=0)
    return Scale(np.where(constant, columns[0], mean), np.where(constant, 0.0, deviation))


class Fitted(NamedTuple):
    """A preparation with what was measured on the training part; see ``Preparation.fit``."""

    preparation: Preparation
    inputs: Scale | None
    features: Scale | None
    targets: Scale | None

    def prepare_inputs(self, inputs: Array) -> Array:
        """Raw inputs (..., D) -> (..., F) as the network sees them."""
        made = self.preparation.made_of(inputs)
        return made if self.features is None else self.features.standardised(made)

    def prepare_targets(self, targets: Array) -> Array:
        """Raw targets (..., K) -> (..., K) as the network is to meet them."""
        if self.preparation.targets == "unit":
            # t' = (t + 1) / 2
            return (targets + 1.0) / 2.0
        return targets if self.targets is None else self.targets.standardised(targets)

    def to_raw(self, outputs: Array) -> Array:
        """Outputs (..., K) of the network -> (..., K) in the units of the raw targets.

        Where targets of -1 and +1 became 0 and 1, outputs stay as they are: the share of +1.
        """
        return outputs if self.targets is None else self.targets.as_they_were(outputs)

    def amplified(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Raw training cases (N, D) and (N, K), followed by their copies."""
        amplification = self.preparation.amplification
        if amplification is None or not len(inputs):
            return inputs, targets
        scale = self.inputs or Scale(np.zeros(inputs.shape[1]), np.zeros(inputs.shape[1]))
        copies = amplification.copies_of(inputs, *scale)
        return np.concatenate([inputs, copies]), np.tile(targets, (1 + amplification.copies, 1))


def preparation_from_dict(mapping: Any) -> Preparation:
    """The preparation that ``to_dict`` described; ValueError where it is none."""
    entries = checks.fields("preparation", mapping, *(field.name for field in fields(Preparation)))
    told = entries["amplification"]
    return Preparation(**entries | {"amplification": None if told is None else amplification_from_dict(told)})


def _checked_features(features: Any) -> tuple[str, ...]:
    if isinstance(features, str) or not isinstance(features, Sequence):
        raise ValueError(f"features is {reprlib.repr(features)}; it must list names of features")
    names = tuple(checks.choice(f"features[{place}]", name, FEATURES) for place, name in enumerate(features))
    if len(set(names)) != len(names):
        raise ValueError(f"features is {reprlib.repr(names)}; each may be named once")
    return names


AS_THEY_ARE = Preparation()
"""Cases that the network sees as they are."""
