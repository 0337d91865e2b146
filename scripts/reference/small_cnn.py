"""Fifty steps of a small convolutional net with stored initial weights. Writes small-cnn.json."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from recording import LAYERS_FOLDER, LCG_NOTE, arrays, filled, number, write

NOTE = (
    "Net: conv 3x3 (3 -> 8, padding 1, no bias), batch norm (eps 1e-5, momentum 0.1), relu, max pool 2, conv 3x3 (8 -> 16, "
    "stride 2, padding 1, bias), relu, global average, linear 16 -> 10; mean cross-entropy. All 50 steps use the one batch of "
    "16 images [16, 3, 12, 12] = filled(seed 7, scale 1, offset 0), to which label[b] / 10 is added at every pixel of channel "
    "b mod 3, rounded to float32; label[b] = (7 b + 3) mod 10. Weight decay is L2, on all parameters. losses[t] is the loss "
    "before step t + 1. losses are float32 training, losses64 the same in float64: float32 alone drifts by "
    "'largestDriftOfFloat32', relative. filled: " + LCG_NOTE
)
STEPS = 50
PLANS = {
    "sgd": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, weight_decay=5e-4)),
    "adam": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
}


def build(dtype):
    """The net with weights from the formula, uniform within sqrt(6 / fan in)."""
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
    )  # fmt: skip
    names = {"0.weight": "conv1.weight", "1.weight": "norm.weight", "1.bias": "norm.bias", "4.weight": "conv2.weight",
             "4.bias": "conv2.bias", "8.weight": "dense.weight", "8.bias": "dense.bias"}  # fmt: skip
    parameters = {}
    for seed, (name, parameter) in enumerate(net.named_parameters(), start=100):
        fan_in = math.prod(parameter.shape[1:])
        scale, offset = (math.sqrt(6 / fan_in), 0) if parameter.dim() > 1 else (0.1, 1 if name == "1.weight" else 0)
        parameter.data = filled(parameter.shape, seed, scale, offset)
        parameters[names[name]] = parameter
    net = net.to(dtype)
    return net, parameters


def batch(dtype):
    labels = (7 * torch.arange(16) + 3) % 10
    images = filled((16, 3, 12, 12), 7, dtype=torch.float64)
    for index, label in enumerate(labels.tolist()):
        images[index, index % 3] += label / 10
    return images.float().to(dtype), labels


def train(plan, dtype):
    kind, settings = PLANS[plan]
    net, parameters = build(dtype)
    images, labels = batch(dtype)
    optimiser = kind(net.parameters(), **settings)
    initial, losses = arrays(parameters), []
    for _ in range(STEPS):
        optimiser.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    states = {**parameters, "norm.running_mean": net[1].running_mean, "norm.running_var": net[1].running_var}
    final = {key: {"sum": number(value.sum().item()), "norm": number(value.norm().item()),
                   "first": [number(x) for x in value.reshape(-1)[:4].tolist()]} for key, value in states.items()}  # fmt: skip
    return initial, losses, final


def run(plan):
    _, losses, _ = train(plan, torch.float32)
    initial, losses64, final = train(plan, torch.float64)
    drift = max(abs(a - b) / b for a, b in zip(losses, losses64))
    record = {"name": plan, "settings": PLANS[plan][1], "losses": [number(x) for x in losses],
              "losses64": [number(x) for x in losses64], "largestDriftOfFloat32": number(drift), "final64": final}  # fmt: skip
    return initial, record


if __name__ == "__main__":
    torch.set_num_threads(1)
    runs = [run(plan) for plan in PLANS]
    images, labels = batch(torch.float64)
    probe = {"labels": labels.tolist(), "imageSum": number(images.sum().item()), "firstPixels": [number(x) for x in images.reshape(-1)[:4].tolist()]}
    write(LAYERS_FOLDER / "small-cnn.json", NOTE, {"batch": probe, "initial": runs[0][0], "runs": [record for _, record in runs]})
