import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile, key, NdArray, sampleUniform, type Tensor } from "../../../../engine/index.ts";
import { mapTree } from "../../../../engine/tree.ts";
import { type FoldedLayer, foldNetwork } from "../folding.ts";
import { logits } from "../log-probability.ts";
import {
  allStates,
  asTensors,
  energiesOf,
  float64Of,
  glass,
  kernelWeights,
  logitsOf,
  logProbabilities,
  networkKinds,
  randomNetwork,
} from "../network-case.ts";
import { IncrementalSampler } from "./incremental-sampler.ts";

/** Exact in float32. */
const beta = 0.75;

/** ln σ(s z) summed over spins, for each state. */
function sumLogs(z: ArrayLike<number>, spins: Float32Array, n: number): Float64Array {
  const batch = spins.length / n;
  return Float64Array.from({ length: batch }, (_, b) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum -= Math.log1p(Math.exp(-spins[i * batch + b] * z[i * batch + b]));
    return sum;
  });
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, x, k) => Math.max(worst, Math.abs(x - b[k])), 0);

describe.each(Object.entries(networkKinds))("the incremental sampler of a network with %s", (_, options) => {
  const n = 11;
  const { plan, params } = randomNetwork(glass(n), options);
  const skip = plan.settings.hamiltonianSkip ? 2 * beta : 0;
  const weights = kernelWeights(plan, params);

  it("draws in float64 what running the whole network for every spin draws, to 1e-10", () => {
    const batch = 37;
    const uniforms = sampleUniform(key(4), n * batch, "float64");
    const sampler = new IncrementalSampler({ ...plan, batch, precision: "float64" });
    sampler.load(weights);
    const drawn = sampler.draw({ source: uniforms, skip, isAnchored: false });
    const naive = new NdArray<"float32">(new Float32Array(n * batch), [n, batch]);
    for (let i = 0; i < n; i++) {
      const z = logitsOf(plan, params, naive, beta);
      for (let b = i * batch; b < (i + 1) * batch; b++)
        naive.data[b] = uniforms[b] < 1 / (1 + Math.exp(-z[b])) ? 1 : -1;
    }
    expect(drawn.spins).toEqual(naive.data);
    const logs = sumLogs(logitsOf(plan, params, naive, beta), naive.data, n);
    expect(farthest(drawn.logProbabilities, logs)).toBeLessThan(1e-10);
    expect(farthest(drawn.energies, energiesOf(plan, naive.data))).toBeLessThan(1e-10);
  });

  it("draws in float32 what the engine's forward pass says, to 1e-5", async () => {
    const batch = 200;
    const sampler = new IncrementalSampler({ ...plan, batch });
    sampler.load(weights);
    const drawn = sampler.draw({ source: key(4), skip, isAnchored: plan.settings.symmetry === "anchor" });
    const evaluate = compile((layers: FoldedLayer[], spins: Tensor, at: Tensor) => logits(plan, layers, spins, at));
    const folded = foldNetwork(plan, asTensors(params)).map((layer) =>
      mapTree(layer, (x) => new NdArray(Float32Array.from(float64Of(x as Tensor)), (x as Tensor).shape)),
    );
    const z = await evaluate(folded as never, new NdArray(drawn.spins, [n, batch]), beta);
    await evaluate.release();
    expect(farthest(drawn.logProbabilities, sumLogs(z.data as Float32Array, drawn.spins, n))).toBeLessThan(1e-5);
    expect(farthest(drawn.energies, energiesOf(plan, drawn.spins))).toBeLessThan(1e-5);
  });
});

/** A masked network of one channel for N spins without couplings. */
function plainSampler(n: number, batch: number): IncrementalSampler {
  const layer = { inputs: 1, outputs: 1, reach: "before", isActivated: false } as const;
  const [couplings, fields] = [new Float32Array(n * n), new Float32Array(n)];
  return new IncrementalSampler({ spins: n, layers: [layer], couplings, fields, batch });
}

it("draws every state as often as its probability says", () => {
  const [n, batch] = [4, 40_000];
  const { plan, params } = randomNetwork(glass(n), { symmetry: "none", depth: 2, width: 2 });
  const sampler = new IncrementalSampler({ ...plan, batch });
  sampler.load(kernelWeights(plan, params));
  const { spins, logProbabilities: logs } = sampler.draw({ source: key(12), skip: 2 * beta, isAnchored: false });
  const probabilities = logProbabilities(plan, params, allStates(n), beta).map(Math.exp);
  const counts = new Float64Array(2 ** n);
  for (let b = 0; b < batch; b++) {
    let state = 0;
    for (let i = 0; i < n; i++) if (spins[i * batch + b] === 1) state += 2 ** i;
    counts[state]++;
    expect(Math.abs(Math.exp(logs[b]) - probabilities[state])).toBeLessThan(1e-6);
  }
  const chiSquared = counts.reduce(
    (sum, count, s) => sum + (count - batch * probabilities[s]) ** 2 / (batch * probabilities[s]),
    0,
  );
  // 15 degrees of freedom: 99.9 % of all keys stay below 37.7.
  expect(chiSquared).toBeLessThan(37.7);
});

it("draws the same samples from the same key, and others from another, at any batch size", () => {
  for (const batch of [1, 3, 16, 17, 64, 65, 130]) {
    const sampler = plainSampler(5, batch);
    sampler.load([{ weights: new Float32Array(25), bias: new Float32Array(5) }]);
    const draw = (seed: number) => sampler.draw({ source: key(seed), skip: 0, isAnchored: false });
    const [a, b, other] = [draw(1), draw(1), draw(2)];
    expect(a).toEqual(b);
    if (batch > 3) expect(a.spins).not.toEqual(other.spins);
    expect(a.spins.every((s) => s === 1 || s === -1)).toBe(true);
    expect(a.logProbabilities.every((log) => Math.abs(log + 5 * Math.LN2) < 1e-6)).toBe(true);
  }
});

it("stays finite where a logit is as large as it can be", () => {
  const sampler = plainSampler(3, 20);
  sampler.load([{ weights: new Float32Array(9), bias: Float32Array.of(1e30, -1e30, 200) }]);
  const { spins, logProbabilities: logs } = sampler.draw({ source: key(0), skip: 0, isAnchored: false });
  expect([...spins.subarray(0, 20), ...spins.subarray(40)].every((s) => s === 1)).toBe(true);
  expect(spins.subarray(20, 40).every((s) => s === -1)).toBe(true);
  expect(logs.every((log) => Math.abs(log) < 1e-30)).toBe(true);
});

it("runs the kernel that its source says", () => {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
  const hash = createHash("sha256").update(read("incremental.as")).digest("hex");
  expect(read("incremental.wasm.ts")).toContain(hash);
});
