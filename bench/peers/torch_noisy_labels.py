"""The PyTorch side of the robust-training times: trains one method on the numbers it is given and prints seconds an epoch.

    torch_noisy_labels.py FOLDER METHOD EPOCHS THREADS
      FOLDER holds inputs.f32 [n, d], labels.i32 [n], test-inputs.f32, test-labels.i32 and sizes.json {"features", "classes", "hidden"}
      -> {"epochSeconds": [...], "cpuSeconds": [...] of the processor, "accuracy": last-epoch test accuracy, "gigaflops": of a product 512x512x512, "torch": version}

The speed of a product tells which BLAS PyTorch found: some distributions' builds use whatever libblas.so.3 is installed, and with the reference
one they reach 1.4 GFLOP/s where OpenBLAS gives 70 (LD_LIBRARY_PATH chooses another).

Cross-entropy, ELR (lambda 3, beta .7) and Co-teaching (40 % forgotten over 10 epochs, plain mean over the kept rows), with SGD .02,
momentum .9, decay 1e-4, cosine, batches of 128, kept small as in the papers' own code: one tensor of all rows, indexed by shuffled rows.
"""

import json
import os
import sys
import time

folder, method, epochs, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
os.environ.setdefault("OPENBLAS_NUM_THREADS", str(threads))
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(threads)
torch.manual_seed(0)
with open(os.path.join(folder, "sizes.json"), encoding="ascii") as file:
    sizes = json.load(file)


def load(name, dtype):
    return torch.from_numpy(np.fromfile(os.path.join(folder, name), dtype=dtype).copy())


x = load("inputs.f32", np.float32).reshape(-1, sizes["features"])
y = load("labels.i32", np.int32).long()
test_x = load("test-inputs.f32", np.float32).reshape(-1, sizes["features"])
test_y = load("test-labels.i32", np.int32).long()
count, batch_size, classes = len(y), 128, sizes["classes"]


def network():
    widths = [sizes["features"], *sizes["hidden"], classes]
    layers = []
    for i, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        dense = nn.Linear(inputs, outputs)
        nn.init.kaiming_normal_(dense.weight, nonlinearity="relu")
        nn.init.zeros_(dense.bias)
        layers += [dense] + ([nn.ReLU()] if i < len(widths) - 2 else [])
    return nn.Sequential(*layers)


nets = [network() for _ in range(2 if method == "co-teaching" else 1)]
optimizers = [torch.optim.SGD(net.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-4) for net in nets]
per_epoch = (count + batch_size - 1) // batch_size
schedules = [torch.optim.lr_scheduler.CosineAnnealingLR(o, epochs * per_epoch) for o in optimizers]
memory = torch.zeros(count, classes)


def update(i, loss):
    optimizers[i].zero_grad()
    loss.backward()
    optimizers[i].step()
    schedules[i].step()


def step(rows, epoch):
    inputs, labels = x[rows], y[rows]
    if method == "cross-entropy":
        update(0, F.cross_entropy(nets[0](inputs), labels))
    elif method == "elr":
        logits = nets[0](inputs)
        p = torch.clamp(F.softmax(logits, dim=1), 1e-4, 1 - 1e-4)
        fixed = p.detach()
        memory[rows] = 0.7 * memory[rows] + 0.3 * (fixed / fixed.sum(dim=1, keepdim=True))
        update(0, F.cross_entropy(logits, labels) + 3 * torch.log(1 - (memory[rows] * p).sum(dim=1)).mean())
    else:
        keep = max(1, int((1 - 0.4 * min(epoch / 10, 1)) * len(rows)))
        losses = [F.cross_entropy(net(inputs), labels, reduction="none") for net in nets]
        chosen = [torch.argsort(loss.detach())[:keep] for loss in losses]
        update(0, losses[0][chosen[1]].mean())
        update(1, losses[1][chosen[0]].mean())


seconds, cpu_seconds = [], []
for epoch in range(epochs):
    start, cpu_start = time.perf_counter(), time.process_time()
    for rows in torch.randperm(count).split(batch_size):
        step(rows, epoch)
    seconds.append(time.perf_counter() - start)
    cpu_seconds.append(time.process_time() - cpu_start)
with torch.no_grad():
    accuracy = (nets[0](test_x).argmax(1) == test_y).float().mean().item()
a, b = torch.randn(512, 512), torch.randn(512, 512)
products = []
for _ in range(30):
    start = time.perf_counter()
    a @ b
    products.append(time.perf_counter() - start)
gigaflops = 2 * 512**3 / min(products) / 1e9
result = {"epochSeconds": seconds, "cpuSeconds": cpu_seconds, "accuracy": accuracy, "gigaflops": gigaflops}
print(json.dumps({**result, "torch": torch.__version__}))
