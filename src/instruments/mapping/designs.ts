import { type Architecture, defineArchitecture, defineLevel, type Level } from "./architecture.ts";
import type { LevelConstraint } from "./constraints.ts";
import type { Problem } from "./problem.ts";
import { referenceEnergy } from "./reference-energy.ts";

/** An accelerator with its dataflow: the constraints depend on the problem's dimensions. */
export interface Design {
  readonly architecture: Architecture;
  readonly constraintsFor: (problem: Problem) => LevelConstraint[];
}

/** Word width of a reference design in bits. */
export type WordBits = 8 | 16 | 32;

const macEnergy: Readonly<Record<WordBits, number>> = { 8: 0.5608, 16: 2.20035, 32: 32.328 };

/**
 * The Eyeriss-like design of the published mixed-precision study: 14 × 12 processing elements with row-stationary
 * dataflow, 45 nm, energies recovered from Timeloop's outputs. With 8-bit words every memory holds twice the words in the
 * same vectors; `wideBandwidth` is the study's changed variant with a smaller weight memory and doubled bandwidths.
 * Source: Klhufek et al., arXiv 2404.05368; Chen et al., ISCA 2016.
 */
export function eyeriss(wordBits: WordBits = 16, options: { readonly wideBandwidth?: boolean } = {}): Design {
  const scale = 16 / wordBits;
  const bandwidth = options.wideBandwidth === true ? 2 : 1;
  // The study's 32-bit scratchpads keep their number of words.
  const words = (n: number) => n * Math.max(1, scale);
  const pad = (name: string, entries: number) =>
    withReferenceEnergy({
      name,
      wordBits,
      entries,
      blockSize: Math.max(1, scale),
      meshX: 14,
      meshY: 12,
      readBandwidth: 2 * bandwidth,
      writeBandwidth: 2 * bandwidth,
    });
  const architecture = defineArchitecture({
    name: `eyeriss-${wordBits}`,
    levels: [
      pad("psum_spad", words(24)),
      pad("weights_spad", options.wideBandwidth === true && wordBits === 8 ? 336 : words(224)),
      pad("ifmap_spad", words(12)),
      defineLevel({ name: "DummyBuffer", wordBits: 1, meshX: 14 }),
      withReferenceEnergy({
        name: "shared_glb",
        wordBits,
        entries: 51200 * scale,
        blockSize: 4 * scale,
        readBandwidth: 16 * bandwidth,
        writeBandwidth: 16 * bandwidth,
      }),
      withReferenceEnergy({ name: "DRAM", wordBits, blockSize: 4 * scale }),
    ],
    arithmetic: { name: "mac", meshX: 14, meshY: 12, energyPicojoules: macEnergy[wordBits] },
    timeloopVersion: "2023-fork",
  });
  return { architecture, constraintsFor: eyerissConstraints };
}

/**
 * The Simba-like design of the same study: 16 elements of 4 × 4 multipliers, weights held at the multipliers, no
 * bandwidth limits, loop orders free.
 */
export function simba(wordBits: WordBits = 16): Design {
  const scale = 16 / wordBits;
  const architecture = defineArchitecture({
    name: `simba-${wordBits}`,
    levels: [
      withReferenceEnergy({ name: "PEWeightRegs", wordBits, entries: 1, clusterSize: 64, meshX: 16, meshY: 16 }),
      withReferenceEnergy({
        name: "PEAccuBuffer",
        wordBits: wordBits === 8 ? 24 : wordBits,
        entries: 128,
        meshX: 16,
        meshY: 4,
      }),
      withReferenceEnergy({
        name: "PEWeightBuffer",
        wordBits,
        entries: 16384 * scale,
        blockSize: 4 * scale,
        meshX: 16,
        meshY: 4,
      }),
      withReferenceEnergy({ name: "PEInputBuffer", wordBits, entries: 32768 * scale, blockSize: 4 * scale, meshX: 16 }),
      withReferenceEnergy({ name: "GlobalBuffer", wordBits, entries: 32768 * scale, blockSize: 16 * scale }),
      withReferenceEnergy({ name: "DRAM", wordBits, blockSize: 4 * scale }),
    ],
    arithmetic: { name: "mac", meshX: 16, meshY: 16, energyPicojoules: macEnergy[wordBits] },
    timeloopVersion: "2023-fork",
  });
  return { architecture, constraintsFor: simbaConstraints };
}

function withReferenceEnergy(level: Partial<Level> & { readonly name: string }): Level {
  const full = defineLevel(level);
  return { ...full, energy: referenceEnergy(full.name, full.wordBits, full.entries) ?? full.energy };
}

/** `{ d: 1 }` for the dimensions of the problem that are not in `free`. */
function only(problem: Problem, free: string): Record<string, number> {
  return Object.fromEntries(problem.dimensions.filter((d) => !free.includes(d)).map((d) => [d, 1]));
}

function present(problem: Problem, dimensions: string): string[] {
  return [...dimensions].filter((d) => problem.dimensions.includes(d));
}

/** Groups, where a layer has them, may go wherever output channels may, except into a scratchpad. */
function eyerissConstraints(problem: Problem): LevelConstraint[] {
  const full = (factors: Record<string, number>, d: string) =>
    problem.dimensions.includes(d) ? { ...factors, [d]: "full" as const } : factors;
  const order = (dimensions: string) => present(problem, dimensions);
  return [
    { level: "psum_spad", keep: ["Outputs"], bypass: ["Weights", "Inputs"], temporal: { factors: only(problem, "M") } },
    {
      level: "weights_spad",
      keep: ["Weights"],
      bypass: ["Inputs", "Outputs"],
      temporal: { factors: full(only(problem, "CR"), "R"), innermost: order("NMPQSCR") },
    },
    { level: "ifmap_spad", keep: ["Inputs"], bypass: ["Weights", "Outputs"], temporal: { factors: only(problem, "") } },
    {
      level: "DummyBuffer",
      bypass: ["Weights", "Inputs", "Outputs"],
      temporal: { factors: only(problem, "") },
      spatial: { factors: full(only(problem, "SCMG"), "S"), alongY: order("SCMG") },
    },
    {
      level: "shared_glb",
      keep: ["Inputs", "Outputs"],
      bypass: ["Weights"],
      temporal: { factors: full(only(problem, "CMNPG"), "P"), innermost: order("QRSCPNMG") },
      spatial: { factors: only(problem, "QMG"), alongX: order("QMG") },
    },
    { level: "DRAM", temporal: { factors: only(problem, "CMNQG"), innermost: order("RSPCMNQG") } },
  ];
}

function simbaConstraints(problem: Problem): LevelConstraint[] {
  return [
    {
      level: "PEWeightRegs",
      keep: ["Weights"],
      bypass: ["Inputs", "Outputs"],
      temporal: { factors: only(problem, "PQ") },
    },
    {
      level: "PEAccuBuffer",
      keep: ["Outputs"],
      bypass: ["Inputs", "Weights"],
      temporal: { factors: only(problem, "M") },
      spatial: { factors: only(problem, "C") },
    },
    {
      level: "PEWeightBuffer",
      keep: ["Weights"],
      bypass: ["Inputs", "Outputs"],
      temporal: { factors: only(problem, "CRS") },
    },
    {
      level: "PEInputBuffer",
      keep: ["Inputs"],
      bypass: ["Weights", "Outputs"],
      temporal: { factors: only(problem, "") },
      spatial: { factors: only(problem, "MG") },
    },
    {
      level: "GlobalBuffer",
      keep: ["Inputs", "Outputs"],
      bypass: ["Weights"],
      temporal: { factors: only(problem, "CMNPQG") },
      spatial: { factors: only(problem, "CMG") },
    },
    { level: "DRAM", temporal: { factors: only(problem, "CMNPQG") } },
  ];
}
