import { OrreryError } from "../../../errors.ts";
import { type Architecture, countInstances, fanOut, type Level } from "../architecture.ts";
import type { LevelConstraint, LoopConstraint, SpatialConstraint } from "../constraints.ts";
import type { Problem } from "../problem.ts";
import { stringifyShort } from "./short-style.ts";

/** A problem as Timeloop's `problem:` section, its coefficients named; reading it back gives the same problem. */
export function writeTimeloopProblem(problem: Problem): string {
  const coefficients: { name: string; default: number }[] = [];
  const dataSpaces = problem.dataSpaces.map(({ name, ranks, readWrite }) => ({
    name,
    projection: ranks.map((rank) =>
      rank.map(([dimension, coefficient]) => {
        if (coefficient === 1) return [dimension];
        const known = `${dimension}step${coefficient}`;
        if (!coefficients.some((c) => c.name === known)) coefficients.push({ name: known, default: coefficient });
        return [dimension, known];
      }),
    ),
    ...(readWrite ? { "read-write": true } : {}),
  }));
  const widths = problem.dataSpaces.filter((d) => d.bits !== undefined).map((d) => [d.name, d.bits]);
  return stringifyShort({
    problem: {
      shape: {
        name: problem.name.replaceAll(/[^\w.-]+/g, "-"),
        dimensions: problem.dimensions,
        ...(coefficients.length > 0 ? { coefficients } : {}),
        "data-spaces": dataSpaces,
      },
      instance: { ...problem.bounds, ...(widths.length > 0 ? { bitwidths: Object.fromEntries(widths) } : {}) },
    },
  });
}

/** An accelerator as Timeloop's `architecture:` (version 0.3) with its energies as an `ERT:` section. */
export function writeTimeloopArchitecture(architecture: Architecture): string {
  const levels = [...architecture.levels].reverse();
  const { arithmetic } = architecture;
  const range = (n: number) => (n === 1 ? "" : `[0..${n - 1}]`);
  const local = [
    ...levels.map((level) => ({
      name: `${level.name}${range(countInstances(level))}`,
      class: classOf(level),
      attributes: attributesOf(level),
    })),
    {
      name: `${arithmetic.name}${range(countInstances(arithmetic))}`,
      class: "intmac",
      attributes: { datawidth: 16, meshX: arithmetic.meshX },
    },
  ];
  const action = (name: string, energy: number) => ({ name, energy });
  const tables = [
    ...levels.map(({ name, energy }) => ({
      name: `system.${name}`,
      actions: [
        ...[
          action("read", energy.read),
          action("write", energy.write),
          action("update", energy.update ?? energy.write),
        ],
        ...(energy.leak === undefined || energy.leak === 0 ? [] : [action("leak", energy.leak)]),
      ],
    })),
    { name: `system.${arithmetic.name}`, actions: [action("compute", arithmetic.energyPicojoules)] },
  ];
  return stringifyShort({
    architecture: { version: 0.3, subtree: [{ name: "system", local }] },
    ERT: { version: 0.3, tables },
  });
}

function classOf({ wordBits, entries }: Level): string {
  if (wordBits === 1) return "dummy_storage";
  if (!Number.isFinite(entries)) return "DRAM";
  return entries < 2048 ? "regfile" : "SRAM";
}

function attributesOf(level: Level): Record<string, number> {
  const finite = Object.entries({
    entries: level.entries,
    read_bandwidth: level.readBandwidth,
    write_bandwidth: level.writeBandwidth,
    shared_bandwidth: level.sharedBandwidth,
  }).filter(([, n]) => Number.isFinite(n));
  const unusual = Object.entries({
    "cluster-size": level.clusterSize,
    multiple_buffering: level.multipleBuffering,
  }).filter(([, n]) => n !== 1);
  return {
    width: level.wordBits * level.blockSize,
    "word-bits": level.wordBits,
    "block-size": level.blockSize,
    meshX: level.meshX,
    ...Object.fromEntries([...finite, ...unusual]),
  };
}

/**
 * Constraints as Timeloop's `architecture_constraints:`.
 * @throws OrreryError `unsupported` for a rule about one axis of a mesh that leaves the other free, which Timeloop cannot say.
 */
export function writeTimeloopConstraints(
  constraints: readonly LevelConstraint[],
  problem: Problem,
  architecture: Architecture,
): string {
  const targets = constraints.flatMap((c) => {
    const storage = (c.keep?.length ?? 0) + (c.bypass?.length ?? 0) > 0;
    return [
      ...(storage
        ? [{ target: c.level, type: "bypass", keep: [...(c.keep ?? [])], bypass: [...(c.bypass ?? [])] }]
        : []),
      ...(c.spatial
        ? [{ target: c.level, type: "spatial", ...showSpatial(c.spatial, c.level, problem, architecture) }]
        : []),
      ...(c.temporal ? [{ target: c.level, type: "temporal", ...showRule(c.temporal) }] : []),
    ];
  });
  return stringifyShort({ architecture_constraints: { targets } });
}

function showRule({ factors = {}, maxFactors = {}, innermost = [], outermost = [] }: LoopConstraint) {
  const list = [
    ...Object.entries(factors).map(([d, f]) => `${d}=${f === "full" ? 0 : f}`),
    ...Object.entries(maxFactors).map(([d, f]) => `${d}<=${f}`),
  ];
  const order = outermost.length === 0 ? [...innermost] : [...innermost, "*", ...[...outermost].reverse()];
  return {
    ...(list.length > 0 ? { factors: list.join(" ") } : {}),
    ...(order.length > 0 ? { permutation: order } : {}),
  };
}

function showSpatial(rule: SpatialConstraint, level: string, problem: Problem, architecture: Architecture) {
  const [x, y] = fanOut(
    architecture,
    architecture.levels.findIndex((l) => l.name === level),
  );
  const { alongX, alongY } = rule;
  const { factors } = showRule({ ...rule, innermost: [], outermost: [] });
  const given = factors === undefined ? {} : { factors };
  if (alongX === undefined && alongY === undefined) return given;
  const rest = (own: readonly string[]) => problem.dimensions.filter((d) => !own.includes(d));
  const xs = alongX ?? (x === 1 ? rest(alongY ?? []) : undefined);
  const ys = alongY ?? (y === 1 ? rest(alongX ?? []) : undefined);
  const isSplit = xs !== undefined && ys !== undefined && xs.every((d) => !ys.includes(d));
  if (isSplit) {
    const banned = rest([...xs, ...ys]);
    const nowhere = banned.map((d) => `${d}=1`).filter((f) => !(factors ?? "").split(" ").includes(f));
    const all = [factors ?? "", ...nowhere].filter((f) => f !== "").join(" ");
    return { ...(all === "" ? {} : { factors: all }), permutation: [...xs, ...ys, ...banned], split: xs.length };
  }
  throw new OrreryError("unsupported", `constraints of ${level}: Timeloop cannot leave one axis of the mesh free`, {
    hint: "Say which dimensions run along x and which along y.",
  });
}
