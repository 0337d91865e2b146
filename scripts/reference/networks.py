"""Parameter counts of the ready networks and stored outputs of some of them. Writes networks.json."""

import math

import torch
import torch.nn.functional as F

from architectures import Espcn, MobileNetV1, MobileNetV2, VisionTransformer, mlp, resnet18, resnet20
from recording import LAYERS_FOLDER, LCG_NOTE, array, filled, number, write

NOTE = (
    "counts: learned parameters (batch norm's running statistics are not counted). outputs: logits of a batch of 2 images "
    "filled(seed 1, scale 1, offset 0) with every tensor of the state filled as 'states' says, in the order of the forward "
    "pass of the module tree; in train mode (batch statistics) and eval mode (stored statistics), float64, with the largest "
    "difference float32 makes; loss is the mean cross-entropy in train mode against labels [3, 7], and gradientNorms its "
    "gradient's Euclidean norm for each tensor. ResNet-20 uses the parameter-free shortcut of the paper (option A: every "
    "second pixel, zero channels in equal parts before and after), ResNet-18 the 1x1 projection (option B). filled: " + LCG_NOTE
)

NETWORKS = {
    "mlp 784-512-512-10": lambda: mlp([784, 512, 512, 10]),
    "resnet20": resnet20,
    "resnet20 option B": lambda: resnet20(projection=True),
    "resnet18 32x32": resnet18,
    "mobilenetV1 1.0, 1000 classes": lambda: MobileNetV1(),
    "mobilenetV1 0.5, 1000 classes": lambda: MobileNetV1(0.5),
    "mobilenetV1 0.25, 10 classes": lambda: MobileNetV1(0.25, 10),
    "mobilenetV2 1.0, 1000 classes": lambda: MobileNetV2(),
    "mobilenetV2 0.5, 1000 classes": lambda: MobileNetV2(0.5),
    "mobilenetV2 0.35, 10 classes": lambda: MobileNetV2(0.35, 10),
    "mobilenetV2 0.5 32x32": lambda: MobileNetV2(0.5, 10, small=True),
    "vitTiny width 192, depth 4, 32x32": VisionTransformer,
    "espcn factor 3": lambda: Espcn(3),
    "espcn factor 2, 3 channels": lambda: Espcn(2, 3),
}
IMAGES = {"espcn factor 3": (2, 1, 8, 6)}
RUN = ["resnet20", "mobilenetV2 0.5 32x32", "vitTiny width 192, depth 4, 32x32", "espcn factor 3"]


def recipe(name, tensor, seed):
    """How one tensor of the state is filled: weights within sqrt(6 / fan in), variances in 0.5..1.5, the rest small."""
    if name.endswith("running_var"):
        return {"seed": seed, "scale": 0.5, "offset": 1}
    if tensor.dim() > 1:
        return {"seed": seed, "scale": number(math.sqrt(6 / math.prod(tensor.shape[1:]))), "offset": 0}
    is_gain = name.endswith("weight")
    return {"seed": seed, "scale": 0.1, "offset": 1 if is_gain else 0}


def fill(net):
    """Fills all floating-point tensors of the state; returns what was done, in order."""
    states, seed = [], 1000
    for name, tensor in net.state_dict().items():
        if tensor.dtype.is_floating_point:
            plan = recipe(name, tensor, seed)
            tensor.copy_(filled(tensor.shape, plan["seed"], plan["scale"], plan["offset"]))
            states.append({"name": name, "shape": list(tensor.shape), **plan})
            seed += 1
    return states


def logits(name, dtype, training):
    net = NETWORKS[name]()
    states = fill(net)
    net.to(dtype).train(training)
    return net, states, net(filled(IMAGES.get(name, (2, 3, 32, 32)), 1, dtype=dtype))


def outputs(name):
    """Outputs in both modes, and what float32 changes."""
    record = {"name": name, "imageShape": list(IMAGES.get(name, (2, 3, 32, 32)))}
    for mode, training in (("train", True), ("eval", False)):
        _, _, single = logits(name, torch.float32, training)
        net, states, exact = logits(name, torch.float64, training)
        record[mode] = array(exact)
        record[f"{mode}Float32Difference"] = number((single.double() - exact).abs().max().item())
        if training and not name.startswith("espcn"):
            loss = F.cross_entropy(exact, torch.tensor([3, 7]))
            loss.backward()
            record["loss"] = number(loss.item())
            record["gradientNorms"] = {key: number(value.grad.norm().item()) for key, value in net.named_parameters()}
    return {**record, "states": states}


if __name__ == "__main__":
    torch.set_num_threads(1)
    counts = {name: sum(p.numel() for p in make().parameters()) for name, make in NETWORKS.items()}
    write(LAYERS_FOLDER / "networks.json", NOTE, {"counts": counts, "outputs": [outputs(name) for name in RUN]})
