"""The workloads of `npm run bench -- engine` in eager PyTorch. `bench/workloads.md` states their equations and shapes."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts" / "reference"))

from architectures import MobileNetV2, VisionTransformer, mlp, resnet20  # noqa: E402
from recording import filled  # noqa: E402

NODES, EDGES, FEATURES, HIDDEN, CLASSES = 2708, 10556, 1433, 16, 7


def integers(count, seed, bound):
    """floor((u + 1) / 2 * bound) of the formula's numbers u: integers in [0, bound)."""
    return ((filled((count,), seed, dtype=torch.float64) + 1) / 2 * bound).long()


class Gcn(nn.Module):
    """Two layers A_hat (X W) + b with relu between; A_hat = D^-1/2 (A + I) D^-1/2 is computed once (PyG's cached=True)."""

    def __init__(self, sparse):
        super().__init__()
        self.weight1, self.bias1 = nn.Parameter(torch.randn(FEATURES, HIDDEN) * 0.05), nn.Parameter(torch.zeros(HIDDEN))
        self.weight2, self.bias2 = nn.Parameter(torch.randn(HIDDEN, CLASSES) * 0.3), nn.Parameter(torch.zeros(CLASSES))
        sources, targets = integers(EDGES // 2, 1, NODES), integers(EDGES // 2, 2, NODES)
        loops = torch.arange(NODES)
        self.source, self.target = torch.cat([sources, targets, loops]), torch.cat([targets, sources, loops])
        degree = torch.zeros(NODES).index_add_(0, self.target, torch.ones(len(self.target)))
        self.norm = (degree[self.source] * degree[self.target]).rsqrt()[:, None]
        indices = torch.stack([self.target, self.source])
        self.matrix = torch.sparse_coo_tensor(indices, self.norm[:, 0], (NODES, NODES)).coalesce() if sparse else None

    def propagate(self, x):
        if self.matrix is not None:
            return torch.sparse.mm(self.matrix, x)
        return torch.zeros_like(x).index_add_(0, self.target, x[self.source] * self.norm)

    def forward(self, x):
        hidden = F.relu(self.propagate(x @ self.weight1) + self.bias1)
        return self.propagate(hidden @ self.weight2) + self.bias2


class CellLayer(nn.Module):
    """Mean of a dense-graph-flow branch and an attention branch, both gated by the operation embeddings."""

    def __init__(self, width, embedding):
        super().__init__()
        self.flow, self.bias = nn.Linear(width, width, bias=False), nn.Parameter(torch.zeros(width))
        self.flow_gate, self.attention_gate = nn.Linear(embedding, width), nn.Linear(embedding, width)
        self.key, self.score = nn.Linear(width, width, bias=False), nn.Parameter(torch.randn(width))
        self.norm, self.scale = nn.LayerNorm(width), width**-0.5

    def forward(self, h, adjacency, forbidden, e):
        flow = self.flow(h)
        dense = torch.sigmoid(self.flow_gate(e)) * torch.bmm(adjacency, flow) + flow + self.bias
        key = self.key(h)
        logits = F.leaky_relu(torch.bmm(key * (self.score * self.scale), key.transpose(1, 2)), 0.01)
        weights = torch.softmax(logits.masked_fill(forbidden, -1e9), dim=-1)
        attended = self.norm(torch.sigmoid(self.attention_gate(e)) * torch.bmm(weights, key))
        return (dense + attended) * 0.5


class CellGnn(nn.Module):
    """Three cell layers of width 128 over graphs of 8 operation nodes; the last node is read out."""

    def __init__(self, width=128, embedding=48, operations=8):
        super().__init__()
        self.operations, self.lift = nn.Embedding(operations, embedding), nn.Linear(embedding, width)
        self.layers = nn.ModuleList(CellLayer(width, embedding) for _ in range(3))
        self.head = mlp([width, width, 1])

    def forward(self, operations, adjacency):
        e = self.operations(operations)
        h, forbidden = self.lift(e), adjacency == 0
        for index, layer in enumerate(self.layers):
            h = layer(h, adjacency, forbidden, e)
            h = F.relu(h) if index < 2 else h
        return self.head(h[:, -1])[:, 0]


class GruClassifier(nn.Module):
    """One GRU layer 128 -> 128; the last state goes through a linear layer to 10 classes."""

    def __init__(self):
        super().__init__()
        self.gru, self.head = nn.GRU(128, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.gru(x)[0][:, -1])


def classification(net, shape, optimiser, channels_last=False):
    """A step function: mean cross-entropy on one fixed batch."""
    inputs, labels = filled(shape, 7), torch.arange(shape[0]) % 10
    if channels_last:
        net, inputs = net.to(memory_format=torch.channels_last), inputs.to(memory_format=torch.channels_last)
    return step_of(net, optimiser(net.parameters()), lambda: F.cross_entropy(net(inputs), labels))


def step_of(net, optimiser, loss_of):
    net.train()

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def gcn(sparse):
    features, labels = filled((NODES, FEATURES), 3), torch.arange(140) % CLASSES
    net = Gcn(sparse)
    optimiser = torch.optim.Adam(net.parameters(), lr=0.01, weight_decay=5e-4)
    return step_of(net, optimiser, lambda: F.cross_entropy(net(features)[:140], labels))


def cell_gnn(graphs):
    operations, targets = integers(graphs * 8, 4, 8).view(graphs, 8), filled((graphs,), 5)
    below = torch.tril(filled((graphs, 8, 8), 6) > 0, diagonal=-1)
    adjacency = (below | torch.eye(8, dtype=torch.bool)).float()
    net = CellGnn()
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.01)
    return step_of(net, optimiser, lambda: F.mse_loss(net(operations, adjacency), targets))


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=5e-4)


def adam(parameters):
    return torch.optim.Adam(parameters, lr=1e-3)


def adam_w(parameters):
    return torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.05)


IMAGES = (64, 3, 32, 32)

# Several variants of one workload compute the same thing; the engine keeps the fastest as the peer.
WORKLOADS = {
    "mlp-adam": {"plain": lambda: classification(mlp([784, 512, 512, 10]), (128, 784), adam)},
    "mlp-sgd": {"plain": lambda: classification(mlp([784, 512, 512, 10]), (128, 784), lambda p: torch.optim.SGD(p, lr=0.05))},
    "gcn-cora": {"index_add": lambda: gcn(False), "sparse": lambda: gcn(True)},
    "cell-gnn-16": {"plain": lambda: cell_gnn(16)},
    "cell-gnn-128": {"plain": lambda: cell_gnn(128)},
    "vit-tiny": {"plain": lambda: classification(VisionTransformer(), IMAGES, adam_w)},
    "resnet20": {
        "nchw": lambda: classification(resnet20(), IMAGES, sgd),
        "channels_last": lambda: classification(resnet20(), IMAGES, sgd, True),
    },
    "mobilenetv2": {
        "nchw": lambda: classification(MobileNetV2(0.5, 10, small=True), IMAGES, sgd),
        "channels_last": lambda: classification(MobileNetV2(0.5, 10, small=True), IMAGES, sgd, True),
    },
    "gru": {"plain": lambda: classification(GruClassifier(), (64, 100, 128), adam)},
}
