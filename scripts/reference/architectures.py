"""The ready networks as PyTorch modules, written from their papers: the other side of parity tests and benches.

The layers keep PyTorch's own initialisation; where numbers must agree, the state is filled by a formula afterwards.
"""

import torch
import torch.nn.functional as F
from torch import nn


def conv_norm(inputs, outputs, size, stride=1, groups=1, activation=None):
    """Convolution without bias, padded to keep the size at stride 1, batch norm, optional activation."""
    conv = nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), *([activation] if activation else []))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al. 2016). Where the shape changes the shortcut is parameter-free
    (option A: every second pixel, zero channels appended in equal parts before and after) or a 1x1 convolution (option B)."""

    def __init__(self, inputs, outputs, stride, projection):
        super().__init__()
        self.first = conv_norm(inputs, outputs, 3, stride, activation=nn.ReLU())
        self.second = conv_norm(outputs, outputs, 3)
        self.stride, self.added = stride, outputs - inputs
        changes = stride != 1 or inputs != outputs
        self.shortcut = conv_norm(inputs, outputs, 1, stride) if projection and changes else None

    def forward(self, x):
        if self.shortcut is not None:
            kept = self.shortcut(x)
        elif self.added or self.stride != 1:
            kept = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.added // 2, self.added // 2))
        else:
            kept = x
        return F.relu(self.second(self.first(x)) + kept)


class ResNet(nn.Module):
    """Stem 3x3, stages of basic blocks (the first block of every later stage has stride 2), global average, linear."""

    def __init__(self, widths, blocks, projection, classes=10):
        super().__init__()
        self.stem = conv_norm(3, widths[0], 3, activation=nn.ReLU())
        layers, inputs = [], widths[0]
        for stage, width in enumerate(widths):
            for index in range(blocks):
                layers.append(BasicBlock(inputs, width, 2 if stage and not index else 1, projection))
                inputs = width
        self.blocks = nn.Sequential(*layers)
        self.head = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


def resnet20(projection=False):
    """ResNet-20 for 32x32 images: widths 16, 32, 64, three blocks each; option A unless `projection`."""
    return ResNet([16, 32, 64], 3, projection)


def resnet18():
    """ResNet-18 in its 32x32 form: 3x3 stem of stride 1, no max pool, widths 64 to 512, two blocks each, option B."""
    return ResNet([64, 128, 256, 512], 2, True)


def rounded(channels):
    """A multiple of 8 nearest to `channels`, at least 8, and not below 90 % of it (the MobileNet authors' rule)."""
    result = max(8, int(channels + 4) // 8 * 8)
    return result + 8 if result < 0.9 * channels else result


class MobileNetV1(nn.Module):
    """Howard et al. 2017. `strides` of the stem and the 13 depthwise layers; widths are rounded(multiplier * width)."""

    def __init__(self, multiplier=1.0, classes=1000, small=False):
        super().__init__()
        widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
        strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
        inputs = rounded(32 * multiplier)
        layers = [conv_norm(3, inputs, 3, 1 if small else 2, activation=nn.ReLU())]
        for width, stride in zip(widths, strides):
            outputs = rounded(width * multiplier)
            layers += [conv_norm(inputs, inputs, 3, stride, inputs, nn.ReLU()), conv_norm(inputs, outputs, 1, activation=nn.ReLU())]
            inputs = outputs
        self.layers, self.head = nn.Sequential(*layers), nn.Linear(inputs, classes)

    def forward(self, x):
        return self.head(self.layers(x).mean((2, 3)))


class InvertedResidual(nn.Module):
    """Sandler et al. 2018: expand 1x1 (absent at expansion 1), depthwise 3x3, project 1x1 without activation."""

    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        expand = [conv_norm(inputs, hidden, 1, activation=nn.ReLU6())] if expansion != 1 else []
        self.layers = nn.Sequential(*expand, conv_norm(hidden, hidden, 3, stride, hidden, nn.ReLU6()), conv_norm(hidden, outputs, 1))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.layers(x) if self.adds else self.layers(x)


class MobileNetV2(nn.Module):
    """Sandler et al. 2018. `small` is the 32x32 form: stride 1 in the stem and in the 24-channel stage. The head has rounded(1280 * max(1, multiplier)) channels."""

    def __init__(self, multiplier=1.0, classes=1000, small=False):
        super().__init__()
        stages = [(1, 16, 1, 1), (6, 24, 2, 1 if small else 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        inputs = rounded(32 * multiplier)
        layers = [conv_norm(3, inputs, 3, 1 if small else 2, activation=nn.ReLU6())]
        for expansion, width, count, stride in stages:
            for index in range(count):
                outputs = rounded(width * multiplier)
                layers.append(InvertedResidual(inputs, outputs, 1 if index else stride, expansion))
                inputs = outputs
        last = rounded(1280 * max(1.0, multiplier))
        self.layers = nn.Sequential(*layers, conv_norm(inputs, last, 1, activation=nn.ReLU6()))
        self.head = nn.Linear(last, classes)

    def forward(self, x):
        return self.head(self.layers(x).mean((2, 3)))


class EncoderBlock(nn.Module):
    """Pre-norm transformer block: x + attention(norm(x)), then x + mlp(norm(x)); exact gelu; layer norm eps 1e-6."""

    def __init__(self, width, heads, ratio):
        super().__init__()
        self.heads = heads
        self.norm1, self.qkv, self.project = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.norm2, self.expand, self.contract = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, ratio * width), nn.Linear(ratio * width, width)

    def attend(self, x):
        batch, tokens, width = x.shape
        size = width // self.heads
        query, key, value = self.qkv(x).view(batch, tokens, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(query @ key.transpose(-2, -1) * size**-0.5, dim=-1)
        return self.project((weights @ value).transpose(1, 2).reshape(batch, tokens, width))

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class VisionTransformer(nn.Module):
    """ViT (Dosovitskiy et al. 2021) on 32x32 images: 4x4 patches, class token first, learned positions, norm, linear."""

    def __init__(self, width=192, depth=4, heads=3, ratio=4, patch=4, size=32, classes=10):
        super().__init__()
        self.embed = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*[EncoderBlock(width, heads, ratio) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, classes)

    def forward(self, x):
        patches = self.embed(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), patches], dim=1) + self.positions
        return self.head(self.norm(self.blocks(tokens))[:, 0])


class Espcn(nn.Module):
    """Shi et al. 2016: 5x5 (64) tanh, 3x3 (32) tanh, 3x3 (factor^2 * channels), pixel shuffle; padded to keep the size."""

    def __init__(self, factor=3, channels=1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 5, padding=2)
        self.conv2 = nn.Conv2d(64, 32, 3, padding=1)
        self.conv3 = nn.Conv2d(32, channels * factor**2, 3, padding=1)
        self.factor = factor

    def forward(self, x):
        return F.pixel_shuffle(self.conv3(torch.tanh(self.conv2(torch.tanh(self.conv1(x))))), self.factor)


def mlp(sizes):
    """Linear layers of the given sizes with relu between."""
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])
