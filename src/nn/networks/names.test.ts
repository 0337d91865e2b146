import { describe, expect, it } from "vitest";
import { compile, key, type Tensor, zerosArray } from "../../engine/index.ts";
import type { Layer } from "../layer.ts";
import { stateDict } from "../state-dict.ts";
import { espcn } from "./espcn.ts";
import { mlp } from "./mlp.ts";
import { mobilenetV1 } from "./mobilenet-v1.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { resnet18 } from "./resnet.ts";
import { vitTiny } from "./vit.ts";

const namesOf = (network: Layer<unknown, unknown>) =>
  new Set(Object.keys(stateDict(network.initialize(key(0)) as never)));

describe("tensors have the names of the files that hold trained ones", () => {
  it.each<[string, Layer<unknown, unknown>, readonly string[]]>([
    [
      "torchvision's ResNet-18",
      resnet18() as never,
      [
        "conv1.weight",
        "bn1.running_var",
        "layer1.1.bn2.bias",
        "layer2.0.downsample.0.weight",
        "layer4.0.downsample.1.running_mean",
        "fc.bias",
      ],
    ],
    [
      "torchvision's MobileNetV2",
      mobilenetV2() as never,
      [
        "features.0.1.running_mean",
        "features.1.conv.0.0.weight",
        "features.1.conv.1.weight",
        "features.1.conv.2.weight",
        "features.17.conv.2.weight",
        "features.17.conv.3.running_var",
        "features.18.0.weight",
        "classifier.1.bias",
      ],
    ],
    [
      "timm's ViT",
      vitTiny({ depth: 2 }) as never,
      [
        "cls_token",
        "pos_embed",
        "patch_embed.proj.weight",
        "blocks.1.attn.qkv.bias",
        "blocks.1.attn.proj.weight",
        "blocks.0.mlp.fc2.weight",
        "blocks.0.norm1.weight",
        "norm.bias",
        "head.weight",
      ],
    ],
    ["PyTorch's Sequential", mlp({ sizes: [2, 3, 4] }) as never, ["0.weight", "2.bias"]],
  ])("%s", (_, network, expected) => {
    const names = namesOf(network);
    expect(expected.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe("networks take other sizes", () => {
  it.each<[string, Layer<unknown, unknown>, readonly number[], readonly number[]]>([
    ["mlp on images", mlp({ sizes: [48, 8, 5], dropout: 0.5 }) as never, [2, 3, 4, 4], [2, 5]],
    ["resnet18 on 16×16 of one channel", resnet18({ channels: 1, classes: 7 }) as never, [2, 1, 16, 16], [2, 7]],
    [
      "mobilenetV1 at a quarter width",
      mobilenetV1({ width: 0.25, classes: 5, small: true }) as never,
      [2, 3, 32, 32],
      [2, 5],
    ],
    [
      "mobilenetV2 with dropout",
      mobilenetV2({ width: 0.35, classes: 5, dropout: 0.2 }) as never,
      [2, 3, 64, 64],
      [2, 5],
    ],
    [
      "vitTiny of another shape",
      vitTiny({
        width: 16,
        depth: 1,
        heads: 2,
        patch: 2,
        imageSize: 8,
        channels: 1,
        classes: 4,
        dropout: 0.1,
      }) as never,
      [2, 1, 8, 8],
      [2, 4],
    ],
    ["espcn of factor 2", espcn({ factor: 2 }) as never, [1, 1, 5, 4], [1, 1, 10, 8]],
  ])("%s", async (_, network, from, to) => {
    const { params, state } = network.initialize(key(0));
    const run = compile(
      (p: unknown, s: unknown, x: Tensor) => network.apply(p, s, x, { training: true, key: key(1) }).output,
    );
    const output = await run(params as never, state as never, zerosArray([...from]));
    await run.release();
    expect(output.shape).toEqual(to);
    expect([...output.data].every((value) => Number.isFinite(Number(value)))).toBe(true);
  });
});
