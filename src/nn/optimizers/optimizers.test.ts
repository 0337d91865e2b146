import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type Computed,
  compile,
  type DType,
  gradients,
  matmul,
  mean,
  multiply,
  type NdArray,
  ndarray,
  slice,
  softplus,
  square,
  subtract,
  sum,
  type Tensor,
  tensor,
} from "../../engine/index.ts";
import { adam, adamW } from "./adam.ts";
import { lbfgs } from "./lbfgs.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

interface Stored {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly name: string;
  readonly function: "rosenbrock" | "logistic";
  readonly settings: Readonly<Record<string, number | boolean | null | string | readonly number[]>>;
  readonly start: Readonly<Record<string, Stored>>;
  readonly losses: readonly number[];
  readonly after: Readonly<Record<string, Stored>>;
}

const reference = JSON.parse(readFileSync(new URL("../reference/optimisers.json", import.meta.url), "utf8"));
const cases = reference.optimisers as readonly Case[];
type Parameters = Readonly<Record<string, Tensor>>;

const arrayOf = ({ data, shape }: Stored, dtype: DType) => ndarray([...data], dtype).reshape(shape);

function rosenbrock({ x }: Parameters): Tensor {
  const [head, tail] = [slice(x, { 0: [0, 3] }), slice(x, { 0: [1, 4] })];
  const valley = multiply(square(subtract(tail, square(head))), 100);
  return sum(valley.add(square(subtract(1, head))));
}

function logistic({ weight, bias }: Parameters): Tensor {
  const { features, labels } = reference.logisticData;
  const logits = matmul(tensor(arrayOf(features, weight.dtype)), weight).add(bias);
  return mean(softplus(logits).subtract(multiply(logits, tensor(arrayOf(labels, weight.dtype)))));
}

const lossOf = (test: Case) => (test.function === "rosenbrock" ? rosenbrock : logistic);

function optimizerOf({ name, settings }: Case): Optimizer<unknown> {
  const [beta1, beta2] = (settings.betas ?? []) as number[];
  const given = {
    momentum: settings.momentum,
    dampening: settings.dampening,
    nesterov: settings.nesterov,
    weightDecay: settings.weight_decay,
    epsilon: settings.eps,
    amsgrad: settings.amsgrad,
    decay: settings.alpha,
    centered: settings.centered,
    beta1,
    beta2,
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const make = name.startsWith("sgd")
    ? sgd
    : name.startsWith("adamW")
      ? adamW
      : name.startsWith("adam")
        ? adam
        : rmsprop;
  return make(options) as Optimizer<unknown>;
}

const startOf = (test: Case, dtype: DType) =>
  Object.fromEntries(Object.entries(test.start).map(([name, stored]) => [name, arrayOf(stored, dtype)]));

/** The largest distance of any parameter from its stored value after any step, relative to 1 or its size. */
function largestError(test: Case, rows: readonly Readonly<Record<string, NdArray>>[]): number {
  const errors = rows.flatMap((row, t) =>
    Object.entries(row).flatMap(([name, { data, size }]) =>
      Array.from(data as Float64Array, (value, i) => {
        const expected = test.after[name].data[t * size + i];
        return Math.abs(value - expected) / Math.max(1, Math.abs(expected));
      }),
    ),
  );
  return Math.max(...errors);
}

async function trajectory(test: Case, dtype: DType) {
  const optimizer = optimizerOf(test);
  const step = compile(
    (params: Parameters, state: unknown) => {
      const loss = lossOf(test)(params);
      const options = { learningRate: test.settings.lr as number };
      return { loss, ...optimizer.update(gradients(loss, params), state, params, options) };
    },
    { provider: dtype === "float64" ? "reference" : "cpu" },
  );
  let params: Computed<Parameters> = startOf(test, dtype);
  let state = optimizer.initialize(params);
  const [losses, rows]: [number[], Computed<Parameters>[]] = [[], []];
  for (let t = 0; t < test.losses.length; t++) {
    const result = await step(params, state as never);
    ({ params, state } = result);
    losses.push(result.loss.item());
    rows.push(params);
  }
  await step.release();
  return { losses, rows };
}

describe("optimisers give PyTorch's parameters after each of ten steps", () => {
  for (const test of cases.filter(({ name }) => !name.startsWith("lbfgs"))) {
    it(`${test.name}, in float64 on the reference evaluator`, async () => {
      const { losses, rows } = await trajectory(test, "float64");
      expect(largestError(test, rows)).toBeLessThan(2e-8);
      for (const [t, loss] of losses.entries()) expect(loss / test.losses[t]).toBeCloseTo(1, 6);
    });
    it(`${test.name}, in float32 on ONNX Runtime`, async () => {
      const { rows } = await trajectory(test, "float32");
      expect(largestError(test, rows)).toBeLessThan(2e-5);
    });
  }
});

describe("lbfgs", () => {
  for (const test of cases.filter(({ name }) => name.startsWith("lbfgs"))) {
    it(`gives PyTorch's parameters: ${test.name}`, async () => {
      const evaluate = compile(
        (params: Parameters) => {
          const loss = lossOf(test)(params);
          return { loss, gradients: gradients(loss, params) };
        },
        { provider: "reference" },
      );
      const { lr, max_iter, history_size, line_search_fn } = test.settings;
      const rule = lbfgs({
        learningRate: lr as number,
        iterations: max_iter as number,
        history: history_size as number,
        lineSearch: line_search_fn === null ? "none" : "strong-wolfe",
      });
      let params = startOf(test, "float64");
      let state = rule.initialize();
      const [losses, rows]: [number[], (typeof params)[]] = [[], []];
      for (let t = 0; t < test.losses.length; t++) {
        const result = await rule.step(evaluate, params, state);
        ({ params, state } = result);
        losses.push(result.initialLoss);
        rows.push(params);
      }
      expect(largestError(test, rows)).toBeLessThan(1e-6);
      for (const [t, loss] of losses.entries()) expect(loss).toBeCloseTo(test.losses[t], 6);
    });
  }

  it("finds the minimum of a quadratic in float32 and says that it converged", async () => {
    const target = [3, -2, 0.5, 8];
    const evaluate = compile((x: Tensor) => {
      const loss = sum(multiply(square(subtract(x, tensor(target))), tensor([1, 10, 100, 0.5])));
      return { loss, gradients: gradients(loss, x) };
    });
    const rule = lbfgs({ lineSearch: "strong-wolfe", gradientTolerance: 1e-4 });
    const result = await rule.step(evaluate, ndarray([0, 0, 0, 0]), rule.initialize());
    expect(result.reason).toBe("converged");
    Array.from(result.params.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(target[i], 4);
    });
    await evaluate.release();
  });

  it("refuses to begin where the loss is not finite", async () => {
    const objective = async (x: NdArray) => ({ loss: Number.NaN, gradients: x });
    await expect(lbfgs().step(objective, ndarray([1]), lbfgs().initialize())).rejects.toThrow(
      "must be finite; got NaN",
    );
  });
});

describe("settings", () => {
  it.each([
    [() => sgd({ momentum: 1 }), "sgd: momentum must be in [0, 1); got 1"],
    [
      () => sgd({ nesterov: true }),
      "sgd: nesterov needs momentum above 0 and no dampening; got momentum 0, dampening 0",
    ],
    [() => adam({ beta2: -0.1 }), "adam: beta2 must be in [0, 1); got -0.1"],
    [() => adamW({ weightDecay: Number.NaN }), "adamW: weightDecay must be at least 0; got NaN"],
    [() => rmsprop({ epsilon: -1 }), "rmsprop: epsilon must be at least 0; got -1"],
    [
      () => lbfgs({ history: 0 }),
      "lbfgs: learningRate must be above 0, iterations and history at least 1; got 1, 20 and 0",
    ],
  ])("out of range are named: case %#", (make, message) => {
    expect(make).toThrow(message);
  });
});
