import { describe, expect, it } from "vitest";
import { key, NdArray, sampleBernoulli } from "../../../engine/index.ts";
import type { NetworkParams } from "./folding.ts";
import { meanRowNorm, messageMatrix } from "./messages.ts";
import { allStates, glass, logitsOf, logProbabilities, networkKinds, randomNetwork } from "./network-case.ts";
import type { NetworkPlan } from "./network-plan.ts";

/** Exact in float32. */
const beta = 0.75;

describe.each(Object.entries(networkKinds))("a network with %s", (_, options) => {
  it("is normalised over all states", () => {
    const { plan, params } = randomNetwork(glass(10), options);
    const logs = logProbabilities(plan, params, allStates(10), beta);
    const total = logs.reduce((sum, log) => sum + Math.exp(log), 0);
    expect(Math.abs(total - 1)).toBeLessThan(1e-10);
    expect(Math.max(...logs) - Math.min(...logs)).toBeGreaterThan(0.5);
  });

  it("never looks at the spin it draws or at later ones", () => {
    const n = 9;
    const { plan, params } = randomNetwork(glass(n), options);
    const bits = sampleBernoulli(key(3), n, 0.5);
    const batch = n + 1;
    const states = new Float32Array(n * batch).map((_, k) => {
      const [i, b] = [Math.floor(k / batch), k % batch];
      return (2 * bits[i] - 1) * (i === b ? -1 : 1);
    });
    const z = logitsOf(plan, params, new NdArray(states, [n, batch]), beta);
    let felt = 0;
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        const change = Math.abs(z[i * batch + j] - z[i * batch + n]);
        if (i <= j) expect(change).toBe(0);
        else felt += Number(change > 0);
      }
    }
    expect(felt).toBeGreaterThan(0.9 * ((n * (n - 1)) / 2));
  });
});

it("gives s and −s one probability under either symmetry, and half to a first spin without fields", () => {
  const states = allStates(6);
  const turned = new NdArray(
    states.data.map((s) => -s),
    states.shape,
  );
  for (const symmetry of ["anchor", "mixture"] as const) {
    const { plan, params } = randomNetwork(glass(6), { symmetry });
    const [a, b] = [states, turned].map((s) => logProbabilities(plan, params, s, beta));
    a.forEach((log, k) => {
      expect(log).toBeCloseTo(b[k], 12);
    });
  }
  const { plan, params } = randomNetwork(glass(6), { symmetry: "none" });
  const logs = logProbabilities(plan, params, states, beta);
  const up = logs.reduce((sum, log, k) => sum + (states.data[k] > 0 ? Math.exp(log) : 0), 0);
  expect(up).toBeCloseTo(0.5, 12);
});

it("knows fields and does not halve the first spin then", () => {
  const { plan, params } = randomNetwork(glass(6, { hasFields: true }), { depth: 3 });
  const states = allStates(6);
  const logs = logProbabilities(plan, params, states, beta);
  expect(logs.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 10);
  const up = logs.reduce((sum, log, k) => sum + (states.data[k] > 0 ? Math.exp(log) : 0), 0);
  expect(Math.abs(up - 0.5)).toBeGreaterThan(0.01);
});

/** The logits as the equations stand: messages spin by spin, then masked sums, then the activation. */
function logitsByEquation(plan: NetworkPlan, params: NetworkParams<NdArray>, state: readonly number[]): number[] {
  const n = plan.spins;
  const A =
    plan.settings.message === "none"
      ? new Float32Array(n * n)
      : messageMatrix(plan.settings.message, plan.couplings, n);
  const own = plan.settings.message === "only" ? 0 : 1;
  let x: number[][] = [[...state]];
  plan.layers.forEach(({ inputs, outputs, reach }, l) => {
    const { weight, bias, slope, gain } = params.layers[l];
    const g = gain === undefined ? 0 : Number(gain.data[0]);
    const u = x.map((channel) =>
      channel.map((value, i) => own * value + g * channel.slice(0, i).reduce((sum, s, j) => sum + A[i * n + j] * s, 0)),
    );
    x = Array.from({ length: outputs }, (_, o) =>
      state.map((_, i) => {
        let a = Number(bias.data[o * n + i]);
        for (let c = 0; c < inputs; c++) {
          for (let j = 0; j < i + Number(reach === "through"); j++) {
            a += Number(weight.data[((o * n + i) * inputs + c) * n + j]) * u[c][j];
          }
        }
        return slope === undefined || a > 0 ? a : a * Number(slope.data[o * n + i]);
      }),
    );
  });
  return x[0].map((z, i) => {
    const field = plan.fields[i] + state.slice(0, i).reduce((sum, s, j) => sum + plan.couplings[i * n + j] * s, 0);
    return z + (plan.settings.hamiltonianSkip ? 2 * beta * field : 0);
  });
}

it.each(["none", "mean", "weighted", "hamiltonian", "only"] as const)(
  "computes folded what message %s says spin by spin",
  (message) => {
    const n = 7;
    const { plan, params } = randomNetwork(glass(n, { hasFields: true }), { message, depth: 3, width: 3 });
    const state = Array.from(sampleBernoulli(key(8), n, 0.5), (bit) => 2 * bit - 1);
    const z = logitsOf(plan, params, new NdArray(Float32Array.from(state), [n, 1]), beta);
    logitsByEquation(plan, params, state).forEach((expected, i) => {
      expect(z[i]).toBeCloseTo(expected, 12);
    });
  },
);

it("gives a two-body network of depth 1 the fields that the spins before put on the spins after", () => {
  const n = 7;
  const { plan, params } = randomNetwork(glass(n), { design: "two-body", depth: 1, symmetry: "mixture" });
  const state = Array.from(sampleBernoulli(key(9), n, 0.5), (bit) => 2 * bit - 1);
  const z = logitsOf(plan, params, new NdArray(Float32Array.from(state), [n, 1]), beta);
  const { couplings } = plan;
  const scale = 1 / meanRowNorm(couplings, n);
  const { weight, bias } = params.layers[0];
  state.forEach((_, i) => {
    const field = (l: number) => state.slice(0, i).reduce((sum, s, j) => sum + couplings[l * n + j] * s, 0);
    let expected = Number(bias.data[i]) + 2 * beta * field(i);
    for (let l = i; i > 0 && l < n; l++) expected += Number(weight.data[i * n + l]) * scale * field(l);
    expect(z[i]).toBeCloseTo(expected, 6);
  });
});
