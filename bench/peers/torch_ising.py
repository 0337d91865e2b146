"""The PyTorch side of the autoregressive sampler's times: a plain masked network that is run once for every spin, as published samplers do.

    torch_ising.py SPINS DEPTH WIDTH BATCH THREADS SAMPLES STEPS
      -> {"sampleSeconds": [...], "stepSeconds": [...], "torch": version}

A step is forward, REINFORCE loss with the batch mean as baseline, backward, clipping at norm 1 and Adam, on samples that are already there.
"""

import json
import os
import sys
import time

spins, depth, width, batch, threads, samples, steps = map(int, sys.argv[1:])
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(0)


class MaskedLinear(nn.Linear):
    def __init__(self, inputs, outputs, exclusive):
        super().__init__(inputs * spins, outputs * spins)
        mask = torch.tril(torch.ones(spins, spins), -1 if exclusive else 0).repeat(outputs, inputs)
        self.register_buffer("mask", mask)
        self.weight.data *= mask * (mask.numel() / mask.sum()).sqrt()

    def forward(self, x):
        return nn.functional.linear(x, self.weight * self.mask, self.bias)


channels = [1] + [width] * (depth - 1) + [1]
layers = []
for i, (inputs, outputs) in enumerate(zip(channels, channels[1:])):
    layers += ([nn.PReLU(inputs * spins, init=0.5)] if i > 0 else []) + [MaskedLinear(inputs, outputs, i == 0)]
network = nn.Sequential(*layers)
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
couplings = torch.triu(torch.randn(spins, spins), 1) / spins**0.5


@torch.no_grad()
def sample():
    s = torch.zeros(batch, spins)
    for i in range(spins):
        s[:, i] = torch.bernoulli(torch.sigmoid(network(s)[:, i])) * 2 - 1
    return s


def step(s, beta=1.0):
    log_q = nn.functional.logsigmoid(s * network(s)).sum(1)
    with torch.no_grad():
        reward = log_q - beta * ((s @ couplings) * s).sum(1)
    optimizer.zero_grad()
    ((reward - reward.mean()) * log_q).mean().backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()


def timed(function, *arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return result, time.perf_counter() - start


sample_seconds, step_seconds = [], []
for _ in range(samples):
    s, seconds = timed(sample)
    sample_seconds.append(seconds)
for _ in range(steps):
    step_seconds.append(timed(step, s)[1])
print(json.dumps({"sampleSeconds": sample_seconds, "stepSeconds": step_seconds, "torch": torch.__version__}))
