"""Four small models written by PyTorch's exporter, with inputs, outputs and input gradients beside them.

Writes src/engine/onnx/reference/torch-*.onnx and torch-*.json.
"""

import warnings

import torch
import torch.nn.functional as F
from torch import nn

from architectures import EncoderBlock, conv_norm
from recording import ROOT, arrays, draw, write

FOLDER = ROOT / "src" / "engine" / "onnx" / "reference"
NOTE = (
    "Made with the .onnx file of the same name. inputs are float32 (four decimals); outputs and gradients, those of the sum of "
    "all elements of all outputs with respect to the inputs, are computed in '{precision}' with the file's float32 weights."
)


class Classifier(nn.Module):
    """Convolutions with batch norm (not folded), depthwise, max pool, flatten, dense, log-softmax."""

    def __init__(self):
        super().__init__()
        self.stem, self.depthwise = conv_norm(3, 8, 3, activation=nn.ReLU()), conv_norm(8, 8, 3, 2, 8, nn.ReLU6())
        self.pool, self.point = nn.MaxPool2d(3, 2, 1), conv_norm(8, 12, 1, activation=nn.ReLU())
        self.dense = nn.Linear(12 * 3 * 3, 10)

    def forward(self, image):
        x = self.pool(self.depthwise(self.stem(image)))
        return F.log_softmax(self.dense(torch.flatten(self.point(x), 1)), dim=1)


class Encoder(nn.Module):
    """A linear embedding, positions, one pre-norm attention block, final norm, mean over tokens, two outputs."""

    def __init__(self):
        super().__init__()
        self.embed, self.positions = nn.Linear(6, 24), nn.Parameter(torch.randn(1, 7, 24) * 0.1)
        self.block, self.norm, self.head = EncoderBlock(24, 3, 2), nn.LayerNorm(24), nn.Linear(24, 5)

    def forward(self, tokens):
        states = self.norm(self.block(self.embed(tokens) + self.positions))
        return states, torch.tanh(self.head(states.mean(1)))


class Upscaler(nn.Module):
    """Down by average pooling, up by transposed convolution, skip by pad, slice and concat, gate, resize, pixel shuffle."""

    def __init__(self):
        super().__init__()
        self.enter, self.deep = nn.Conv2d(2, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=2, dilation=2, groups=2)
        self.up, self.gate = nn.ConvTranspose2d(8, 6, 3, 2, 1, output_padding=1), nn.Conv2d(12, 12, 1)
        self.leave = nn.Conv2d(12, 8, 3, padding=1)

    def forward(self, low):
        skip = F.leaky_relu(self.enter(low), 0.1)
        deep = F.elu(self.deep(F.avg_pool2d(skip, 2)))
        shifted = F.pad(skip, (1, 0, 0, 1))[:, :, 1:, :-1]
        both = torch.cat([self.up(deep), shifted], dim=1)
        both = both * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(both, 1)))
        detail = F.pixel_shuffle(self.leave(both), 2)
        coarse = F.interpolate(low, scale_factor=2.0, mode="bilinear", align_corners=False)
        mask = F.interpolate(F.hardswish(both[:, :2]), scale_factor=2.0, mode="nearest")
        return torch.clamp(detail + coarse, -2.0, 2.0), torch.softmax(mask, dim=1) * detail


class FakeQuantised(nn.Module):
    """Weights quantised per channel to int8, activations per tensor to uint8: exported as QuantizeLinear, DequantizeLinear."""

    def __init__(self):
        super().__init__()
        self.conv, self.dense = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Linear(8, 5)
        self.register_buffer("scales", self.conv.weight.detach().abs().amax((1, 2, 3)) / 127)
        self.register_buffer("points", torch.zeros(8, dtype=torch.int32))

    def forward(self, image):
        x = torch.fake_quantize_per_tensor_affine(image, 0.03, 128, 0, 255)
        weight = torch.fake_quantize_per_channel_affine(self.conv.weight, self.scales, self.points, 0, -128, 127)
        x = F.relu(F.conv2d(x, weight, self.conv.bias, stride=2, padding=1))
        x = torch.fake_quantize_per_tensor_affine(x, 0.02, 0, 0, 255)
        return self.dense(x.mean((2, 3)))


def settle(net):
    """Batch norm's running statistics and gains away from their trivial start."""
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3)
            layer.running_var.uniform_(0.5, 1.5)
            layer.weight.data.uniform_(0.7, 1.3)
            layer.bias.data.normal_(0, 0.2)
    return net.eval()


def save(name, net, inputs, outputs, batch_is_free=False, exact=True, fold=True):
    """Exports at opset 17 (unfolded: with shape arithmetic left in the graph), then runs the same network in PyTorch."""
    settle(net)
    values = {key: value.float() for key, value in inputs.items()}
    axes = {key: {0: "batch"} for key in [*inputs, *outputs]} if batch_is_free else None
    torch.onnx.export(
        net, tuple(values.values()), str(FOLDER / f"{name}.onnx"), opset_version=17, input_names=list(inputs),
        output_names=outputs, dynamic_axes=axes, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=fold,
    )  # fmt: skip
    precision = torch.float64 if exact else torch.float32
    net.to(precision)
    asked = {key: value.to(precision).requires_grad_(True) for key, value in values.items()}
    results = net(*asked.values())
    results = dict(zip(outputs, [results] if torch.is_tensor(results) else results))
    gradients = torch.autograd.grad(sum(value.sum() for value in results.values()), list(asked.values()))
    body = {"inputs": arrays(inputs), "outputs": arrays(results), "gradients": arrays(dict(zip(inputs, gradients)))}
    write(FOLDER / f"{name}.json", NOTE.format(precision=str(precision).replace("torch.", "")), body)


if __name__ == "__main__":
    torch.manual_seed(4)
    warnings.filterwarnings("ignore")
    FOLDER.mkdir(parents=True, exist_ok=True)
    save("torch-classifier", Classifier(), {"image": draw(2, 3, 12, 12)}, ["logProbabilities"], batch_is_free=True)
    save("torch-encoder", Encoder(), {"tokens": draw(2, 7, 6)}, ["states", "scores"])
    save("torch-upscaler", Upscaler(), {"low": draw(1, 2, 6, 8)}, ["high", "masked"], fold=False)
    save("torch-fake-quantised", FakeQuantised(), {"image": draw(2, 3, 8, 8)}, ["logits"], exact=False)
