import { type Architecture, defineArchitecture, defineLevel, type Level } from "../architecture.ts";
import type { LevelConstraint, LoopConstraint } from "../constraints.ts";
import { convolution, fullyConnected, matrixProduct, type Problem } from "../problem.ts";
import { readFactors, readPermutation } from "./loops.ts";
import type { YamlValue } from "./reader.ts";
import { type ConstraintNames, readKnown } from "./timeloop-constraints.ts";
import { settle } from "./timeloop-problem.ts";

const levelKeys = [
  ...["name", "wordBits", "entries", "block", "cluster", "mesh", "readBandwidth", "writeBandwidth", "sharedBandwidth"],
  ...["multipleBuffering", "energy"],
];

/**
 * Reads `accelerator:`, the compact form: `levels` outermost first (`name`, `wordBits`, `entries` in words, `block`,
 * `mesh: 14x12`, bandwidths in words a cycle, `energy: { read, write, update, leak }` in picojoules a block) and `mac`
 * (`mesh`, `energy`).
 */
export function readAccelerator(value: YamlValue): Architecture | undefined {
  const before = value.problems.count;
  const fields = value.fields(["name", "levels", "mac", "timeloopVersion"]);
  const mac = fields.get("mac")?.fields(["name", "mesh", "energy"]);
  if (mac === undefined) value.fail("expected mac with mesh and energy; got none");
  const levels = (fields.get("levels")?.items() ?? []).map(readLevel).reverse();
  const [meshX, meshY] = readMesh(mac?.get("mesh"));
  const timeloopVersion = fields.get("timeloopVersion")?.choice(["3.0.3", "2023-fork"] as const) ?? "3.0.3";
  // What stands in for a wrong mesh or level would be refused for reasons that are not the user's.
  if (value.problems.count > before) return undefined;
  return settle(value, () =>
    defineArchitecture({
      name: fields.get("name")?.string() ?? "accelerator",
      levels,
      arithmetic: { name: "mac", meshX, meshY, energyPicojoules: mac?.get("energy")?.number() ?? 0 },
      timeloopVersion,
    }),
  );
}

function readLevel(value: YamlValue): Level {
  const fields = value.fields(levelKeys);
  const [meshX, meshY] = readMesh(fields.get("mesh"));
  const energy = fields.get("energy")?.fields(["read", "write", "update", "leak"]);
  const write = energy?.get("write")?.number() ?? energy?.get("read")?.number() ?? 0;
  const optional = <K extends keyof Level>(key: K, from: string, read: (v: YamlValue) => Level[K]) =>
    fields.has(from) ? { [key]: read(fields.get(from)!) } : {};
  if (!fields.has("name")) value.fail("expected a name; got none");
  return defineLevel({
    name: fields.get("name")?.string() ?? "",
    meshX,
    meshY,
    ...optional("wordBits", "wordBits", (v) => v.positiveInteger()),
    ...optional("entries", "entries", (v) => v.positive()),
    ...optional("blockSize", "block", (v) => v.positiveInteger()),
    ...optional("clusterSize", "cluster", (v) => v.positiveInteger()),
    ...optional("readBandwidth", "readBandwidth", (v) => v.positive()),
    ...optional("writeBandwidth", "writeBandwidth", (v) => v.positive()),
    ...optional("sharedBandwidth", "sharedBandwidth", (v) => v.positive()),
    ...optional("multipleBuffering", "multipleBuffering", (v) => v.positive()),
    energy: {
      read: energy?.get("read")?.number() ?? 0,
      write,
      update: energy?.get("update")?.number() ?? write,
      leak: energy?.get("leak")?.number() ?? 0,
    },
  });
}

/** `14x12` is 14 along X and 12 along Y; a number alone lies along X. */
function readMesh(value: YamlValue | undefined): [x: number, y: number] {
  if (value === undefined) return [1, 1];
  const match = /^\s*(\d+)\s*(?:[x×]\s*(\d+))?\s*$/.exec(value.string());
  if (match === null || Number(match[1]) < 1 || Number(match[2] ?? 1) < 1) {
    value.fail(`expected a mesh such as 14x12; got ${value.show()}`);
    return [1, 1];
  }
  return [Number(match[1]), Number(match[2] ?? 1)];
}

/**
 * Reads `constraints:` of the compact form, a map from level to `temporal` and `spatial` (`factors`, `order` innermost
 * first, `x` and `y` for the dimensions of each axis), `keep` and `bypass`.
 */
export function readConstraints(value: YamlValue, names: ConstraintNames): LevelConstraint[] {
  const found: LevelConstraint[] = [];
  for (const [level, rule] of value.fields(names.levels)) {
    const fields = rule.fields(["temporal", "spatial", "keep", "bypass"]);
    const tensors = (key: string) =>
      (fields.get(key)?.isList ? fields.get(key)!.items() : []).flatMap(
        (v) => readKnown(v, "tensor", names.tensors) ?? [],
      );
    const temporal = fields.get("temporal")?.fields(["factors", "order"]);
    const spatial = fields.get("spatial")?.fields(["factors", "x", "y"]);
    const axis = (key: string) => (spatial?.has(key) ? spatial.get(key)!.names() : undefined);
    const [alongX, alongY] = [axis("x"), axis("y")];
    found.push({
      level,
      keep: tensors("keep"),
      bypass: tensors("bypass"),
      ...(temporal && { temporal: readRule(temporal, names) }),
      ...(spatial && {
        spatial: { ...readRule(spatial, names), ...(alongX && { alongX }), ...(alongY && { alongY }) },
      }),
    });
  }
  return found;
}

function readRule(fields: Map<string, YamlValue>, names: ConstraintNames): LoopConstraint {
  const rules = fields.has("factors") ? readFactors(fields.get("factors")!) : [];
  for (const rule of rules) {
    if (!names.dimensions.includes(rule.dimension)) {
      rule.at.fail(`unknown dimension ${rule.dimension}; the dimensions are ${names.dimensions.join(", ")}`);
    }
  }
  const order = fields.has("order") ? readPermutation(fields.get("order")!, names.dimensions) : undefined;
  const pairs = (relation: "=" | "<=") => rules.filter((r) => r.relation === relation);
  return {
    factors: Object.fromEntries(pairs("=").map((r) => [r.dimension, r.value === 0 ? "full" : r.value])),
    maxFactors: Object.fromEntries(pairs("<=").map((r) => [r.dimension, r.value])),
    ...(order && { innermost: order.inner, outermost: order.outer }),
  };
}

const layerKeys = [
  ...[
    "name",
    "C",
    "M",
    "R",
    "S",
    "P",
    "Q",
    "N",
    "K",
    "groups",
    "stride",
    "dilation",
    "bits",
    "inputs",
    "outputs",
    "batch",
  ],
  "repeat",
];

/** A layer and how often the network has it. */
export interface LayerEntry {
  readonly problem: Problem;
  readonly count: number;
}

/**
 * Reads `layers:`. Each is a map, `{ C, M, R, S, P, Q, stride, groups }` (convolution), `{ inputs, outputs }` (fully
 * connected) or `{ M, N, K, batch }` (matrix product), with `bits: { Inputs: 8 }` and `repeat`; or a row
 * `[W, H, C, N, M, S, R, Wpad, Hpad, Wstride, Hstride]` as in published layer tables.
 */
export function readLayers(value: YamlValue): LayerEntry[] {
  return value.items().flatMap((item, i) => {
    const problem = item.isList ? readRow(item, i) : readLayer(item, i);
    if (problem === undefined) return [];
    const count = item.isMap ? (item.fields(layerKeys).get("repeat")?.positiveInteger() ?? 1) : 1;
    return [{ problem, count }];
  });
}

function readLayer(item: YamlValue, i: number): Problem | undefined {
  const fields = item.fields(layerKeys);
  const name = fields.get("name")?.string() ?? `layer ${i + 1}`;
  const bitFields = fields.get("bits")?.fields(["Weights", "Inputs", "Outputs"]) ?? new Map<string, YamlValue>();
  const bits = Object.fromEntries([...bitFields].map(([t, v]) => [t, v.positiveInteger()]));
  const get = (key: string, fallback?: number): number => {
    const v = fields.get(key);
    if (v !== undefined) return v.positiveInteger();
    if (fallback === undefined) item.fail(`expected ${key}; got none`);
    return fallback ?? 1;
  };
  return settle(item, () => {
    if (fields.has("inputs")) {
      return fullyConnected({ name, inputs: get("inputs"), outputs: get("outputs"), batch: get("batch", 1), bits });
    }
    if (fields.has("K"))
      return matrixProduct({ name, M: get("M"), N: get("N"), K: get("K"), batch: get("batch", 1), bits });
    const [stride, dilation] = [get("stride", 1), get("dilation", 1)];
    return convolution({
      ...{ name, C: get("C"), M: get("M"), R: get("R"), S: get("S"), P: get("P"), Q: get("Q"), N: get("N", 1) },
      ...{ groups: get("groups", 1), strideP: stride, strideQ: stride, dilationR: dilation, dilationS: dilation, bits },
    });
  });
}

function readRow(item: YamlValue, i: number): Problem | undefined {
  const row = item.items();
  if (row.length !== 11) {
    item.fail(`expected 11 numbers W, H, C, N, M, S, R, Wpad, Hpad, Wstride, Hstride; got ${row.length}`);
    return undefined;
  }
  const [W, H, C, N, M, S, R, Wpad, Hpad, Wstride, Hstride] = row.map((v, k) =>
    k === 7 || k === 8 ? v.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0") : v.positiveInteger(),
  );
  const P = Math.floor((W - R + 2 * Wpad) / Wstride) + 1;
  const Q = Math.floor((H - S + 2 * Hpad) / Hstride) + 1;
  return settle(item, () =>
    convolution({ name: `layer ${i + 1}`, C, M, R, S, N, P, Q, strideP: Wstride, strideQ: Hstride }),
  );
}
