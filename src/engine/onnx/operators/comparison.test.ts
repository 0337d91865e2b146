import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { ndarray } from "../../ndarray.ts";

const [a, b] = [filled([2, 3]), filled([4, 1, 3], 2)];
const flags = ndarray([[true, false, true]]);
const special = ndarray([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);

describe("imported comparisons and conversions", () => {
  testNodes([
    ...["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal"].map((op) => ({
      op,
      inputs: [a, b],
      outputs: ["bool" as const],
    })),
    ...["And", "Or", "Xor"].map((op) => ({
      op,
      inputs: [flags, ndarray([[true], [false]])],
      outputs: ["bool" as const],
    })),
    { op: "Not", inputs: [flags], outputs: ["bool"] },
    { op: "IsNaN", inputs: [special], outputs: ["bool"] },
    { op: "IsInf", inputs: [special], outputs: ["bool"] },
    { op: "IsInf", note: "negative only", inputs: [special], attributes: { detect_positive: 0 }, outputs: ["bool"] },
    {
      op: "IsInf",
      note: "neither",
      inputs: [special],
      attributes: { detect_positive: 0, detect_negative: 0 },
      outputs: ["bool"],
    },
    { op: "Where", inputs: [flags, a, b] },
    {
      op: "Cast",
      note: "to whole numbers",
      inputs: [filled([5]).reshape([5])],
      attributes: { to: 7 },
      outputs: ["int64"],
    },
    { op: "Cast", note: "to bool", inputs: [ndarray([0, 0.5, -2])], attributes: { to: 9 }, outputs: ["bool"] },
    { op: "Cast", note: "of bool", inputs: [flags], attributes: { to: 1 } },
    { op: "CastLike", inputs: [a, ndarray([1], "int32")], outputs: ["int32"], gradient: false },
    { op: "Identity", inputs: [a] },
    { op: "Dropout", inputs: [a, ndarray(0.5)], stored: [1], outputs: ["float32", "bool"] },
    { op: "Dropout", note: "its old form", inputs: [a], attributes: { ratio: { float: 0.5 } }, opset: 10 },
  ]);
});
