import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { type NodeCase, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { NdArray, ndarray } from "../../ndarray.ts";

const x = new NdArray(
  Float32Array.from(filled([2, 3, 4]).data, (v) => 4 * Number(v)),
  [2, 3, 4],
);
const plain = [
  "Relu",
  "LeakyRelu",
  "Elu",
  "Celu",
  "Selu",
  "Sigmoid",
  "HardSigmoid",
  "HardSwish",
  "Tanh",
  "Gelu",
  "Softplus",
  "Softsign",
  "Mish",
  "ThresholdedRelu",
  "Shrink",
];
const alpha = { alpha: { float: 0.3 } };

describe("imported activations", () => {
  testNodes([
    ...plain.map((op): NodeCase => ({ op, inputs: [x] })),
    ...["LeakyRelu", "Elu", "Celu", "ThresholdedRelu"].map(
      (op): NodeCase => ({ op, note: "alpha 0.3", inputs: [x], attributes: alpha }),
    ),
    { op: "Selu", note: "its own numbers", inputs: [x], attributes: { ...alpha, gamma: { float: 2 } } },
    { op: "HardSigmoid", note: "its own numbers", inputs: [x], attributes: { ...alpha, beta: { float: 0.1 } } },
    { op: "Shrink", note: "with a bias", inputs: [x], attributes: { lambd: { float: 1 }, bias: { float: 0.5 } } },
    { op: "Swish", inputs: [x], attributes: alpha, opset: 24 },
    { op: "Gelu", note: "by a hyperbolic tangent", inputs: [x], attributes: { approximate: "tanh" } },
    { op: "PRelu", inputs: [x, filled([3, 1], 3)] },
    { op: "Clip", inputs: [x, ndarray(-0.5), ndarray(1)], stored: [1, 2] },
    { op: "Clip", note: "from above", inputs: [x, undefined, ndarray(1)], stored: [2] },
    { op: "Clip", note: "with limits from outside", inputs: [x, ndarray(-0.5), ndarray(1)] },
    { op: "Clip", note: "with limits exchanged", inputs: [x, ndarray(1), ndarray(-1)], stored: [1, 2] },
    {
      op: "Clip",
      note: "its old form",
      inputs: [x],
      attributes: { min: { float: -1 }, max: { float: 0.5 } },
      opset: 6 + 1,
    },
    { op: "Softmax", inputs: [x] },
    { op: "Softmax", note: "axis 1", inputs: [x], attributes: { axis: 1 } },
    { op: "Softmax", note: "before version 13", inputs: [x], opset: 11 },
    { op: "LogSoftmax", note: "axis 0", inputs: [x], attributes: { axis: 0 } },
    { op: "LogSoftmax", note: "axis 2 before version 13", inputs: [x], attributes: { axis: 2 }, opset: 12 },
    { op: "Hardmax", note: "axis 1", inputs: [x], attributes: { axis: 1 } },
  ]);
});
