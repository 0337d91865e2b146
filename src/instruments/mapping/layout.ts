import { OrreryError } from "../../errors.ts";
import { type Architecture, countInstances, fanOut } from "./architecture.ts";
import { operandsPerWord } from "./packing.ts";
import type { Problem } from "./problem.ts";

/**
 * A problem on an architecture as flat tables, indexed by level `l`, dimension `d`, tensor `s`:
 * `[l·D + d]`, `[l·S + s]`, `[s·D + d]`.
 */
export interface Layout {
  readonly problem: Problem;
  readonly architecture: Architecture;
  readonly L: number;
  readonly D: number;
  readonly S: number;
  readonly bounds: Float64Array;
  readonly readWrite: Uint8Array;
  /** Ranks of tensor `s` are `rankStart[s] … rankStart[s+1]`, terms of rank `r` are `termStart[r] … termStart[r+1]`. */
  readonly rankStart: Int32Array;
  readonly termStart: Int32Array;
  readonly termDimension: Int32Array;
  readonly termCoefficient: Float64Array;
  /** `[s·D + d]`: a scalar that stands for the displacement vector of one step of `d`; equal sums mean equal vectors. */
  readonly displacement: Float64Array;
  /** Tensors whose ranks share a dimension, so that the ranks of a translation are not independent. */
  readonly isDiagonal: Uint8Array;
  /** `[l·S + s]`: operands per word; 0 when an operand is wider than the word. */
  readonly operands: Float64Array;
  readonly wordBits: Float64Array;
  readonly entries: Float64Array;
  readonly blockSize: Float64Array;
  readonly fanOutX: Float64Array;
  readonly fanOutY: Float64Array;
  /** Physical accesses at once: instances divided by the cluster size, `Infinity` when not clustered. */
  readonly accessLimit: Float64Array;
  readonly readEnergy: Float64Array;
  readonly writeEnergy: Float64Array;
  readonly updateEnergy: Float64Array;
  readonly leakEnergy: Float64Array;
  readonly readBandwidth: Float64Array;
  readonly writeBandwidth: Float64Array;
  readonly sharedBandwidth: Float64Array;
}

/**
 * Flattens a problem and an architecture.
 * @throws OrreryError `unsupported` when a tensor is so large that its displacements are not exact in float64.
 */
export function layOut(problem: Problem, architecture: Architecture): Layout {
  const levels = architecture.levels;
  const column = (f: (i: number) => number) => Float64Array.from(levels, (_, i) => f(i));
  return {
    problem,
    architecture,
    L: levels.length,
    D: problem.dimensions.length,
    S: problem.dataSpaces.length,
    bounds: Float64Array.from(problem.dimensions, (d) => problem.bounds[d]),
    readWrite: Uint8Array.from(problem.dataSpaces, (d) => (d.readWrite ? 1 : 0)),
    ...layOutTensors(problem),
    operands: Float64Array.from(
      levels.flatMap((l) => problem.dataSpaces.map((d) => operandsPerWord(l.wordBits, d.bits))),
    ),
    wordBits: column((i) => levels[i].wordBits),
    entries: column((i) => levels[i].entries / levels[i].multipleBuffering),
    blockSize: column((i) => levels[i].blockSize),
    fanOutX: column((i) => fanOut(architecture, i)[0]),
    fanOutY: column((i) => fanOut(architecture, i)[1]),
    accessLimit: column((i) => {
      const level = levels[i];
      return level.clusterSize > 1 ? countInstances(level) / level.clusterSize : Number.POSITIVE_INFINITY;
    }),
    readEnergy: column((i) => levels[i].energy.read),
    writeEnergy: column((i) => levels[i].energy.write),
    updateEnergy: column((i) => levels[i].energy.update ?? levels[i].energy.write),
    leakEnergy: column((i) => levels[i].energy.leak ?? 0),
    readBandwidth: column((i) => levels[i].readBandwidth),
    writeBandwidth: column((i) => levels[i].writeBandwidth),
    sharedBandwidth: column((i) => levels[i].sharedBandwidth),
  };
}

function layOutTensors(problem: Problem) {
  const D = problem.dimensions.length;
  const rankStart = [0];
  const termStart = [0];
  const termDimension: number[] = [];
  const termCoefficient: number[] = [];
  const displacement = new Float64Array(problem.dataSpaces.length * D);
  const isDiagonal = new Uint8Array(problem.dataSpaces.length);
  problem.dataSpaces.forEach((space, s) => {
    let weight = 1;
    const seen = new Set<string>();
    for (const rank of space.ranks) {
      let reach = 1;
      for (const [dimension, coefficient] of rank) {
        const d = problem.dimensions.indexOf(dimension);
        termDimension.push(d);
        termCoefficient.push(coefficient);
        displacement[s * D + d] += coefficient * weight;
        reach += coefficient * problem.bounds[dimension];
        if (seen.has(dimension)) isDiagonal[s] = 1;
        seen.add(dimension);
      }
      termStart.push(termDimension.length);
      // A sum of strides along a rank stays below twice its reach, and the difference of two sums below four times.
      weight *= 4 * reach;
    }
    if (weight > Number.MAX_SAFE_INTEGER) {
      throw new OrreryError(
        "unsupported",
        `problem ${problem.name}: tensor ${space.name} is too large to count exactly`,
        {
          hint: "Split the layer into smaller ones.",
        },
      );
    }
    rankStart.push(termStart.length - 1);
  });
  return {
    rankStart: Int32Array.from(rankStart),
    termStart: Int32Array.from(termStart),
    termDimension: Int32Array.from(termDimension),
    termCoefficient: Float64Array.from(termCoefficient),
    displacement,
    isDiagonal,
  };
}
