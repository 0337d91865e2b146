"""Stored numbers of losses: values and gradients. Writes losses.json."""

import torch
import torch.nn.functional as F

from recording import LAYERS_FOLDER, array, case, draw, write

NOTE = (
    "Each case: a loss in float64 and the gradients of sum(output * outputWeights.output). Reduction 'mean' of a weighted "
    "cross-entropy divides by the sum of the weights of the targets that count; 'batchmean' divides by the first axis."
)
TARGETS = torch.tensor([2, 0, 3, 1, 2])
IGNORING = torch.tensor([2, -100, 3, -100, 2])


def loss_case(name, function, inputs, settings, constants=None):
    """`constants` are inputs the gradient is not asked for."""
    constants = constants or {}
    record = case(name, lambda **values: function(**values, **constants, **settings), inputs, settings=printable(settings))
    return {**record, "constants": {key: array(value) for key, value in constants.items()}}


def printable(settings):
    return {key: array(value) if torch.is_tensor(value) else value for key, value in settings.items()}


def classification():
    weight = torch.tensor([0.5, 2.0, 1.0, 0.25], dtype=torch.float64)
    plans = [
        ("mean", TARGETS, dict(reduction="mean")),
        ("sum", TARGETS, dict(reduction="sum")),
        ("none", TARGETS, dict(reduction="none")),
        ("label smoothing", TARGETS, dict(label_smoothing=0.1)),
        ("class weights", TARGETS, dict(weight=weight)),
        ("class weights, sum", TARGETS, dict(weight=weight, reduction="sum")),
        ("class weights and label smoothing", TARGETS, dict(weight=weight, label_smoothing=0.1)),
        ("ignore index", IGNORING, dict(ignore_index=-100)),
        ("ignore index, class weights and label smoothing", IGNORING, dict(ignore_index=-100, weight=weight, label_smoothing=0.1)),
    ]
    cases = [
        loss_case(f"crossEntropy {name}", F.cross_entropy, {"input": draw(5, 4)}, settings, {"target": target})
        for name, target, settings in plans
    ]
    soft = torch.tensor([[0.7, 0.1, 0.1, 0.1], [0.0, 1.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]], dtype=torch.float64)
    cases.append(loss_case("crossEntropy probabilities", F.cross_entropy, {"input": draw(3, 4)}, {}, {"target": soft}))
    for name, target, settings in plans[:2] + plans[4:5] + plans[7:8]:
        function = lambda input, **rest: F.nll_loss(F.log_softmax(input, dim=-1), **rest)
        cases.append(loss_case(f"nll of logSoftmax {name}", function, {"input": draw(5, 4)}, settings, {"target": target}))
    return cases


def regression():
    pairs = lambda: {"input": draw(4, 3, scale=1.5), "target": draw(4, 3)}
    functions = [
        ("mse", F.mse_loss, {}),
        ("l1", F.l1_loss, {}),
        ("huber, delta 1", F.huber_loss, {"delta": 1.0}),
        ("huber, delta 0.5", F.huber_loss, {"delta": 0.5}),
        ("smoothL1, beta 1", F.smooth_l1_loss, {"beta": 1.0}),
        ("smoothL1, beta 0.5", F.smooth_l1_loss, {"beta": 0.5}),
    ]
    return [
        loss_case(f"{name} {reduction}", function, pairs(), {**settings, "reduction": reduction})
        for name, function, settings in functions
        for reduction in ("mean", "sum")
    ]


def probabilities():
    target = torch.tensor([[1, 0, 0.25], [0, 1, 0.5], [1, 1, 0], [0, 0, 1]], dtype=torch.float64)
    positive = torch.tensor([1.0, 3.0, 0.5], dtype=torch.float64)
    logits = lambda: torch.cat([draw(3, 3, scale=2.0), torch.tensor([[-40.0, 40.0, 40.0]]).double()])
    # KL(target || input) with log-probabilities as input: sum target * (log target - input)
    kl = lambda input, **rest: F.kl_div(F.log_softmax(input, dim=-1), **rest)
    distribution = torch.tensor([[0.2, 0.5, 0.3], [0.0, 0.9, 0.1]], dtype=torch.float64)
    return [
        loss_case("bceWithLogits mean", F.binary_cross_entropy_with_logits, {"input": logits()}, {}, {"target": target}),
        loss_case("bceWithLogits sum", F.binary_cross_entropy_with_logits, {"input": logits()}, {"reduction": "sum"}, {"target": target}),
        loss_case("bceWithLogits positive weight", F.binary_cross_entropy_with_logits, {"input": logits()}, {"pos_weight": positive}, {"target": target}),
        loss_case("klDiv of logSoftmax batchmean", kl, {"input": draw(2, 3)}, {"reduction": "batchmean"}, {"target": distribution}),
        loss_case("klDiv of logSoftmax sum", kl, {"input": draw(2, 3)}, {"reduction": "sum"}, {"target": distribution}),
    ]


if __name__ == "__main__":
    torch.manual_seed(2)
    write(LAYERS_FOLDER / "losses.json", NOTE, {"cases": classification() + regression() + probabilities()})
