import { nearestName } from "../../../nearest-name.ts";
import type { LevelConstraint, LoopConstraint, SpatialConstraint } from "../constraints.ts";
import { type FactorRule, readFactors, readPermutation } from "./loops.ts";
import { unknownKey, type YamlValue } from "./reader.ts";
import type { NodeConstraints } from "./timeloop-nodes.ts";

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
const nodeKeys = ["temporal", "spatial", "dataspace"];
const types = ["temporal", "spatial", "bypass", "datatype", "dataspace"] as const;
const unsupported: Readonly<Record<string, string>> = {
  no_reuse: "no_reuse",
  no_coalesce: "no_coalesce",
  no_link_transfer: "no_link_transfer",
  rmw_first_update: "rmw_first_update",
  min_parallelism: "a minimum of parallelism",
  max_overbooked_proportion: "overbooking",
  utilization: "a minimum of utilization",
  max_factors: "max_factors (write factors: [C<=3])",
  factors_only: "factors_only (write factors, with those of all other dimensions 1)",
  keep_only: "keep_only (write keep, and bypass for the others)",
  bypass_only: "bypass_only (write bypass, and keep for the others)",
  no_iteration_over_dataspaces: "no_iteration_over_dataspaces (write factors of 1)",
  must_iterate_over_dataspaces: "must_iterate_over_dataspaces (write factors)",
  maximize_dims: "maximize_dims",
  maximize_dims_capacity: "maximize_dims_capacity",
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

/**
 * Reads the rules that the nodes of an architecture of version 0.4 carry, in the same words; a tensor that a branch in
 * parallel keeps passes the others by.
 */
export function readNodeConstraints(nodes: readonly NodeConstraints[], names: ConstraintNames): LevelConstraint[] {
  return nodes.flatMap(({ level, meshLevel, at, elsewhere }) => {
    const rules = at === undefined ? new Map<string, YamlValue>() : supportedFields(at, nodeKeys);
    const part = (key: string) => (rules.has(key) ? supportedFields(rules.get(key)!, targetKeys) : undefined);
    const [temporal, spatial, storage] = [part("temporal"), part("spatial"), part("dataspace")];
    const keep = readTensors(storage?.get("keep"), names.tensors);
    const bypass = [...new Set([...readTensors(storage?.get("bypass"), names.tensors), ...elsewhere])];
    const fansOut = spatial && { spatial: readSpatial(spatial, names.dimensions) };
    const found: LevelConstraint[] = [];
    if (meshLevel !== undefined) {
      const factors = Object.fromEntries(names.dimensions.map((d) => [d, 1]));
      found.push({ level: meshLevel, bypass: names.tensors, temporal: { factors }, ...fansOut });
    }
    if (level === undefined) return found;
    const own = {
      ...(temporal && { temporal: readLoopRule(temporal, names.dimensions) }),
      ...(keep.length + bypass.length > 0 && { keep, bypass }),
      ...(meshLevel === undefined && fansOut),
    };
    return Object.keys(own).length > 0 ? [...found, { level, ...own }] : found;
  });
}

/** The fields of a rule; features that are not modelled and unknown keys are problems. */
function supportedFields(item: YamlValue, known: readonly string[]): Map<string, YamlValue> {
  const found = new Map<string, YamlValue>();
  if (item.isNull) return found;
  for (const [key, value] of item.fields()) {
    const feature = unsupported[key.replaceAll("-", "_")];
    if (feature !== undefined) value.fail(`${feature} is not supported`);
    else if (known.includes(key)) found.set(key, value);
    else value.fail(unknownKey(key, known));
  }
  return found;
}

function readTarget(item: YamlValue, names: ConstraintNames, drafts: Map<string, Draft>): void {
  const plain = supportedFields(item, targetKeys);
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
  // Timeloop's own name for the level that a container's mesh makes.
  const container = /^inter_(.+)_spatial$/.exec(name)?.[1];
  if (container !== undefined && known.includes(container)) return container;
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
