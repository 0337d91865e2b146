import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Architecture, defineLevel } from "./architecture.ts";
import { prepare } from "./evaluation.ts";
import { layOut } from "./layout.ts";
import { checkMapping, type Loop, type Mapping } from "./mapping.ts";
import { type DataSpace, defineProblem, type Problem } from "./problem.ts";

/** A loop of the nest as Timeloop walks it. */
interface NestLoop {
  readonly dimension: string;
  readonly factor: number;
  /** Extent of the dimension inside the loop. */
  readonly stride: number;
  readonly level: number;
  readonly isSpatial: boolean;
  /** Extents of all dimensions inside and including this loop. */
  readonly extents: Record<string, number>;
}

type Point = Record<string, number>;

/**
 * The recursive definition of the model with explicit sets of elements: no closed form, no volumes. With
 * `everyIteration` each temporal loop runs to its end instead of iteration 1 standing for all later ones.
 */
class ElementSimulator {
  readonly loops: NestLoop[] = [];
  /** `[tensor][level]`: elements delivered by the level (with sharing counted once) and received by one child. */
  readonly delivered: Record<string, number[]> = {};
  readonly received: Record<string, number[]> = {};
  readonly #state = new Map<string, { low: number[]; set: Set<string>; displacement: string | null }>();

  constructor(
    readonly problem: Problem,
    readonly mapping: Mapping,
    readonly everyIteration = false,
  ) {
    const extents = Object.fromEntries(problem.dimensions.map((d) => [d, 1]));
    mapping.forEach((m, level) => {
      const push = (loop: Loop, isSpatial: boolean) => {
        const stride = extents[loop.dimension];
        extents[loop.dimension] *= loop.factor;
        this.loops.push({ ...loop, stride, level, isSpatial, extents: { ...extents } });
      };
      for (const loop of [...m.spatialX, ...m.spatialY]) if (loop.factor > 1) push(loop, true);
      const temporal = m.temporal.filter((loop) => loop.factor > 1);
      if (temporal.length === 0) temporal.push({ dimension: problem.dimensions[0], factor: 1 });
      for (const loop of temporal) push(loop, false);
    });
    for (const { name } of problem.dataSpaces) {
      this.delivered[name] = mapping.map(() => 0);
      this.received[name] = mapping.map(() => 0);
    }
    this.visit(this.loops.length - 1, Object.fromEntries(problem.dimensions.map((d) => [d, 0])), 1);
  }

  /** Runs loop `i` at translation `t`, `epochs` times over, and returns what is new in each tensor's working set. */
  visit(i: number, t: Point, epochs: number): Record<string, Set<string>> {
    if (i < 0) return this.point(t);
    const loop = this.loops[i];
    if (loop.isSpatial) this.spatialGroup(i, t, epochs);
    else {
      const last = this.everyIteration ? loop.factor : Math.min(2, loop.factor);
      for (let k = 0; k < last; k++) {
        const childEpochs = k === 0 || this.everyIteration ? epochs : epochs * (loop.factor - 1);
        const delta = this.visit(i - 1, { ...t, [loop.dimension]: t[loop.dimension] + k * loop.stride }, childEpochs);
        if (i === 0 || this.loops[i - 1].level < loop.level) {
          for (const { name } of this.problem.dataSpaces) {
            this.delivered[name][loop.level] += delta[name].size * childEpochs;
            this.received[name][loop.level] += delta[name].size * childEpochs;
          }
        }
      }
    }
    return Object.fromEntries(this.problem.dataSpaces.map((s) => [s.name, this.delta(i, s, t)]));
  }

  /** Runs the child of the outermost spatial loop `i` once and copies what is new to every element. */
  spatialGroup(i: number, t: Point, epochs: number): void {
    const group: NestLoop[] = [];
    let child = i;
    while (child >= 0 && this.loops[child].isSpatial) group.push(this.loops[child--]);
    const delta = this.visit(child, t, epochs);
    let elements: Point[] = [{}];
    for (const { dimension, factor, stride } of group) {
      elements = elements.flatMap((e) =>
        Array.from({ length: factor }, (_, k) => ({ ...e, [dimension]: (e[dimension] ?? 0) + k * stride })),
      );
    }
    for (const space of this.problem.dataSpaces) {
      const copies = new Set(elements.map((e) => [...delta[space.name]].map((p) => shift(space, p, e)).join(" ")));
      this.delivered[space.name][group[0].level] += copies.size * delta[space.name].size * epochs;
      this.received[space.name][group[0].level] += delta[space.name].size * epochs;
    }
  }

  point(t: Point): Record<string, Set<string>> {
    return Object.fromEntries(this.problem.dataSpaces.map((s) => [s.name, new Set([index(s, t).join()])]));
  }

  /** The working set of loop `i` at `t` less the previous one, while the displacement repeats. */
  delta(i: number, space: DataSpace, t: Point): Set<string> {
    const low = index(space, t);
    const set = this.box(i, space, t);
    const key = `${i} ${space.name}`;
    const before = this.#state.get(key);
    const displacement = before === undefined ? null : low.map((x, r) => x - before.low[r]).join();
    const repeats = before === undefined || before.displacement === null || before.displacement === displacement;
    this.#state.set(key, { low, set, displacement: repeats ? displacement : null });
    return repeats && before !== undefined ? new Set([...set].filter((p) => !before.set.has(p))) : set;
  }

  box(i: number, space: DataSpace, t: Point): Set<string> {
    const { extents } = this.loops[i];
    const low = index(space, t);
    const high = index(space, Object.fromEntries(Object.entries(t).map(([d, x]) => [d, x + extents[d] - 1])));
    let points: number[][] = [[]];
    low.forEach((from, r) => {
      const length = high[r] - from + 1;
      points = points.flatMap((p) => Array.from({ length }, (_, k) => [...p, from + k]));
    });
    return new Set(points.map((p) => p.join()));
  }

  /** Size of the working set of the outermost loop of a level, or of its spatial loops. */
  volume(space: DataSpace, level: number, which: "tile" | "spatial"): number {
    const all = this.loops.map((l, i) => ({ ...l, i })).filter((l) => l.level === level);
    const chosen = which === "tile" ? all.at(-1) : all.filter((l) => l.isSpatial).at(-1);
    const origin = Object.fromEntries(this.problem.dimensions.map((d) => [d, 0]));
    return this.box(chosen!.i, space, origin).size;
  }

  fanOut(level: number): number {
    return this.loops.filter((l) => l.level === level && l.isSpatial).reduce((p, l) => p * l.factor, 1);
  }
}

function index(space: DataSpace, t: Point): number[] {
  return space.ranks.map((rank) => rank.reduce((sum, [d, c]) => sum + c * (t[d] ?? 0), 0));
}

function shift(space: DataSpace, point: string, by: Point): string {
  const offset = index(space, by);
  return point
    .split(",")
    .map((x, r) => Number(x) + offset[r])
    .join();
}

/** The collapse of the recursive counts into reads, fills and updates, pass by pass. */
function collapse(sim: ElementSimulator, space: DataSpace): (readonly [number, number, number, number] | null)[] {
  const { mapping } = sim;
  const top = mapping.length - 1;
  const part = mapping.map(() => sim.volume(space, top, "tile"));
  for (let l = top - 1; l >= 0; l--) {
    const size = sim.volume(space, l, "tile");
    part[l] = (part[l + 1] * size) / (sim.fanOut(l + 1) > 1 ? sim.volume(space, l + 1, "spatial") : size);
  }
  const accesses = [...sim.delivered[space.name]];
  const withSharing = mapping.map((_, l) => sim.received[space.name][l] * sim.fanOut(l));
  const share = mapping.map((_, l) => (l === top ? 0 : sim.received[space.name][l + 1]));
  const kept = mapping.map((m) => m.keep.includes(space.name));
  for (let c = 0; c < top; c++) {
    if (kept[c]) continue;
    const factor = (accesses[c] * sim.fanOut(c + 1)) / withSharing[c + 1];
    accesses[c + 1] *= factor;
    withSharing[c + 1] *= factor;
  }
  share[kept.lastIndexOf(true)] = 0;
  return mapping.map((_, l) => {
    if (!kept[l]) return null;
    const ca = Math.round(accesses[l]);
    const tile = sim.volume(space, l, "tile");
    return space.readWrite ? [Math.round(ca - part[l]), share[l], ca, tile] : [ca, share[l], 0, tile];
  });
}

function problemFrom(bounds: readonly number[], coefficients: readonly number[], groups: boolean): Problem {
  const [C, M, R, P, S, G] = bounds;
  const group: DataSpace["ranks"] = groups ? [[["G", 1]]] : [];
  const row: DataSpace["ranks"][number] = [
    ["R", coefficients[0]],
    ["P", coefficients[1]],
  ];
  return defineProblem({
    name: "random",
    dimensions: groups ? ["C", "M", "R", "P", "S", "G"] : ["C", "M", "R", "P", "S"],
    bounds: groups ? { C, M, R, P, S, G } : { C, M, R, P, S },
    dataSpaces: [
      { name: "Weights", ranks: [...group, [["C", 1]], [["M", 1]], [["R", 1]], [["S", 1]]], readWrite: false },
      { name: "Inputs", ranks: [...group, [["C", 1]], row, [["S", coefficients[2]]]], readWrite: false },
      { name: "Outputs", ranks: [...group, [["M", 1]], [["P", 1]]], readWrite: true },
    ],
  });
}

/** Spreads every bound over the slots (temporal, X, Y of each level) by a stream of choices. */
function mappingFrom(problem: Problem, levels: number, choices: readonly number[]): Mapping {
  let next = 0;
  const choose = (n: number) => choices[next++ % choices.length] % n;
  const lists = Array.from({ length: levels }, () => ({
    temporal: [] as Loop[],
    spatialX: [] as Loop[],
    spatialY: [] as Loop[],
  }));
  for (const dimension of problem.dimensions) {
    const primes = { 1: [], 2: [2], 3: [3], 4: [2, 2] }[problem.bounds[dimension]] as number[];
    const factors = new Map<Loop[], number>();
    for (const p of primes) {
      const slot = lists[choose(levels)][(["temporal", "temporal", "spatialX", "spatialY"] as const)[choose(4)]];
      factors.set(slot, (factors.get(slot) ?? 1) * p);
    }
    for (const [slot, factor] of factors) slot.splice(choose(slot.length + 1), 0, { dimension, factor });
  }
  return lists.map((list, l) => ({
    level: `L${l}`,
    keep: problem.dataSpaces.filter(() => l === levels - 1 || choose(3) > 0).map((s) => s.name),
    ...list,
  }));
}

function architectureOf(levels: number): Architecture {
  return {
    name: "any",
    levels: Array.from({ length: levels }, (_, l) => defineLevel({ name: `L${l}` })),
    arithmetic: { name: "mac", meshX: 1, meshY: 1, energyPicojoules: 1 },
    timeloopVersion: "2023-fork",
  };
}

function compareWithSimulation(problem: Problem, mapping: Mapping, everyIteration: boolean): void {
  const architecture = architectureOf(mapping.length);
  checkMapping(problem, architecture, mapping);
  const { counts } = prepare(layOut(problem, architecture), mapping);
  const simulator = new ElementSimulator(problem, mapping, everyIteration);
  const S = problem.dataSpaces.length;
  problem.dataSpaces.forEach((space, s) => {
    const got = mapping.map((m, l) => {
      const i = l * S + s;
      if (!m.keep.includes(space.name)) return null;
      return [counts.reads[i], counts.fills[i], counts.updates[i], counts.tile[i]] as const;
    });
    expect(got, space.name).toEqual(collapse(simulator, space));
  });
}

const bounds = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 });
const choices = fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 });

describe("counts in closed form", () => {
  test("agree with an element-level simulation of 200 random problems, bypass, dilation, stride and groups included", () => {
    const coefficients = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        bounds,
        coefficients,
        fc.boolean(),
        fc.integer({ min: 2, max: 4 }),
        choices,
        (b, c, g, levels, ch) => {
          const problem = problemFrom(b, c, g);
          compareWithSimulation(problem, mappingFrom(problem, levels, ch), false);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  test("equal the traffic of every single iteration where no tensor has a sliding window", () => {
    fc.assert(
      fc.property(bounds, fc.boolean(), fc.integer({ min: 2, max: 4 }), choices, (b, g, levels, ch) => {
        const problem = problemFrom([b[0], b[1], 1, b[3], b[4], b[5]], [1, 1, 1], g);
        compareWithSimulation(problem, mappingFrom(problem, levels, ch), true);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
