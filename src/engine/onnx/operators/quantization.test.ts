import { describe, expect, test } from "vitest";
import { closeTo, filled } from "../../../../test/kit/onnx-models.ts";
import { nodeModel, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { compile } from "../../compile/compile.ts";
import { gradients } from "../../gradients.ts";
import { NdArray, ndarray } from "../../ndarray.ts";
import { sum } from "../../ops/index.ts";
import type { Tensor } from "../../tensor.ts";
import { importModel } from "../import.ts";

const x = filled([2, 3, 4]);
// Signed bytes have seven bits: ONNX Runtime saturates sums of products on processors without dot products of bytes.
const bytes = (shape: number[], dtype: "uint8" | "int8", seed = 1) =>
  new NdArray(
    Float32Array.from(filled(shape, seed).data, (v) =>
      dtype === "uint8" ? Math.round(100 * v) + 110 : Math.round(60 * v),
    ),
    shape,
  ).astype(dtype);
const image = bytes([1, 2, 5, 5], "uint8");
const gradient = false;
const stored = [1, 2];

describe("imported quantisation", () => {
  testNodes([
    { op: "QuantizeLinear", inputs: [x, ndarray(0.01), ndarray(100, "uint8")], stored, outputs: ["uint8"], gradient },
    {
      op: "QuantizeLinear",
      note: "without a zero point",
      inputs: [x, ndarray(0.005)],
      stored,
      outputs: ["uint8"],
      gradient,
    },
    {
      op: "QuantizeLinear",
      note: "along an axis",
      inputs: [x, ndarray([0.002, 0.01, 0.1]), ndarray([0, 5, -5], "int8")],
      stored,
      outputs: ["int8"],
      gradient,
    },
    {
      op: "QuantizeLinear",
      note: "in blocks",
      inputs: [
        filled([2, 4]),
        ndarray([
          [0.1, 0.01],
          [0.02, 0.05],
        ]),
        ndarray(
          [
            [0, 1],
            [2, 3],
          ],
          "int8",
        ),
      ],
      stored,
      attributes: { block_size: 2, axis: 1 },
      outputs: ["int8"],
      gradient,
    },
    { op: "DequantizeLinear", inputs: [bytes([2, 3], "int8"), ndarray(0.02), ndarray(7, "int8")], stored },
    {
      op: "DequantizeLinear",
      note: "stored values along an axis",
      inputs: [bytes([3, 2], "uint8"), ndarray([0.1, 0.2, 0.3]), ndarray([1, 2, 3], "uint8")],
      stored: [0, 1, 2],
      attributes: { axis: 0 },
    },
    {
      op: "DequantizeLinear",
      note: "whole numbers of 32 bits",
      inputs: [ndarray([100000, -5], "int32"), ndarray(0.5)],
      stored,
    },
    { op: "DynamicQuantizeLinear", inputs: [x], outputs: ["uint8", "float32", "uint8"], gradient },
    {
      op: "MatMulInteger",
      inputs: [bytes([2, 3], "uint8"), bytes([3, 4], "int8", 2), ndarray(110, "uint8"), ndarray(3, "int8")],
      stored: [2, 3],
      outputs: ["int32"],
    },
    {
      op: "ConvInteger",
      inputs: [image, bytes([3, 2, 2, 2], "uint8", 2), ndarray(110, "uint8"), ndarray(9, "uint8")],
      stored: [2, 3],
      attributes: { pads: [1, 1, 0, 0] },
      outputs: ["int32"],
    },
    {
      op: "QLinearConv",
      inputs: [
        image,
        ndarray(0.01),
        ndarray(110, "uint8"),
        bytes([3, 2, 3, 3], "int8", 2),
        ndarray([0.01, 0.02, 0.005]),
        ndarray([0, 0, 0], "int8"),
        ndarray(0.05),
        ndarray(120, "uint8"),
        ndarray([50, -50, 0], "int32"),
      ],
      stored: [1, 2, 3, 4, 5, 6, 7, 8],
      outputs: ["uint8"],
    },
    {
      op: "QLinearMatMul",
      inputs: [
        bytes([2, 3], "uint8"),
        ndarray(0.01),
        ndarray(110, "uint8"),
        bytes([3, 4], "uint8", 2),
        ndarray(0.01),
        ndarray(100, "uint8"),
        ndarray(0.02),
        ndarray(128, "uint8"),
      ],
      stored: [1, 2, 4, 5, 6, 7],
      outputs: ["uint8"],
    },
  ]);

  test("passes the derivative straight through rounding, and none beyond the limits", async () => {
    const net = importModel(
      nodeModel({
        op: "QuantizeLinear",
        inputs: [ndarray([0, 0, 0]), ndarray(0.1), ndarray(0, "int8")],
        stored,
        outputs: ["int8"],
      }),
    );
    const quantised = (v: Tensor) => {
      const inner = net.apply({ i0: v }).o0.node.inputs[0];
      return gradients(sum(inner), v);
    };
    closeTo(await compile(quantised)(ndarray([0.33, -0.6, 50])), ndarray([10, 10, 0]));
  });

  test("offers scales as parameters, but not what is stored as whole numbers", () => {
    const weights = bytes([3, 2], "int8");
    const net = importModel(nodeModel({ op: "DequantizeLinear", inputs: [weights, ndarray(0.1)], stored: [0, 1] }));
    expect(Object.keys(net.parameters)).toEqual(["i1"]);
  });
});
