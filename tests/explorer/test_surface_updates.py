import math
import re

import numpy as np
import pytest

from engine import LANDSCAPES, OPTIMIZERS
from engine.types import Array
from explorer.surface.updates import Moment, told, update_lines

SURFACE = LANDSCAPES["himmelblau"]


def moments(name: str, count: int, **details: float) -> list[Moment]:
    """The first updates of an optimizer, worked out one by one."""
    optimizer = OPTIMIZERS[name](learning_rate=0.01, **details)
    weights: Array = np.array([-0.7, 2.3])
    slots, found = optimizer.slots_for(weights), []
    for t in range(1, count + 1):
        gradient = SURFACE.gradient(weights)
        following, after = optimizer.step(weights, gradient, slots, t, lambda at=weights: SURFACE.hessian(at))
        found.append(Moment(optimizer, t, 0.01, weights, gradient, slots, after, following))
        weights, slots = following, after
    return found


def value(expression: str, epsilon: float) -> float:
    """What a person gets who works the line out by hand."""
    text = (
        expression.replace("−", "-").replace("·", "*").replace("²", "**2").replace("ε", repr(epsilon)).replace(",", "")
    )
    text = re.sub(r"√(\((?:[^()]|\([^()]*\))*\)|[\d.e-]+)", r"math.sqrt(\1)", text)
    return float(eval(text, {"math": math}))


@pytest.mark.parametrize("details", [{}, {"weight_decay": 0.3}])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_line_can_be_worked_out_by_hand(name: str, details: dict[str, float]) -> None:
    if name == "newton" and details:
        return
    for moment in moments(name, 4, **details):
        lines = update_lines(moment)
        assert len(lines) >= 2
        checked = 0
        for line in lines:
            if ";" in line or ", v" in line or "a g + b m" in line or line.startswith("(H"):
                continue
            left, result = line.rsplit(" = ", 1)
            expression = re.split("←| = ", left, maxsplit=1)[1]
            worked, stated = value(expression, getattr(moment.optimizer, "epsilon", 0.0)), value(result, 0.0)
            assert worked == pytest.approx(stated, rel=2e-3, abs=2e-3 * max(1.0, abs(stated))), line
            checked += 1
        assert checked >= 2 or name == "nadam"


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_last_line_of_a_weight_leads_to_where_the_optimizer_goes(name: str) -> None:
    for moment in moments(name, 3):
        moves = [line for line in update_lines(moment) if line.startswith("w")]
        assert [line[:2] for line in moves] == ["w₁", "w₂"]
        assert [line.rsplit(" = ", 1)[1] for line in moves] == [told(weight) for weight in moment.following]


def test_negative_numbers_stand_in_brackets() -> None:
    assert (told(-1.5), told(0.0), told(12345.678)) == ("(−1.5)", "0", "12,350")
