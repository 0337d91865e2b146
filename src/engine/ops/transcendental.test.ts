import { describe, expect, it } from "vitest";
import { examples, shapes, values } from "../../../test/kit/arbitrary.ts";
import { type Case, checkCases } from "../../../test/kit/check-cases.ts";
import {
  acos,
  atan,
  compile,
  cos,
  erf,
  evaluate,
  exp,
  gelu,
  log,
  logSigmoid,
  ndarray,
  reciprocal,
  sigmoid,
  silu,
  sin,
  softplus,
  sqrt,
  type Tensor,
  tan,
  tanh,
  tensor,
} from "../index.ts";
import { formatShape } from "../shape.ts";

/** Each function with a range on which it and its derivatives are moderate. */
const functions: Record<string, readonly [(x: Tensor) => Tensor, number, number]> = {
  exp: [exp, -3, 2],
  log: [log, 0.4, 3],
  sqrt: [sqrt, 0.4, 3],
  reciprocal: [reciprocal, -2, -0.5],
  sin: [sin, -4, 4],
  cos: [cos, -4, 4],
  tan: [tan, -1, 1],
  atan: [atan, -3, 3],
  acos: [acos, -0.8, 0.8],
  tanh: [tanh, -3, 3],
  sigmoid: [sigmoid, -5, 5],
  softplus: [softplus, -5, 5],
  erf: [erf, -3, 3],
  gelu: [gelu, -4, 4],
  silu: [silu, -4, 4],
  logSigmoid: [logSigmoid, -5, 5],
};

const at = (f: (x: Tensor) => Tensor, x: number) => evaluate([f(tensor(x, "float64"))])[0].data[0];

describe("transcendental functions", () => {
  it("agree on all executors and with differences", async () => {
    const cases = Object.entries(functions).flatMap(([name, [f, low, high]], k) =>
      [[7], ...examples(shapes(), 3, k)].map(
        (shape, i): Case => ({
          name: `${name} ${formatShape(shape)}`,
          f,
          inputs: [values(shape, { seed: i, low, high })],
        }),
      ),
    );
    await checkCases(cases);
  });

  it("work in float64 where ONNX Runtime has a kernel", async () => {
    const cases = Object.entries({ exp, log, sqrt, reciprocal, sin, cos, tanh, sigmoid, silu }).map(
      ([name, f]): Case => ({
        name,
        f,
        inputs: [values([5], { low: 0.5, high: 1.5 }).astype("float64")],
        tolerance: 1e-13,
      }),
    );
    await checkCases(cases);
  });

  it("have the values of tables", () => {
    expect(at(erf, 0.5)).toBeCloseTo(0.5204998778130465, 14);
    expect(at(erf, 2)).toBeCloseTo(0.9953222650189527, 14);
    expect(at(erf, -3.5)).toBeCloseTo(-0.9999992569016276, 14);
    expect(at(gelu, 1)).toBeCloseTo(0.8413447460685429, 14);
    expect(at(softplus, 0)).toBeCloseTo(Math.LN2, 15);
  });

  it("do not overflow where the plain formula would", async () => {
    const extremes = ndarray([-200, -90, 90, 200]);
    await checkCases([
      { name: "softplus", f: softplus, inputs: [extremes] },
      { name: "logSigmoid", f: logSigmoid, inputs: [extremes] },
      { name: "sigmoid", f: sigmoid, inputs: [extremes] },
      { name: "tanh", f: tanh, inputs: [extremes] },
      { name: "silu", f: silu, inputs: [extremes] },
    ]);
  });

  it("name the operation that has no float64 kernel", async () => {
    const compiled = compile((x: Tensor) => atan(x));
    await expect(compiled(ndarray([1], "float64"))).rejects.toMatchObject({
      code: "unsupported",
      message: "atan: the cpu provider has no kernel for Atan(7) with these dtypes",
    });
  });
});
