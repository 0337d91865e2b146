import { describe, expect, it } from "vitest";
import { evaluate } from "../../../engine/evaluate.ts";
import {
  compile,
  concat,
  flatten,
  gradients,
  input,
  key,
  NdArray,
  sampleBernoulli,
  type Tensor,
  type Tree,
  tensor,
} from "../../../engine/index.ts";
import { leavesOf, rebuildTree } from "../../../engine/tree.ts";
import type { NetworkParams } from "./folding.ts";
import { logProbability } from "./log-probability.ts";
import { allStates, energiesOf, glass, logProbabilities, networkKinds, randomNetwork } from "./network-case.ts";
import type { NetworkPlan } from "./network-plan.ts";
import { reinforceLoss } from "./reinforce.ts";

const beta = 0.75;

/** The gradient of the loss over all parameters, as a function of the batch, in float64. */
function lossGradient(plan: NetworkPlan, params: NetworkParams<NdArray>, batch: number) {
  const arrays = leavesOf(params).map(({ leaf }) => leaf as NdArray);
  const inputs = arrays.map(({ shape }) => input(shape));
  const spins = input([plan.spins, batch]);
  const energies = input([batch]);
  const { loss } = reinforceLoss(plan)(
    { params: rebuildTree(params, inputs), state: {} },
    { spins, energies, beta: tensor(beta) },
    key(0),
  );
  const slopes = gradients(loss, inputs as Tree<Tensor>) as readonly Tensor[];
  return (states: NdArray, energiesOfStates: Float64Array): number[] => {
    const feeds = new Map<Tensor, NdArray | { data: Float64Array; shape: readonly number[] }>([
      ...inputs.map((x, i) => [x, arrays[i]] as const),
      [spins, states],
      [energies, { data: energiesOfStates, shape: [batch] }],
    ]);
    return evaluate(slopes, feeds).flatMap(({ data }) => Array.from(data as ArrayLike<number>));
  };
}

/** β F_q by enumeration, for parameters shifted by `step` in element `at`, and the central difference over it. */
function slopeOfFreeEnergy(plan: NetworkPlan, params: NetworkParams<NdArray>): number[] {
  const states = allStates(plan.spins);
  const energies = energiesOf(plan, states.data);
  const arrays = leavesOf(params).map(({ leaf }) => leaf as NdArray);
  const inputs = arrays.map(({ shape }) => input(shape));
  const logQ = logProbability(plan, rebuildTree(params, inputs), tensor(states), tensor(beta));
  const values = arrays.map(({ data, shape }) => ({ data: Float64Array.from(data as Float32Array), shape }));
  const freeEnergy = () => {
    const [{ data }] = evaluate([logQ], new Map(inputs.map((x, i) => [x, values[i]])));
    return Array.from(data as ArrayLike<number>).reduce(
      (sum, log, s) => sum + Math.exp(log) * (log + beta * energies[s]),
      0,
    );
  };
  const step = 1e-5;
  return values.flatMap(({ data }) =>
    Array.from(data, (value, k) => {
      const at = (x: number) => {
        data[k] = x;
        return freeEnergy();
      };
      const slope = (at(value + step) - at(value - step)) / (2 * step);
      data[k] = value;
      return slope;
    }),
  );
}

describe.each(Object.entries(networkKinds).filter(([name]) => name !== "residual blocks"))(
  "the loss of a network with %s",
  (_, options) => {
    it("has on average over all batches of two the gradient of the exact free energy", () => {
      const n = 3;
      const { plan, params } = randomNetwork(glass(n), { ...options, width: Math.min(2, options.width ?? 2) });
      const states = allStates(n);
      const count = 2 ** n;
      const probabilities = logProbabilities(plan, params, states, beta).map(Math.exp);
      const energies = energiesOf(plan, states.data);
      const gradientOf = lossGradient(plan, params, 2);
      const expected = slopeOfFreeEnergy(plan, params);
      const mean = expected.map(() => 0);
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
          const pair = Float32Array.from({ length: 2 * n }, (_, k) => states.data[(k >> 1) * count + (k % 2 ? b : a)]);
          const slopes = gradientOf(new NdArray(pair, [n, 2]), Float64Array.of(energies[a], energies[b]));
          slopes.forEach((slope, k) => {
            mean[k] += probabilities[a] * probabilities[b] * slope;
          });
        }
      }
      expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1e-2);
      mean.forEach((slope, k) => {
        expect(Math.abs(slope - expected[k])).toBeLessThan(1e-7);
      });
    });
  },
);

describe("a network of depth 1 without weights", () => {
  const n = 6;
  const model = glass(n, { hasFields: true });
  const { plan } = randomNetwork(model, { depth: 1, message: "none", hamiltonianSkip: false });
  const weight = new NdArray(new Float32Array(n * n), [n, n]);
  const bias = new NdArray(new Float32Array(n), [1, n]);
  const params = { layers: [{ weight, bias }] };
  /** q is uniform: −β J_ij / 2 for j < i, and −β h_i / 2 for the biases. */
  const expected = [
    ...Array.from(plan.couplings, (w, k) => (k % n < Math.floor(k / n) ? (-beta * w) / 2 : 0)),
    ...Array.from(plan.fields, (h) => (-beta * h) / 2),
  ];

  it("is drawn towards the couplings: d(βF)/dW_ij = −β J_ij / 2", () => {
    const states = allStates(n);
    const count = 2 ** n;
    const slopes = lossGradient(plan, params, count)(states, energiesOf(plan, states.data));
    slopes.forEach((slope, k) => {
      expect(slope * (1 - 1 / count)).toBeCloseTo(expected[k], 9);
    });
  });

  it("is so on a million samples, within five standard errors", async () => {
    const [batches, batch] = [25, 40_000];
    const gradientOf = compile((params: NetworkParams, spins: Tensor, energies: Tensor) => {
      const { loss } = reinforceLoss(plan)({ params, state: {} }, { spins, energies, beta: tensor(beta) }, key(0));
      return concat(leavesOf(gradients(loss, params as never)).map(({ leaf }) => flatten(leaf as Tensor)));
    });
    const slopes: Float32Array[] = [];
    for (let b = 0; b < batches; b++) {
      const bits = sampleBernoulli(key(1).fold(b), n * batch, 0.5);
      const spins = new NdArray<"float32">(
        Float32Array.from(bits, (bit) => 2 * bit - 1),
        [n, batch],
      );
      const energies = new NdArray(Float32Array.from(energiesOf(plan, spins.data)), [batch]);
      slopes.push((await gradientOf(params, spins, energies)).data as Float32Array);
    }
    await gradientOf.release();
    expected.forEach((exact, k) => {
      const mean = slopes.reduce((sum, list) => sum + list[k], 0) / batches;
      const variance = slopes.reduce((sum, list) => sum + (list[k] - mean) ** 2, 0) / (batches - 1);
      expect(Math.abs(mean - exact)).toBeLessThanOrEqual(5 * Math.sqrt(variance / batches));
    });
  });
});
