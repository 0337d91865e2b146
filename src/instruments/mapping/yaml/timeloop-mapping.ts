import { OrreryError } from "../../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { fanOut } from "../architecture.ts";
import type { Loop, Mapping } from "../mapping.ts";
import { checkMapping } from "../mapping.ts";
import type { Problem } from "../problem.ts";
import { readFactors, readPermutation } from "./loops.ts";
import type { YamlValue } from "./reader.ts";
import { stringifyShort } from "./short-style.ts";
import { readKnown } from "./timeloop-constraints.ts";
import { settle } from "./timeloop-problem.ts";

interface Draft {
  keep: Set<string>;
  spatialX: Loop[];
  spatialY: Loop[];
  temporal: Loop[];
}

/**
 * Reads `mapping:`, a list of directives per level: temporal and spatial factors (0 for what the others leave of the bound)
 * with their permutation, `split`, and what is kept or bypassed. Levels without a storage directive keep every tensor; levels that only fan out keep none.
 */
export function readTimeloopMapping(
  value: YamlValue,
  problem: Problem,
  architecture: Architecture,
): Mapping | undefined {
  const levels = architecture.levels.map((l) => l.name);
  const drafts = new Map<string, Draft>(
    architecture.levels.map((level) => {
      const keep = new Set(level.wordBits === 1 ? [] : problem.dataSpaces.map((d) => d.name));
      return [level.name, { keep, spatialX: [], spatialY: [], temporal: [] }];
    }),
  );
  for (const item of value.items()) {
    const fields = item.fields(["target", "type", "factors", "permutation", "split", "keep", "bypass"]);
    const target = fields.get("target");
    const type = fields.get("type")?.choice(["temporal", "spatial", "bypass", "datatype", "dataspace"] as const);
    if (target === undefined || type === undefined) {
      item.fail(`expected target and type; got ${target === undefined ? "no target" : "no type"}`);
      continue;
    }
    const level = readKnown(target, "level", levels);
    if (level === undefined) continue;
    const draft = drafts.get(level)!;
    if (type === "temporal") draft.temporal = readLoops(fields, problem);
    else if (type === "spatial") {
      const loops = readLoops(fields, problem);
      const split = fields.get("split")?.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0");
      const [, y] = fanOut(architecture, levels.indexOf(level));
      const order = fields.has("permutation")
        ? readPermutation(fields.get("permutation")!, problem.dimensions).inner
        : [];
      const alongX =
        split === undefined ? (y > 1 && order.length === 0 ? [] : problem.dimensions) : order.slice(0, split);
      draft.spatialX = loops.filter((l) => alongX.includes(l.dimension));
      draft.spatialY = loops.filter((l) => !alongX.includes(l.dimension));
    } else applyStorage(fields, draft, problem);
  }
  const mapping = fillFactors(
    problem,
    levels.map((level) => {
      const { keep, ...loops } = drafts.get(level)!;
      return { level, keep: problem.dataSpaces.map((d) => d.name).filter((n) => keep.has(n)), ...loops };
    }),
  );
  return settle(value, () => {
    checkMapping(problem, architecture, mapping);
    return mapping;
  });
}

/** A mapping as Timeloop's YAML, outermost level first; reading it back gives the same mapping. */
export function writeTimeloopMapping(mapping: Mapping, problem: Problem, architecture: Architecture): string {
  const directives = [...mapping].reverse().flatMap((m) => {
    checkOneAxis(m);
    const [x, y] = fanOut(
      architecture,
      architecture.levels.findIndex((l) => l.name === m.level),
    );
    const bypass = problem.dataSpaces.map((d) => d.name).filter((n) => !m.keep.includes(n));
    const storage = { target: m.level, type: "datatype", keep: [...m.keep], bypass };
    const spatial = { target: m.level, type: "spatial", ...showLoops([...m.spatialX, ...m.spatialY], problem) };
    const split = new Set(m.spatialX.map((l) => l.dimension)).size;
    return [
      storage,
      ...(x * y > 1 || m.spatialX.length + m.spatialY.length > 0 ? [{ ...spatial, split }] : []),
      { target: m.level, type: "temporal", ...showLoops(m.temporal, problem) },
    ];
  });
  return stringifyShort({ mapping: directives });
}

/** @throws OrreryError `unsupported` for a dimension on both axes, which Timeloop's form cannot say. */
function checkOneAxis(m: Mapping[number]): void {
  const both = m.spatialX.find((x) => m.spatialY.some((y) => y.dimension === x.dimension && y.factor * x.factor > 1));
  if (both === undefined) return;
  throw new OrreryError("unsupported", `mapping: ${m.level} unrolls ${both.dimension} along both axes of its mesh`, {
    hint: "Timeloop's mapping form allows a dimension on one axis only.",
  });
}

function showLoops(loops: readonly Loop[], problem: Problem): { factors: string; permutation: string[] } {
  const listed = loops.map((l) => l.dimension);
  const order = [...listed, ...problem.dimensions.filter((d) => !listed.includes(d))];
  const factor = (d: string) => loops.find((l) => l.dimension === d)?.factor ?? 1;
  return { factors: problem.dimensions.map((d) => `${d}=${factor(d)}`).join(" "), permutation: order };
}

/** The mapping with each factor of 0 replaced by what the other factors of its dimension leave of the bound. */
function fillFactors(problem: Problem, mapping: Mapping): Mapping {
  const product = (d: string) =>
    mapping
      .flatMap((m) => [...m.spatialX, ...m.spatialY, ...m.temporal])
      .reduce((n, l) => (l.dimension === d && l.factor > 0 ? n * l.factor : n), 1);
  const fill = (loops: readonly Loop[]) =>
    loops.map(({ dimension: d, factor }) => ({ dimension: d, factor: factor || problem.bounds[d] / product(d) }));
  return mapping.map((m) => ({
    ...m,
    spatialX: fill(m.spatialX),
    spatialY: fill(m.spatialY),
    temporal: fill(m.temporal),
  }));
}

/** The loops of a directive, innermost first by its permutation. */
function readLoops(fields: Map<string, YamlValue>, problem: Problem): Loop[] {
  const rules = fields.has("factors") ? readFactors(fields.get("factors")!) : [];
  const order = fields.has("permutation") ? readPermutation(fields.get("permutation")!, problem.dimensions).inner : [];
  const loops: Loop[] = [];
  for (const rule of rules) {
    if (!problem.dimensions.includes(rule.dimension)) {
      rule.at.fail(`unknown dimension ${rule.dimension}; the dimensions are ${problem.dimensions.join(", ")}`);
    } else if (rule.relation === "<=") rule.at.fail(`${rule.dimension}: expected one factor; got a largest one`);
    else if (rule.value !== 1) loops.push({ dimension: rule.dimension, factor: rule.value });
  }
  const rank = (d: string) => (order.includes(d) ? order.indexOf(d) : order.length);
  return loops.sort((a, b) => rank(a.dimension) - rank(b.dimension));
}

function applyStorage(fields: Map<string, YamlValue>, draft: Draft, problem: Problem): void {
  const tensors = problem.dataSpaces.map((d) => d.name);
  const read = (key: string) =>
    fields.has(key) && !fields.get(key)!.isNull
      ? fields
          .get(key)!
          .names()
          .filter((n) => {
            if (tensors.includes(n)) return true;
            fields.get(key)!.fail(`unknown tensor ${n}; the tensors are ${tensors.join(", ")}`);
            return false;
          })
      : [];
  for (const name of read("keep")) draft.keep.add(name);
  for (const name of read("bypass")) draft.keep.delete(name);
}
