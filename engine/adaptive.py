"""Optimizers with a rate for each weight, from how large its gradient has been.

Formulas and defaults are PyTorch's; the symbols are those of optimizers.py.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy import add, divide, multiply, sqrt, subtract

from engine.optimizer_base import Hessian, Optimizer, Update, constant, moving_average, moving_mean_square
from engine.types import Array


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """A rate per weight, smaller the more that weight's gradient has been."""

    name = "adagrad"
    title = "AdaGrad"
    formula = r"G \leftarrow G + g^2, \quad w \leftarrow w - \eta\, g / (\sqrt{G} + \epsilon)"
    source = "Duchi, Hazan, Singer (2011), JMLR 12, 2121-2159; torch.optim.Adagrad"
    slot_names = ("sum of squared gradients",)

    learning_rate: float = 1e-2
    epsilon: float = 1e-10
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        total, scratch = slots[0], np.empty_like(weights)
        rate, epsilon = constant(self.learning_rate), constant(self.epsilon)

        def update(t: int) -> None:
            # G <- G + g^2
            multiply(gradient, gradient, scratch)
            add(total, scratch, total)
            # w <- w - η g / (√G + ε)
            sqrt(total, scratch)
            add(scratch, epsilon, scratch)
            divide(gradient, scratch, scratch)
            multiply(scratch, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class AdaDelta(Optimizer):
    """Steps in the unit of the weights: the recent change over the recent gradient."""

    name = "adadelta"
    title = "AdaDelta"
    formula = (
        r"v \leftarrow \beta v + (1 - \beta) g^2, \quad \Delta = \sqrt{u + \epsilon} / \sqrt{v + \epsilon}"
        r"\, g, \quad u \leftarrow \beta u + (1 - \beta) \Delta^2, \quad w \leftarrow w - \eta\, \Delta"
    )
    source = "Zeiler (2012), arXiv:1212.5701; torch.optim.Adadelta"
    slot_names = ("mean squared gradient", "mean squared change")

    learning_rate: float = 1.0
    decay: float = 0.9
    epsilon: float = 1e-6
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        squares, changes = slots
        change, scratch = np.empty_like(weights), np.empty_like(weights)
        rate, epsilon = constant(self.learning_rate), constant(self.epsilon)
        average_squares = moving_mean_square(squares, gradient, self.decay, scratch)
        average_changes = moving_mean_square(changes, change, self.decay, scratch)

        def update(t: int) -> None:
            # v <- β v + (1 - β) g^2
            average_squares()
            # Δ = √((u + ε) / (v + ε)) g
            add(changes, epsilon, change)
            add(squares, epsilon, scratch)
            divide(change, scratch, change)
            sqrt(change, change)
            multiply(change, gradient, change)
            # u <- β u + (1 - β) Δ^2
            average_changes()
            # w <- w - η Δ
            multiply(change, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """The gradient over its recent size, weight by weight."""

    name = "rmsprop"
    title = "RMSProp"
    formula = r"v \leftarrow \beta v + (1 - \beta) g^2, \quad w \leftarrow w - \eta\, g / (\sqrt{v} + \epsilon)"
    source = "Tieleman, Hinton (2012), Neural Networks for Machine Learning, lecture 6.5; torch.optim.RMSprop"
    slot_names = ("mean squared gradient",)

    learning_rate: float = 1e-2
    decay: float = 0.99
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        squares, scratch = slots[0], np.empty_like(weights)
        rate, epsilon = constant(self.learning_rate), constant(self.epsilon)
        average_squares = moving_mean_square(squares, gradient, self.decay, scratch)

        def update(t: int) -> None:
            # v <- β v + (1 - β) g^2
            average_squares()
            # w <- w - η g / (√v + ε)
            sqrt(squares, scratch)
            add(scratch, epsilon, scratch)
            divide(gradient, scratch, scratch)
            multiply(scratch, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class Adam(Optimizer):
    """RMSProp with momentum, both freed of their bias towards zero."""

    name = "adam"
    title = "Adam"
    formula = (
        r"m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2,"
        r" \quad w \leftarrow w - \eta\, \frac{m}{1 - \beta_1^t}"
        r" / \left(\sqrt{\frac{v}{1 - \beta_2^t}} + \epsilon\right)"
    )
    source = "Kingma, Ba (2015), arXiv:1412.6980; torch.optim.Adam"
    slot_names = ("first moment", "second moment")

    learning_rate: float = 1e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        first, second = slots
        scratch, rate, epsilon = np.empty_like(weights), constant(0.0), constant(0.0)
        average_first = moving_average(first, gradient, self.beta1, scratch)
        average_second = moving_mean_square(second, gradient, self.beta2, scratch)

        def update(t: int) -> None:
            # m <- β1 m + (1 - β1) g,  v <- β2 v + (1 - β2) g^2
            average_first()
            average_second()
            # c = √(1 - β2^t): the fraction below, widened by it, costs one call less (section 2 of the paper)
            correction = (1.0 - self.beta2**t) ** 0.5
            rate[()] = self.learning_rate * correction / (1.0 - self.beta1**t)
            epsilon[()] = self.epsilon * correction
            # w <- w - η m / (1 - β1^t) / (√v / c + ε) = w - (η c / (1 - β1^t)) m / (√v + ε c)
            sqrt(second, scratch)
            add(scratch, epsilon, scratch)
            divide(first, scratch, scratch)
            multiply(scratch, rate, scratch)
            subtract(weights, scratch, weights)

        return update


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam whose weight decay works on the weights directly, not through the gradient."""

    name = "adamw"
    title = "AdamW"
    formula = r"w \leftarrow (1 - \eta \lambda) w, \quad \text{then as Adam}"
    source = "Loshchilov, Hutter (2019), arXiv:1711.05101; torch.optim.AdamW"

    weight_decay: float = 1e-2

    def _bind_with_decay(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        kept = constant(1.0 - self.learning_rate * self.weight_decay)
        update = self._bind(weights, gradient, slots, hessian)

        def decayed(t: int) -> None:
            # w <- (1 - η λ) w
            multiply(weights, kept, weights)
            update(t)

        return decayed


@dataclass(frozen=True)
class NAdam(Optimizer):
    """Adam with Nesterov's look ahead and a momentum that grows from half of beta1 to all of it."""

    name = "nadam"
    title = "NAdam"
    formula = (
        r"\mu_t = \beta_1 (1 - \tfrac12\, 0.96^{t \psi}), \quad w \leftarrow w - \eta \left("
        r"\frac{1 - \mu_t}{1 - \prod_{i \le t} \mu_i} g + \frac{\mu_{t+1}}{1 - \prod_{i \le t+1} \mu_i} m"
        r"\right) / \left(\sqrt{\frac{v}{1 - \beta_2^t}} + \epsilon\right)"
    )
    source = "Dozat (2016), Incorporating Nesterov Momentum into Adam, ICLR workshop; torch.optim.NAdam"
    slot_names = ("first moment", "second moment")

    learning_rate: float = 2e-3
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    momentum_decay: float = 4e-3
    weight_decay: float = 0.0

    def _bind(self, weights: Array, gradient: Array, slots: Array, hessian: Hessian | None) -> Update:
        first, second = slots
        ahead, scratch = np.empty_like(weights), np.empty_like(weights)
        fresh, kept, epsilon = constant(0.0), constant(0.0), constant(0.0)
        average_first = moving_average(first, gradient, self.beta1, scratch)
        average_second = moving_mean_square(second, gradient, self.beta2, scratch)
        product_until = self._momentum_products()

        def update(t: int) -> None:
            # m <- β1 m + (1 - β1) g,  v <- β2 v + (1 - β2) g^2
            average_first()
            average_second()
            # c = √(1 - β2^t), as in Adam;  a = η c (1 - μ_t) / (1 - Π_t),  b = η c μ_t+1 / (1 - Π_t μ_t+1)
            correction = (1.0 - self.beta2**t) ** 0.5
            product, following = product_until(t), self._momentum(t + 1)
            rate = self.learning_rate * correction
            fresh[()] = rate * (1.0 - self._momentum(t)) / (1.0 - product)
            kept[()] = rate * following / (1.0 - product * following)
            epsilon[()] = self.epsilon * correction
            # w <- w - (a g + b m) / (√v + ε c)
            multiply(gradient, fresh, ahead)
            multiply(first, kept, scratch)
            add(ahead, scratch, ahead)
            sqrt(second, scratch)
            add(scratch, epsilon, scratch)
            divide(ahead, scratch, ahead)
            subtract(weights, ahead, weights)

        return update

    def _momentum(self, t: int) -> float:
        # μ_t = β1 (1 - 0.96^(t ψ) / 2)
        missing: float = 0.96 ** (t * self.momentum_decay)
        return self.beta1 * (1.0 - 0.5 * missing)

    def _momentum_products(self) -> Callable[[int], float]:
        """Products of the momenta up to t, always multiplied from 1 upwards, so that t alone decides them."""
        last, product = 0, 1.0

        def product_until(t: int) -> float:
            nonlocal last, product
            if t < last:
                last, product = 0, 1.0
            # Π_t = μ_1 ... μ_t; below 1e-17 the product is left as it is, for 1 - Π_t is 1 to the last bit
            while last < t and product > 1e-17:
                last += 1
                product *= self._momentum(last)
            return product

        return product_until
