import { OrreryError } from "../../errors.ts";
import { type Architecture, countInstances } from "./architecture.ts";
import { Counts } from "./counts.ts";
import { type Layout, layOut } from "./layout.ts";
import { checkMapping, type Mapping } from "./mapping.ts";
import { Nest } from "./nest.ts";
import { wastedBitsPerWord } from "./packing.ts";
import type { Problem } from "./problem.ts";
import type { Cost } from "./tally.ts";
import { describeViolation, findViolations } from "./violations.ts";

/** Counts of one tensor at one level, in words per instance after packing. */
export interface TensorCounts {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  /** Reads of partial results for accumulation; 0 for a read-only tensor. */
  readonly reductions: number;
  readonly capacity: number;
  /** Share of the tensor an instance sees over time, in operands, rounded down. */
  readonly partition: number;
  readonly instances: number;
  /** Operands in one word, and the bits left empty in all stored words of an instance. */
  readonly operandsPerWord: number;
  readonly wastedBits: number;
  /** Dynamic energy over all instances. */
  readonly energyPicojoules: number;
}

/** One level of an evaluated mapping; `tensors` holds only what the level keeps. */
export interface LevelReport {
  readonly level: string;
  readonly tensors: Readonly<Record<string, TensorCounts>>;
  readonly energyPicojoules: number;
  /** Stored words over the words an instance has; 0 for unlimited memory. */
  readonly occupancy: number;
  /** Cycles this level alone would need: above `computeCycles` it is a bottleneck. */
  readonly cycles: number;
}

/** What a mapping costs. */
export interface Evaluation {
  readonly computes: number;
  readonly computeCycles: number;
  readonly cycles: number;
  readonly energyPicojoules: number;
  /** Energy × cycles in joule·cycles, as Timeloop prints it. */
  readonly energyDelayProduct: number;
  /** Busy multiply–accumulate units over all of them, averaged over time: 0…1. */
  readonly utilization: number;
  /** Words that cross the outermost level. */
  readonly lastLevelAccesses: number;
  /** Bits stored at once in all memories of finite size. */
  readonly storedBits: number;
  readonly arithmeticEnergyPicojoules: number;
  readonly levels: readonly LevelReport[];
}

/**
 * Evaluates one mapping of a problem on an architecture: every count, energy and cycles.
 * Source of the model: Timeloop (Parashar et al., ISPASS 2019) with the bit packing of Klhufek et al. (arXiv 2404.05368).
 * @throws OrreryError `argument` when the mapping is malformed or does not fit; the message lists every reason.
 */
export function evaluate(problem: Problem, architecture: Architecture, mapping: Mapping): Evaluation {
  checkMapping(problem, architecture, mapping);
  const { nest, counts } = prepare(layOut(problem, architecture), mapping);
  const violations = findViolations(nest, counts);
  if (violations.length > 0) {
    throw new OrreryError("argument", `mapping does not fit: ${violations.map(describeViolation).join("; ")}`, {
      hint: "Move factors to an outer level, or enlarge the named resource.",
    });
  }
  return report(counts);
}

/** An evaluation in the numbers a search compares; storedBits are those of all memories of finite size. */
export function costOfEvaluation(evaluation: Evaluation): Cost {
  const { energyPicojoules, cycles, lastLevelAccesses, storedBits } = evaluation;
  return { energyPicojoules, cycles, lastLevelAccesses, storedBits };
}

/** Loads and counts a mapping without asking whether it fits: for checking against other tools. */
export function prepare(layout: Layout, mapping: Mapping): { readonly nest: Nest; readonly counts: Counts } {
  const nest = new Nest(layout);
  nest.load(mapping);
  const counts = new Counts(nest);
  counts.evaluate();
  return { nest, counts };
}

/** Reads the tables of an evaluated nest into a report. */
export function report(counts: Counts): Evaluation {
  const { architecture, L, S } = counts.nest.layout;
  for (let s = 0; s < S; s++) counts.partitionTensor(s);
  const { arithmetic } = architecture;
  return {
    computes: counts.computes,
    computeCycles: counts.computeCycles,
    cycles: counts.cycles,
    energyPicojoules: counts.energyPicojoules,
    energyDelayProduct: (counts.energyPicojoules / 1e12) * counts.cycles,
    utilization: counts.computes / (countInstances(arithmetic) * counts.cycles),
    lastLevelAccesses: counts.lastLevelAccesses,
    storedBits: counts.storedBits,
    arithmeticEnergyPicojoules: counts.computes * arithmetic.energyPicojoules,
    levels: Array.from({ length: L }, (_, l) => reportLevel(counts, l)),
  };
}

function reportLevel(counts: Counts, l: number): LevelReport {
  const { problem, architecture, S, entries } = counts.nest.layout;
  const tensors: Record<string, TensorCounts> = {};
  let stored = 0;
  problem.dataSpaces.forEach((space, s) => {
    if (counts.nest.keep[l * S + s] === 0) return;
    tensors[space.name] = reportTensor(counts, l, s);
    stored += counts.capacity[l * S + s];
  });
  return {
    level: architecture.levels[l].name,
    tensors,
    energyPicojoules: counts.levelEnergy[l],
    occupancy: Number.isFinite(entries[l]) ? stored / entries[l] : 0,
    cycles: counts.levelCycles[l],
  };
}

function reportTensor(counts: Counts, l: number, s: number): TensorCounts {
  const layout = counts.nest.layout;
  const i = l * layout.S + s;
  const block = layout.blockSize[l];
  const [reads, fills, updates] = [counts.reads[i], counts.fills[i], counts.updates[i]];
  const perInstance =
    Math.ceil(reads / block) * layout.readEnergy[l] +
    Math.ceil(fills / block) * layout.writeEnergy[l] +
    Math.ceil(updates / block) * layout.updateEnergy[l];
  const waste = wastedBitsPerWord(layout.architecture.levels[l].wordBits, layout.problem.dataSpaces[s].bits);
  return {
    reads,
    fills,
    updates,
    reductions: layout.readWrite[s] === 1 ? reads : 0,
    capacity: counts.capacity[i],
    partition: Math.floor(counts.partition[i] + 1e-6),
    instances: counts.instances[l],
    operandsPerWord: layout.operands[i],
    wastedBits: counts.capacity[i] * waste,
    energyPicojoules: perInstance * Math.min(counts.instances[l], layout.accessLimit[l]),
  };
}
