import { OrreryError } from "../../errors.ts";

/** Energy of one vector access (a block of words) in picojoules; `leak` is per cycle and instance. */
export interface AccessEnergy {
  readonly read: number;
  readonly write: number;
  /** Accumulating write; equals `write` when absent. */
  readonly update?: number;
  readonly leak?: number;
}

/** One storage level. Instances form a mesh; the fan-out of a level is its child's mesh divided by its own. */
export interface Level {
  readonly name: string;
  /** Width of a word in bits; 1 marks a level that only fans out and packs nothing. */
  readonly wordBits: number;
  /** Words an instance holds; `Infinity` for off-chip memory. */
  readonly entries: number;
  /** Words of one vector access. */
  readonly blockSize: number;
  /** Neighbouring instances served by one physical access. */
  readonly clusterSize: number;
  readonly meshX: number;
  readonly meshY: number;
  /** Words a cycle and instance; `Infinity` when unlimited. */
  readonly readBandwidth: number;
  readonly writeBandwidth: number;
  /** Reads and writes together. */
  readonly sharedBandwidth: number;
  /** How many copies of a tile must fit (2 for double buffering). */
  readonly multipleBuffering: number;
  readonly energy: AccessEnergy;
}

/** The multiply–accumulate units below the innermost level. */
export interface Arithmetic {
  readonly name: string;
  readonly meshX: number;
  readonly meshY: number;
  /** Energy of one multiply–accumulate in picojoules; units that leak are not modelled, as in Timeloop. */
  readonly energyPicojoules: number;
}

/**
 * Which Timeloop the counts follow: `2023-fork` counts every fill of a partial result,
 * `3.0.3` leaves out the first one, which carries no data.
 */
export type TimeloopVersion = "2023-fork" | "3.0.3";

/** A linear hierarchy of storage levels, innermost first, above an array of multiply–accumulate units. */
export interface Architecture {
  readonly name: string;
  readonly levels: readonly Level[];
  readonly arithmetic: Arithmetic;
  readonly timeloopVersion: TimeloopVersion;
}

/** A level with what is usual filled in: 16-bit words, one instance, block and cluster 1, no limits, no energy. */
export function defineLevel(level: Partial<Level> & { readonly name: string }): Level {
  return {
    wordBits: 16,
    entries: Number.POSITIVE_INFINITY,
    blockSize: 1,
    clusterSize: 1,
    meshX: 1,
    meshY: 1,
    readBandwidth: Number.POSITIVE_INFINITY,
    writeBandwidth: Number.POSITIVE_INFINITY,
    sharedBandwidth: Number.POSITIVE_INFINITY,
    multipleBuffering: 1,
    energy: { read: 0, write: 0 },
    ...level,
  };
}

/**
 * Checks an architecture and returns it.
 * @throws OrreryError `argument` on a repeated level name, a size that is not positive, or a mesh that does not divide
 * the mesh below it.
 */
export function defineArchitecture(architecture: Architecture): Architecture {
  const { levels, arithmetic } = architecture;
  const at = `architecture ${architecture.name}`;
  if (levels.length === 0) throw new OrreryError("argument", `${at}: expected at least one storage level; got none`);
  const names = levels.map((l) => l.name);
  const repeated = names.find((n, i) => names.indexOf(n) !== i);
  if (repeated !== undefined) throw new OrreryError("argument", `${at}: level ${repeated} is declared twice`);
  for (const level of levels) checkLevel(at, level);
  levels.forEach((level, i) => {
    const child = levels[i - 1] ?? arithmetic;
    for (const axis of ["meshX", "meshY"] as const) {
      if (!Number.isInteger(child[axis] / level[axis])) {
        throw new OrreryError(
          "argument",
          `${at}: ${axis} of ${level.name} must divide that of ${child.name} below it; got ${level[axis]} above ${child[axis]}`,
          { hint: "Correct a mesh, or the order of the levels: those with more instances lie further in." },
        );
      }
    }
  });
  return architecture;
}

/** Instances of a level or of the arithmetic: `meshX · meshY`. */
export function countInstances(part: { readonly meshX: number; readonly meshY: number }): number {
  return part.meshX * part.meshY;
}

/** Fan-out of level `i` towards its child along each axis of the mesh. */
export function fanOut(architecture: Architecture, i: number): readonly [x: number, y: number] {
  const level = architecture.levels[i];
  const child = architecture.levels[i - 1] ?? architecture.arithmetic;
  return [child.meshX / level.meshX, child.meshY / level.meshY];
}

/** The same hierarchy with some fields of one level replaced, for what-if questions. */
export function withLevel(architecture: Architecture, name: string, change: Partial<Level>): Architecture {
  if (!architecture.levels.some((l) => l.name === name)) {
    throw new OrreryError("argument", `architecture ${architecture.name}: no level called ${name}`, {
      hint: `The levels are ${architecture.levels.map((l) => l.name).join(", ")}.`,
    });
  }
  return defineArchitecture({
    ...architecture,
    levels: architecture.levels.map((l) => (l.name === name ? { ...l, ...change } : l)),
  });
}

function checkLevel(at: string, level: Level): void {
  const positive = { ...level, name: 1, energy: 1 } as Record<string, unknown>;
  for (const [key, value] of Object.entries(positive)) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new OrreryError("argument", `${at}: ${key} of level ${level.name} must be positive; got ${value}`);
    }
  }
  for (const key of ["wordBits", "blockSize", "clusterSize", "meshX", "meshY"] as const) {
    if (!Number.isInteger(level[key])) {
      throw new OrreryError("argument", `${at}: ${key} of level ${level.name} must be an integer; got ${level[key]}`);
    }
  }
}
