import { describe } from "vitest";
import { filled } from "../../../../test/kit/onnx-models.ts";
import { type NodeCase, testNodes } from "../../../../test/kit/onnx-nodes.ts";
import { type NdArray, ndarray } from "../../ndarray.ts";

const [a, b] = [filled([2, 3]), filled([4, 2, 1], 2)];
const unit = ndarray([-0.9, -0.3, 0.2, 0.7]);
const positive = ndarray([0.2, 1, 2.5, 7]);
const integers = ndarray([7, -7, 7, -7], "int64");
const divisors = ndarray([3, 3, -3, -3], "int64");

const unaries = (ops: readonly string[], x: NdArray = a, gradient = true): NodeCase[] =>
  ops.map((op) => ({ op, inputs: [x], gradient }));

describe("imported arithmetic", () => {
  testNodes([
    ...["Add", "Sub", "Mul", "Div", "Max", "Min"].map((op) => ({ op, inputs: [a, b] })),
    { op: "Sum", inputs: [a, b, filled([3], 3)] },
    { op: "Mean", inputs: [a, b, filled([3], 3)] },
    { op: "Max", note: "three operands", inputs: [a, b, filled([3], 3)] },
    { op: "Pow", inputs: [positive, unit] },
    { op: "Pow", note: "a whole exponent", inputs: [unit, ndarray(3, "int64")], stored: [1] },
    {
      op: "Pow",
      note: "whole numbers",
      inputs: [ndarray([2, 3], "int32"), ndarray([5, 2], "int32")],
      outputs: ["int32"],
    },
    { op: "Div", note: "whole numbers", inputs: [integers, divisors], outputs: ["int64"] },
    { op: "Mod", note: "the divisor's sign", inputs: [integers, divisors], outputs: ["int64"] },
    { op: "Mod", note: "the dividend's sign", inputs: [a, ndarray(0.3)], attributes: { fmod: 1 } },
    {
      op: "Mod",
      note: "whole numbers, the dividend's sign",
      inputs: [integers, divisors],
      attributes: { fmod: 1 },
      outputs: ["int64"],
    },
    ...unaries([
      "Neg",
      "Abs",
      "Sign",
      "Floor",
      "Ceil",
      "Round",
      "Exp",
      "Erf",
      "Sin",
      "Cos",
      "Tan",
      "Atan",
      "Sinh",
      "Cosh",
      "Asinh",
    ]),
    ...unaries(["Sqrt", "Log", "Reciprocal"], positive),
    ...unaries(["Asin", "Acos", "Atanh"], unit),
    ...unaries(["Acosh"], ndarray([1.2, 2, 30])),
    { op: "Neg", note: "whole numbers", inputs: [integers], outputs: ["int64"] },
    { op: "Abs", note: "whole numbers", inputs: [integers], outputs: ["int64"] },
  ]);
});
