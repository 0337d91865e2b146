import { expect, it } from "vitest";
import { spinModel } from "../../../../test/kit/spin-models.ts";
import { key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { Configuration } from "./configuration.ts";
import { mixClusters, overlap, type Parents } from "./crossover.ts";
import { kernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";
import { Refinement } from "./refinement.ts";

/** The spins where two states differ, by connected cluster. */
function clustersOf(model: IsingModel, differs: (i: number) => boolean): number[][] {
  const clusters: number[][] = [];
  const isSeen = new Set<number>();
  for (let start = 0; start < model.spins; start++) {
    if (!differs(start) || isSeen.has(start)) continue;
    const cluster = [start];
    isSeen.add(start);
    for (const i of cluster) {
      for (const j of model.neighbors.subarray(model.rowStart[i], model.rowStart[i + 1])) {
        if (!differs(j) || isSeen.has(j)) continue;
        isSeen.add(j);
        cluster.push(j);
      }
    }
    clusters.push(cluster);
  }
  return clusters;
}

it.each([
  ["integers with fields", { hasFields: true }],
  ["integers without", {}],
  ["reals", { numbers: "real" as const, hasFields: true }],
])("the child of two states is the best of all choices among their clusters, with %s", (_, options) => {
  let most = 0;
  for (let seed = 0; seed < 6; seed++) {
    const model = spinModel({ spins: 40, seed, density: 0.05, ...options });
    const problem = kernelProblem(model);
    const random = new RandomStream(key(seed));
    const [first, second] = [0, 1].map(() => Int8Array.from({ length: 40 }, () => (random.uniform() < 0.5 ? 1 : -1)));
    const sign = !model.hasFields && overlap(first, second) < 0 ? -1 : 1;
    const parents: Parents = { first, second, sign };
    const { spins, change } = mixClusters(problem, parents, random);
    const clusters = clustersOf(model, (i) => first[i] !== sign * second[i]);
    most = Math.max(most, clusters.length);
    let lowest = Number.POSITIVE_INFINITY;
    for (let choice = 0; choice < 2 ** clusters.length; choice++) {
      const child = first.slice();
      for (const i of clusters.filter((_, c) => (choice >> c) & 1).flat()) child[i] = -child[i];
      lowest = Math.min(lowest, model.energy(child));
    }
    expect(model.energy(spins)).toBeCloseTo(lowest, 9);
    expect(model.energy(first) + change * problem.unit).toBeCloseTo(lowest, 9);
    expect(lowest).toBeLessThanOrEqual(Math.min(model.energy(first), model.energy(second)) + 1e-9);
  }
  expect(most).toBeGreaterThan(4);
});

it("a refinement never raises the energy, keeps it exactly, and ends when waiting does not pay", () => {
  const model = spinModel({ spins: 200, seed: 3, density: 0.02, numbers: "real" });
  const problem = kernelProblem(model);
  const configuration = new Configuration(problem);
  const random = new RandomStream(key(4));
  configuration.randomize(random);
  const state = configuration.spins.slice();
  let refinement = new Refinement({ spins: state, energy: configuration.energy });
  const reheated = () => {
    configuration.randomize(random);
    return configuration.spins.slice();
  };
  let energy = model.energy(state);
  let [gains, failures] = [0, 0];
  while (!refinement.isDone) {
    expect(failures).toBeLessThan(1 + (gains / 4) ** 3);
    refinement.merge(problem, reheated(), random);
    if (gains === 3) refinement = Refinement.restore(structuredClone(refinement.toState()));
    const now = model.energy(refinement.state.spins);
    expect(now).toBeLessThanOrEqual(energy + 1e-9);
    expect(problem.offset + problem.unit * refinement.state.energy).toBeCloseTo(now, 8);
    [gains, failures] = now < energy - 1e-9 ? [gains + 1, 0] : [gains, failures + 1];
    energy = now;
  }
  expect(failures).toBe(Math.ceil(1 + (gains / 4) ** 3));
  expect(energy).toBeLessThan(model.energy(state) - 20);
});
