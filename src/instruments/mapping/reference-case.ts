import { z } from "zod";
import { OrreryError } from "../../errors.ts";
import { type Architecture, defineLevel, type Level } from "./architecture.ts";
import type { Loop, Mapping } from "./mapping.ts";
import { defineProblem, type Problem } from "./problem.ts";
import { referenceEnergy } from "./reference-energy.ts";

const maybe = z.number().nullish();
const loops = z.array(z.tuple([z.string(), z.number()]));

/** Counts of one tensor at one level as a reference run printed them; absent or null values are not compared. */
const countsSchema = z.object({
  ...{ reads: maybe, fills: maybe, updates: maybe, red: maybe, cap: maybe, part: maybe, inst: maybe },
  energyTotal_pJ: maybe,
});

/** What a reference run printed. */
const runSchema = z.object({
  ...{ cycles: maybe, energy_uJ: maybe, edp_J_cycle: maybe, utilization: maybe, lastLevelAccesses: maybe },
  levels: z.record(z.string(), z.record(z.string(), countsSchema)),
});

const levelSchema = z.object({
  name: z.string(),
  ...{ wordBits: maybe, blockSize: maybe, clusterSize: maybe, sizeWords: maybe, instances: maybe },
  ...{ readBandwidth: maybe, writeBandwidth: maybe },
  keep: z.array(z.string()),
  ...{ temporal: loops, spatialX: loops, spatialY: loops },
});

const caseSchema = z.object({
  id: z.string(),
  timeloopVersion: z.string(),
  dims: z.array(z.string()),
  bounds: z.record(z.string(), z.number()),
  dataspaces: z.record(z.string(), z.array(loops)),
  readWrite: z.array(z.string()),
  bits: z.record(z.string(), maybe),
  levelsInnermostFirst: z.array(levelSchema).min(1),
  mac: z.object({ energy_pJ: z.number() }),
  ert_pJ: z.record(z.string(), z.record(z.string(), z.number())).nullish(),
  expected: runSchema,
});

type RawCase = z.output<typeof caseSchema>;
type RawLevel = z.output<typeof levelSchema>;

/** A mapping with what Timeloop printed for it. */
export interface ReferenceCase {
  readonly id: string;
  readonly problem: Problem;
  readonly architecture: Architecture;
  readonly mapping: Mapping;
  readonly expected: RawCase["expected"];
  /** Whether the energy of every level is known. */
  readonly hasEnergy: boolean;
  /** Half the last printed place of the total energy in microjoules: version 0.4 prints two decimals. */
  readonly printedEnergyStep: number;
}

const requiredKeys = Object.keys(caseSchema.shape).filter((key) => key !== "ert_pJ");

/**
 * Reads one line of a reference file.
 * @throws OrreryError `format` when it is no JSON object, lacks a key or has something else where a value should be.
 */
export function readReferenceCase(text: string, line: number): ReferenceCase {
  const raw = checkCase(parseObject(text, line), line);
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

function parseObject(text: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new OrreryError("format", `line ${line}: expected a JSON object; got ${JSON.stringify(text.slice(0, 40))}`);
}

function checkCase(value: Readonly<Record<string, unknown>>, line: number): RawCase {
  const missing = requiredKeys.filter((key) => value[key] === undefined);
  if (missing.length > 0) throw new OrreryError("format", `line ${line}: missing ${missing.join(", ")}`);
  const parsed = caseSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  const told = message.replace(/^Invalid input: /, "").replace(", received", "; got");
  throw new OrreryError("format", `line ${line}: ${path.join(".")}: ${told.charAt(0).toLowerCase()}${told.slice(1)}`);
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
