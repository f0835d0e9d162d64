"""The yardstick: mini-batch gradient descent as a textbook writes it in NumPy, case-major, a list of arrays."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


VALUE = {"tanh": np.tanh, "sigmoid": sigmoid, "softmax": softmax, "linear": lambda z: z}
SLOPE = {"tanh": lambda y: 1.0 - y * y, "sigmoid": lambda y: y * (1.0 - y), "linear": lambda y: 1.0}


def update(weights, biases, inputs, targets, hidden, output, rate):
    """One update in place for a batch (N, D), (N, K); softmax means cross-entropy, all else squared error."""
    activities = [inputs]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True)):
        name = output if layer == len(weights) - 1 else hidden
        activities.append(VALUE[name](activities[-1] @ w + b))
    delta = activities[-1] - targets
    if output != "softmax":
        delta = delta * SLOPE[output](activities[-1])
    for layer in reversed(range(len(weights))):
        weight_gradient = activities[layer].T @ delta / len(inputs)
        bias_gradient = delta.mean(axis=0)
        if layer > 0:
            delta = (delta @ weights[layer].T) * SLOPE[hidden](activities[layer])
        weights[layer] -= rate * weight_gradient
        biases[layer] -= rate * bias_gradient
