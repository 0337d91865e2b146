import { OrreryError } from "../../errors.ts";
import { type Architecture, defineLevel, type Level } from "./architecture.ts";
import type { Loop, Mapping } from "./mapping.ts";
import { defineProblem, type Problem, type Term } from "./problem.ts";
import { referenceEnergy } from "./reference-energy.ts";

/** Counts of one tensor at one level as a reference run printed them; absent or null values are not compared. */
export interface ExpectedCounts {
  readonly reads?: number | null;
  readonly fills?: number | null;
  readonly updates?: number | null;
  readonly red?: number | null;
  readonly cap?: number | null;
  readonly part?: number | null;
  readonly inst?: number | null;
  readonly energyTotal_pJ?: number | null;
}

/** What a reference run printed. */
export interface ExpectedRun {
  readonly cycles?: number | null;
  readonly energy_uJ?: number | null;
  readonly edp_J_cycle?: number | null;
  readonly utilization?: number | null;
  readonly lastLevelAccesses?: number | null;
  readonly levels: Readonly<Record<string, Readonly<Record<string, ExpectedCounts>>>>;
}

/** A mapping with what Timeloop printed for it. */
export interface ReferenceCase {
  readonly id: string;
  readonly problem: Problem;
  readonly architecture: Architecture;
  readonly mapping: Mapping;
  readonly expected: ExpectedRun;
  /** Whether the energy of every level is known. */
  readonly hasEnergy: boolean;
  /** Half the last printed place of the total energy in microjoules: version 0.4 prints two decimals. */
  readonly printedEnergyStep: number;
}

interface RawLevel {
  readonly name: string;
  readonly wordBits: number | null;
  readonly blockSize: number | null;
  readonly clusterSize: number | null;
  readonly sizeWords: number | null;
  readonly instances: number | null;
  readonly readBandwidth: number | null;
  readonly writeBandwidth: number | null;
  readonly keep: readonly string[];
  readonly temporal: readonly (readonly [string, number])[];
  readonly spatialX: readonly (readonly [string, number])[];
  readonly spatialY: readonly (readonly [string, number])[];
}

interface RawCase {
  readonly id: string;
  readonly timeloopVersion: string;
  readonly dims: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly dataspaces: Readonly<Record<string, readonly (readonly Term[])[]>>;
  readonly readWrite: readonly string[];
  readonly bits: Readonly<Record<string, number | null>>;
  readonly levelsInnermostFirst: readonly RawLevel[];
  readonly mac: { readonly energy_pJ: number };
  readonly ert_pJ?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly expected: ExpectedRun;
}

const requiredKeys = [
  "id",
  "timeloopVersion",
  "dims",
  "bounds",
  "dataspaces",
  "readWrite",
  "bits",
  "levelsInnermostFirst",
  "mac",
  "expected",
] as const;

/**
 * Reads one line of a reference file.
 * @throws OrreryError `format` when it is no JSON object or lacks a key.
 */
export function readReferenceCase(text: string, line: number): ReferenceCase {
  let raw: RawCase;
  try {
    raw = JSON.parse(text) as RawCase;
  } catch (cause) {
    throw new OrreryError("format", `line ${line}: expected a JSON object; got ${JSON.stringify(text.slice(0, 40))}`, {
      cause,
    });
  }
  const missing = requiredKeys.filter((key) => raw?.[key] === undefined);
  if (missing.length > 0) throw new OrreryError("format", `line ${line}: missing ${missing.join(", ")}`);
  const energies = raw.levelsInnermostFirst.map((l) => levelEnergy(raw, l));
  return {
    id: raw.id,
    problem: readProblem(raw),
    architecture: readArchitecture(raw, energies),
    mapping: raw.levelsInnermostFirst.map((l) => ({
      level: l.name,
      keep: l.keep,
      spatialX: l.spatialX.map(readLoop),
      spatialY: l.spatialY.map(readLoop),
      temporal: l.temporal.map(readLoop),
    })),
    expected: raw.expected,
    hasEnergy: energies.every((e) => e !== undefined),
    printedEnergyStep: raw.timeloopVersion === "2023-fork" ? 0 : 0.005,
  };
}

function readProblem(raw: RawCase): Problem {
  return defineProblem({
    name: raw.id,
    dimensions: raw.dims,
    bounds: raw.bounds,
    dataSpaces: Object.entries(raw.dataspaces).map(([name, ranks]) => {
      const bits = raw.bits[name];
      const readWrite = raw.readWrite.includes(name);
      return bits == null ? { name, ranks, readWrite } : { name, ranks, readWrite, bits };
    }),
  });
}

/** The fan-outs of a reference run are not part of the format, so the mesh is one row of instances. */
function readArchitecture(raw: RawCase, energies: readonly (Level["energy"] | undefined)[]): Architecture {
  const levels = raw.levelsInnermostFirst.map((l, i) =>
    defineLevel({
      name: l.name,
      wordBits: l.wordBits ?? 1,
      entries: l.sizeWords ?? Number.POSITIVE_INFINITY,
      blockSize: l.blockSize ?? 1,
      clusterSize: l.clusterSize ?? 1,
      meshX: l.instances ?? 1,
      readBandwidth: l.readBandwidth ?? Number.POSITIVE_INFINITY,
      writeBandwidth: l.writeBandwidth ?? Number.POSITIVE_INFINITY,
      energy: energies[i] ?? { read: 0, write: 0 },
    }),
  );
  const names = levels.map((l) => l.name);
  const mac = Object.entries(raw.ert_pJ ?? {}).find(([name]) => !names.includes(name))?.[1];
  return {
    name: raw.id,
    levels,
    arithmetic: {
      name: "mac",
      meshX: levels[0].meshX,
      meshY: 1,
      energyPicojoules: mac?.compute ?? raw.mac.energy_pJ,
    },
    timeloopVersion: raw.timeloopVersion === "2023-fork" ? "2023-fork" : "3.0.3",
  };
}

function levelEnergy(raw: RawCase, level: RawLevel): Level["energy"] | undefined {
  if (level.keep.length === 0) return { read: 0, write: 0 };
  const table = raw.ert_pJ?.[level.name];
  if (table === undefined) {
    return referenceEnergy(level.name, level.wordBits ?? 1, level.sizeWords ?? Number.POSITIVE_INFINITY);
  }
  const write = table.write ?? 0;
  return { read: table.read ?? 0, write, update: table.update ?? write, leak: table.leak ?? 0 };
}

function readLoop([dimension, factor]: readonly [string, number]): Loop {
  return { dimension, factor };
}
