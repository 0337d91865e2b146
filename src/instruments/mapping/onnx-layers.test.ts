import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeModel } from "../../engine/onnx/encode.ts";
import { eyeriss } from "./designs.ts";
import { mapNetwork } from "./network.ts";
import { layersOfModel } from "./onnx-layers.ts";
import { countComputes } from "./problem.ts";

const reference = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../engine/onnx/reference/${name}.onnx`, import.meta.url)));
const float = (name: string, dims: readonly number[]) => ({
  name,
  dims,
  dataType: 1,
  data: new Uint8Array(4 * dims.reduce((n, d) => n * d, 1)),
});
const node = (
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Record<string, number[] | number> = {},
) => ({
  ...{ opType, domain: "", name: output, inputs, outputs: [output] },
  attributes: Object.fromEntries(
    Object.entries(attributes).map(([k, v]) => [
      k,
      typeof v === "number" ? ({ kind: "int", value: v } as const) : ({ kind: "ints", value: v } as const),
    ]),
  ),
});

/** Two equal convolutions, a strided depthwise one with dilation, a product, and attention's product of two activations. */
const model = encodeModel({
  irVersion: 10,
  opsets: [{ domain: "", version: 21 }],
  graph: {
    name: "small",
    inputs: [{ name: "x", type: { kind: "tensor", dataType: 1, shape: ["batch", 8, 16, 12] } }],
    outputs: [{ name: "y", type: { kind: "tensor", dataType: 1 } }],
    initializers: [
      float("stem.weight", [8, 8, 3, 3]),
      float("again.weight", [8, 8, 3, 3]),
      float("dw.weight", [8, 1, 3, 3]),
      float("head.weight", [4, 5]),
    ],
    nodes: [
      node("Conv", ["x", "stem.weight"], "a", { pads: [1, 1, 1, 1] }),
      node("Conv", ["a", "again.weight"], "b", { pads: [1, 1, 1, 1] }),
      node("Conv", ["b", "dw.weight"], "c", { strides: [2, 3], dilations: [2, 1], group: 8, pads: [2, 1, 2, 1] }),
      node("MatMul", ["c", "head.weight"], "d"),
      node("Transpose", ["d"], "e", { perm: [0, 1, 3, 2] }),
      node("MatMul", ["d", "e"], "y"),
    ],
  },
});

describe("layersOfModel", () => {
  test("finds convolutions, depthwise ones and matrix products with their shapes, equal layers merged", () => {
    const { layers } = layersOfModel(model, { sizes: { batch: 2 } });
    expect(layers.map((l) => [l.problem.name, l.count, l.problem.bounds])).toEqual([
      ["stem", 2, { C: 8, M: 8, R: 3, S: 3, N: 2, P: 16, Q: 12 }],
      ["dw", 1, { G: 8, C: 1, M: 1, R: 3, S: 3, N: 2, P: 8, Q: 4 }],
      ["head", 1, { C: 4, M: 5, R: 1, S: 1, N: 1, P: 2 * 8 * 8, Q: 1 }],
      ["layer 5", 1, { G: 16, C: 5, M: 8, R: 1, S: 1, N: 1, P: 8, Q: 1 }],
    ]);
    const inputs = layers[1].problem.dataSpaces[1].ranks;
    expect(inputs.slice(-2)).toEqual([
      [
        ["R", 2],
        ["P", 2],
      ],
      [
        ["S", 1],
        ["Q", 3],
      ],
    ]);
  });

  test("depthwise layers are dense when compatibility is asked for", () => {
    const { layers } = layersOfModel(model, { paperCompatible: true });
    expect(layers[1].problem.bounds).toMatchObject({ C: 8, M: 8 });
  });

  test("a classifier exported by PyTorch is mapped whole", async () => {
    const { layers, notes } = layersOfModel(reference("torch-classifier"));
    expect(notes).toEqual(["batch taken as 1, a size that the model leaves open"]);
    expect(layersOfModel(reference("torch-classifier"), { sizes: { batch: 2 } }).notes).toEqual([]);
    const { architecture, constraintsFor } = eyeriss(16);
    const result = await mapNetwork(layers, { architecture, constraintsFor });
    expect(result.totals.computes).toBe(layers.reduce((n, l) => n + l.count * countComputes(l.problem), 0));
  });

  test("a transformer exported by PyTorch has attention's products as batched ones", () => {
    const { layers } = layersOfModel(reference("torch-encoder"));
    expect(layers.some((l) => l.problem.dimensions.includes("G"))).toBe(true);
  });
});
