"""Stored numbers of layers, pools, resizes and activations: outputs and gradients. Writes layers.json."""

import torch
import torch.nn.functional as F
from torch import nn

from recording import LAYERS_FOLDER, array, arrays, case, draw, redraw_parameters, write

NOTE = (
    "Each case: outputs of one layer in float64, and gradients of sum over outputs of sum(output * outputWeights[output]) "
    "with respect to inputs and parameters. Layouts are PyTorch's: Linear weight [out, in]; convolution [out, in / groups, "
    "kh, kw]; transposed convolution [in, out / groups, kh, kw]; GRU gates in the order r, z, n and LSTM gates i, f, g, o, "
    "stacked by rows. Boolean masks are true where attention is forbidden."
)


def module_case(name, module, inputs, settings=None):
    module = redraw_parameters(module)
    return case(name, lambda **values: module(*values.values()), inputs, module.named_parameters(), settings)


def dense_and_convolution():
    conv = [
        ("3x3", dict(in_channels=2, out_channels=3, kernel_size=3)),
        ("stride 2, padding 1", dict(in_channels=2, out_channels=4, kernel_size=3, stride=2, padding=1)),
        ("dilation 2, padding 2", dict(in_channels=2, out_channels=3, kernel_size=3, dilation=2, padding=2)),
        ("groups 2", dict(in_channels=4, out_channels=6, kernel_size=3, padding=1, groups=2)),
        ("depthwise stride 2", dict(in_channels=4, out_channels=4, kernel_size=3, stride=2, padding=1, groups=4)),
        ("1x1 without bias", dict(in_channels=3, out_channels=5, kernel_size=1, bias=False)),
        ("rectangular", dict(in_channels=2, out_channels=2, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0))),
    ]
    transposed = [
        ("stride 2", dict(in_channels=3, out_channels=2, kernel_size=3, stride=2, padding=1)),
        ("stride 2, output padding", dict(in_channels=3, out_channels=2, kernel_size=3, stride=2, padding=1, output_padding=1)),
        ("groups 2", dict(in_channels=4, out_channels=6, kernel_size=2, stride=2, groups=2)),
        ("dilation 2 without bias", dict(in_channels=2, out_channels=2, kernel_size=3, dilation=2, bias=False)),
    ]
    cases = [
        module_case("linear", nn.Linear(4, 3), {"input": draw(5, 4)}),
        module_case("linear without bias, three axes", nn.Linear(4, 3, bias=False), {"input": draw(2, 3, 4)}),
    ]
    for name, settings in conv:
        cases.append(module_case(f"conv2d {name}", nn.Conv2d(**settings), {"input": draw(2, settings["in_channels"], 7, 6)}, settings))
    for name, settings in transposed:
        layer = nn.ConvTranspose2d(**settings)
        cases.append(module_case(f"convTranspose2d {name}", layer, {"input": draw(2, settings["in_channels"], 4, 3)}, settings))
    return cases


def batch_norm(name, training):
    module = redraw_parameters(nn.BatchNorm2d(3, eps=1e-5, momentum=0.1))
    before = {"running_mean": draw(3, scale=0.5), "running_var": draw(3).abs() + 0.5}
    module.running_mean.copy_(before["running_mean"])
    module.running_var.copy_(before["running_var"])
    module.train(training)
    record = case(name, module, {"input": draw(4, 3, 3, 2)}, module.named_parameters(), {"eps": 1e-5, "momentum": 0.1})
    after = {"running_mean": module.running_mean, "running_var": module.running_var}
    return {**record, "statesBefore": arrays(before), "statesAfter": arrays(after)}


def norms_and_embedding():
    indices = torch.tensor([[1, 4, 4], [0, 2, 1]])
    return [
        batch_norm("batchNorm2d train", True),
        batch_norm("batchNorm2d eval", False),
        module_case("layerNorm", nn.LayerNorm(5), {"input": draw(2, 3, 5)}, {"eps": 1e-5}),
        module_case("layerNorm over two axes", nn.LayerNorm([3, 4]), {"input": draw(2, 3, 4)}, {"eps": 1e-5}),
        module_case("groupNorm", nn.GroupNorm(2, 6), {"input": draw(2, 6, 3, 2)}, {"groups": 2, "eps": 1e-5}),
        module_case("embedding", nn.Embedding(6, 4), {"indices": indices}),
    ]


def attention(name, masks):
    module = redraw_parameters(nn.MultiheadAttention(8, 2, batch_first=True))
    tokens = {"query": draw(2, 5, 8), "key": draw(2, 5, 8), "value": draw(2, 5, 8)}
    forward = lambda query, key, value: dict(zip(("output", "attention"), module(query, key, value, **masks)))
    record = case(name, forward, tokens, module.named_parameters(), {"heads": 2, "attentionAveragedOverHeads": True})
    return {**record, "masks": {key: array(mask) for key, mask in masks.items()}}


def attentions():
    causal = torch.triu(torch.ones(5, 5, dtype=torch.bool), diagonal=1)
    padding = torch.tensor([[False] * 5, [False, False, False, True, True]])
    return [
        attention("multiheadAttention", {}),
        attention("multiheadAttention causal", {"attn_mask": causal}),
        attention("multiheadAttention key padding", {"key_padding_mask": padding}),
        attention("multiheadAttention causal and key padding", {"attn_mask": causal, "key_padding_mask": padding}),
    ]


def recurrent():
    gru, lstm = redraw_parameters(nn.GRU(3, 4, batch_first=True)), redraw_parameters(nn.LSTM(3, 4, batch_first=True))
    run_gru = lambda input, h0: dict(zip(("output", "hN"), gru(input, h0)))

    def run_lstm(input, h0, c0):
        output, (h, c) = lstm(input, (h0, c0))
        return {"output": output, "hN": h, "cN": c}

    return [
        case("gru", run_gru, {"input": draw(2, 5, 3), "h0": draw(1, 2, 4)}, gru.named_parameters()),
        case("lstm", run_lstm, {"input": draw(2, 5, 3), "h0": draw(1, 2, 4), "c0": draw(1, 2, 4)}, lstm.named_parameters()),
    ]


def pools_and_resizes():
    def resize(name, settings, size=(3, 4)):
        return case(name, lambda input: F.interpolate(input, **settings), {"input": draw(2, 2, *size)}, settings=settings)

    def pool(name, function, settings):
        return case(name, lambda input: function(input, **settings), {"input": draw(2, 2, 7, 6)}, settings=settings)

    padded = dict(kernel_size=3, stride=2, padding=1)
    return [
        pool("maxPool2d", F.max_pool2d, dict(kernel_size=2, stride=2)),
        pool("maxPool2d padded", F.max_pool2d, padded),
        pool("maxPool2d stride 1", F.max_pool2d, dict(kernel_size=3, stride=1, padding=1)),
        pool("avgPool2d", F.avg_pool2d, dict(kernel_size=2, stride=2)),
        pool("avgPool2d padded, padding counted", F.avg_pool2d, {**padded, "count_include_pad": True}),
        pool("avgPool2d padded, padding not counted", F.avg_pool2d, {**padded, "count_include_pad": False}),
        pool("globalAveragePool", F.adaptive_avg_pool2d, dict(output_size=1)),
        case("pixelShuffle", lambda input: F.pixel_shuffle(input, 2), {"input": draw(2, 8, 2, 3)}, settings={"factor": 2}),
        resize("upsample nearest", dict(scale_factor=2, mode="nearest")),
        resize("upsample bilinear", dict(scale_factor=2, mode="bilinear", align_corners=False)),
        resize("upsample bilinear, corners aligned", dict(scale_factor=2, mode="bilinear", align_corners=True)),
        resize("resize bilinear to 5x7", dict(size=(5, 7), mode="bilinear", align_corners=False)),
        resize("resize bilinear down to 3x2", dict(size=(3, 2), mode="bilinear", align_corners=False), (6, 5)),
    ]


def activations():
    functions = {
        "gelu": F.gelu,
        "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
        "silu": F.silu,
        "softplus": F.softplus,
        "hardswish": F.hardswish,
        "hardsigmoid": F.hardsigmoid,
        "relu6": F.relu6,
        "elu": F.elu,
        "leakyRelu": lambda x: F.leaky_relu(x, 0.01),
        "softmax": lambda x: F.softmax(x, dim=-1),
        "logSoftmax": lambda x: F.log_softmax(x, dim=-1),
    }
    # softplus is the exact log(1 + exp x): PyTorch turns linear only above 20, where the two differ by 2e-9
    points = torch.cat([draw(3, 6, scale=3.0), torch.tensor([[-25.0, -7.5, -3.5, 3.5, 7.5, 25.0]]).double()])
    return [case(name, lambda input, f=f: f(input), {"input": points.clone()}) for name, f in functions.items()]


if __name__ == "__main__":
    torch.manual_seed(1)
    families = [dense_and_convolution, norms_and_embedding, attentions, recurrent, pools_and_resizes, activations]
    write(LAYERS_FOLDER / "layers.json", NOTE, {"cases": [record for family in families for record in family()]})
