import { nearestName } from "../../../nearest-name.ts";
import type { LevelConstraint, LoopConstraint, SpatialConstraint } from "../constraints.ts";
import { type FactorRule, readFactors, readPermutation } from "./loops.ts";
import type { YamlValue } from "./reader.ts";

/** A level constraint while several targets add to it. */
interface Draft {
  temporal?: LoopConstraint;
  spatial?: SpatialConstraint;
  keep: string[];
  bypass: string[];
}

/** Names that constraints may mention. */
export interface ConstraintNames {
  readonly levels: readonly string[];
  readonly dimensions: readonly string[];
  readonly tensors: readonly string[];
}

const targetKeys = ["target", "type", "factors", "permutation", "split", "keep", "bypass", "name"];
const types = ["temporal", "spatial", "bypass", "datatype", "dataspace"] as const;
const unsupported: Readonly<Record<string, string>> = {
  no_reuse: "no_reuse",
  min_parallelism: "a minimum of parallelism",
  max_overbooked_proportion: "overbooking",
  utilization: "a minimum of utilization",
  max_factors: "max_factors (write factors: [C<=3])",
};

/**
 * Reads the targets of `architecture_constraints:` or `mapspace_constraints:`. Permutations list the innermost
 * dimension first; `split: k` sends the first k dimensions of a spatial permutation along X and the others along Y;
 * a factor of 0 is what is left of the bound.
 */
export function readTimeloopConstraints(targets: YamlValue, names: ConstraintNames): LevelConstraint[] {
  const drafts = new Map<string, Draft>();
  for (const item of targets.items()) readTarget(item, names, drafts);
  return names.levels
    .filter((level) => drafts.has(level))
    .map((level) => {
      const { temporal, spatial, keep, bypass } = drafts.get(level)!;
      return { level, keep, bypass, ...(temporal && { temporal }), ...(spatial && { spatial }) };
    });
}

function readTarget(item: YamlValue, names: ConstraintNames, drafts: Map<string, Draft>): void {
  const all = item.fields();
  for (const [key, value] of all) {
    const feature = unsupported[key.replaceAll("-", "_")];
    if (feature !== undefined) value.fail(`${feature} is not supported`);
  }
  const plain = new Map([...all].filter(([key]) => unsupported[key.replaceAll("-", "_")] === undefined));
  for (const [key, value] of plain) {
    if (!targetKeys.includes(key)) {
      const near = nearestName(key, targetKeys);
      value.fail(
        `unknown key ${key}. ${near === undefined ? `Known are ${targetKeys.join(", ")}` : `Did you mean ${near}?`}`,
      );
    }
  }
  const target = plain.get("target") ?? plain.get("name");
  const type = plain.get("type");
  if (target === undefined || type === undefined) {
    item.fail(`expected target and type; got ${target === undefined ? "no target" : "no type"}`);
    return;
  }
  const level = readKnown(target, "level", names.levels);
  const kind = type.choice(types);
  if (level === undefined) return;
  const draft = drafts.get(level) ?? { keep: [], bypass: [] };
  drafts.set(level, draft);
  if (kind === "temporal") draft.temporal = mergeRules(draft.temporal, readLoopRule(plain, names.dimensions));
  else if (kind === "spatial") draft.spatial = mergeRules(draft.spatial, readSpatial(plain, names.dimensions));
  else {
    draft.keep.push(...readTensors(plain.get("keep"), names.tensors));
    draft.bypass.push(...readTensors(plain.get("bypass"), names.tensors));
  }
}

/** Checks a name; a near miss is suggested. */
export function readKnown(value: YamlValue, kind: string, known: readonly string[]): string | undefined {
  const name = value.string();
  if (known.includes(name)) return name;
  const near = nearestName(name, known);
  value.fail(
    `unknown ${kind} ${name}. ${near === undefined ? `Known are ${known.join(", ")}` : `Did you mean ${near}?`}`,
  );
  return undefined;
}

function readTensors(value: YamlValue | undefined, known: readonly string[]): string[] {
  if (value === undefined || value.isNull) return [];
  if (!value.isList) return value.names().filter((n) => checkTensor(value, n, known));
  return value.items().flatMap((item) => readKnown(item, "tensor", known) ?? []);
}

function checkTensor(at: YamlValue, name: string, known: readonly string[]): boolean {
  if (known.includes(name)) return true;
  at.fail(`unknown tensor ${name}; the tensors are ${known.join(", ")}`);
  return false;
}

function readLoopRule(fields: Map<string, YamlValue>, dimensions: readonly string[]): LoopConstraint {
  const rules = fields.has("factors") ? readFactors(fields.get("factors")!) : [];
  for (const rule of rules) checkDimension(rule, dimensions);
  const fixed = rules.filter((r) => r.relation === "=");
  const limits = rules.filter((r) => r.relation === "<=");
  const order = fields.has("permutation") ? readPermutation(fields.get("permutation")!, dimensions) : undefined;
  return {
    factors: Object.fromEntries(fixed.map((r) => [r.dimension, r.value === 0 ? "full" : r.value])),
    maxFactors: Object.fromEntries(limits.map((r) => [r.dimension, r.value])),
    ...(order === undefined ? {} : { innermost: order.inner, outermost: order.outer }),
  };
}

function checkDimension(rule: FactorRule, dimensions: readonly string[]): void {
  if (!dimensions.includes(rule.dimension)) {
    rule.at.fail(`unknown dimension ${rule.dimension}; the dimensions are ${dimensions.join(", ")}`);
  }
}

function readSpatial(fields: Map<string, YamlValue>, dimensions: readonly string[]): SpatialConstraint {
  const rule = readLoopRule(fields, dimensions);
  const split = fields.get("split");
  if (split === undefined) return rule;
  const k = split.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0");
  const order = rule.innermost ?? [];
  if (order.length === 0) split.fail("a split needs a permutation; got none");
  const rest = dimensions.filter((d) => !order.includes(d));
  return { ...rule, alongX: order.slice(0, k), alongY: [...order.slice(k), ...rest] };
}

function mergeRules<T extends LoopConstraint>(a: T | undefined, b: T): T {
  if (a === undefined) return b;
  return { ...a, ...b, factors: { ...a.factors, ...b.factors }, maxFactors: { ...a.maxFactors, ...b.maxFactors } };
}
