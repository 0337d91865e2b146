import { nearestName } from "../../../nearest-name.ts";
import type { Architecture } from "../architecture.ts";
import { defineArchitecture } from "../architecture.ts";
import { checkConstraints, type LevelConstraint, mergeConstraints, restrictConstraints } from "../constraints.ts";
import type { Mapping } from "../mapping.ts";
import type { Problem } from "../problem.ts";
import type { SearchSpec } from "../search-task.ts";
import type { Metric } from "../tally.ts";
import { type LayerEntry, readAccelerator, readConstraints, readLayers } from "./compact.ts";
import { Problems, type YamlSource, YamlValue } from "./reader.ts";
import { type EnergyTables, readTimeloopArchitecture, type TimeloopArchitecture } from "./timeloop-architecture.ts";
import { readNodeConstraints, readTimeloopConstraints } from "./timeloop-constraints.ts";
import { readTimeloopMapping } from "./timeloop-mapping.ts";
import type { NodeConstraints } from "./timeloop-nodes.ts";
import { readTimeloopProblem, settle } from "./timeloop-problem.ts";

/** Everything a set of YAML files says. */
export interface Description {
  readonly architecture?: Architecture;
  /** Layers in order; equal ones are not merged yet. */
  readonly layers: readonly LayerEntry[];
  readonly constraints: readonly LevelConstraint[];
  readonly mapping?: Mapping;
  readonly search: Pick<SearchSpec, "strategy" | "metrics" | "samples" | "timeout">;
  /** What was assumed, for the user to know. */
  readonly notes: readonly string[];
}

const sections = [
  ...["architecture", "accelerator", "problem", "layers", "constraints", "mapping", "mapper", "ERT"],
  ...["architecture_constraints", "mapspace_constraints", "mapspace", "globals", "variables", "compound_components"],
  ...["components", "ART", "api", "model", "dumped_by_timeloop_front_end"],
];
const unsupported: Readonly<Record<string, string>> = {
  sparse_optimizations: "sparse_optimizations is not supported: only dense problems are",
  networks: "networks is not supported: links between levels cost nothing in this model",
  layout: "layout is not supported: any order of words in a memory costs the same in this model",
  arch: "arch is the form of Timeloop before 0.2, which is not supported: write architecture",
};

/** What is known beside the files: constraints and a mapping speak of them when the files do not say their own. */
export interface DescriptionContext {
  readonly architecture?: Architecture;
  readonly problem?: Problem;
}

/**
 * Reads one or more YAML files that together describe an accelerator and its work: Timeloop's version 0.3 and 0.4
 * (`architecture`, `ERT`, `problem`, `architecture_constraints`, `mapper`, `mapping`) or the compact form (`accelerator`,
 * `layers`, `constraints`). Constraints and a mapping need an architecture and a problem, among the files or given.
 * @throws OrreryError `format` listing every problem as `file:line:column path: message`.
 */
export function readDescription(files: readonly YamlSource[], context: DescriptionContext = {}): Description {
  const problems = new Problems();
  const notes: string[] = [];
  const found = new Map<string, YamlValue>();
  for (const file of files) collectSections(YamlValue.parse(file, problems), found);
  const energies = found.has("ERT") ? readEnergyTables(found.get("ERT")!) : new Map();
  const hierarchy = readHierarchy(found, energies, notes);
  const architecture = hierarchy?.architecture;
  const problem = found.has("problem") ? readTimeloopProblem(found.get("problem")!) : undefined;
  const layers = [
    ...(problem === undefined ? [] : [{ problem, count: 1 }]),
    ...(found.has("layers") ? readLayers(found.get("layers")!) : []),
  ];
  const isGiven = found.has("architecture") || found.has("accelerator");
  const target = isGiven ? architecture : context.architecture;
  const work = [...layers.map((l) => l.problem), ...(context.problem === undefined ? [] : [context.problem])];
  const constraints = readAllConstraints(
    found,
    { architecture: target, ofNodes: hierarchy?.constraints ?? [] },
    isGiven,
    work,
  );
  const mapping = found.has("mapping") ? readGivenMapping(found.get("mapping")!, work[0], target, isGiven) : undefined;
  const search = found.has("mapper") ? readMapper(found.get("mapper")!, notes) : {};
  if (found.has("mapspace")) readMapspace(found.get("mapspace")!, notes);
  problems.throwIfAny();
  return { ...(architecture && { architecture }), layers, constraints, ...(mapping && { mapping }), search, notes };
}

function collectSections(root: YamlValue, found: Map<string, YamlValue>): void {
  for (const [name, value] of root.fields([...sections, ...Object.keys(unsupported)])) {
    if (name in unsupported) value.fail(unsupported[name]);
    else if (found.has(name)) value.fail(`${name} is already given in ${found.get(name)!.file}`);
    else found.set(name, value);
  }
}

function readHierarchy(
  found: Map<string, YamlValue>,
  energies: EnergyTables,
  notes: string[],
): TimeloopArchitecture | undefined {
  const given = found.get("architecture");
  if (given === undefined) {
    const architecture = found.has("accelerator") ? readAccelerator(found.get("accelerator")!) : undefined;
    return architecture && { architecture, constraints: [] };
  }
  const read = readTimeloopArchitecture(given, energies, notes);
  return read && settle(given, () => ({ ...read, architecture: defineArchitecture(read.architecture) }));
}

/** Access energies in picojoules from `ERT: { tables: [{ name, actions: [{ name, energy }] }] }`; the largest of an action's. */
function readEnergyTables(value: YamlValue): EnergyTables {
  const tables = new Map<string, Map<string, number>>();
  for (const table of value.fields(["version", "tables"]).get("tables")?.items() ?? []) {
    const fields = table.fields(["name", "actions"]);
    const path = fields.get("name")?.string() ?? "";
    const name = path
      .replaceAll(/\[[^\]]*\]/g, "")
      .split(".")
      .at(-1)!;
    const actions = new Map<string, number>();
    for (const action of fields.get("actions")?.items() ?? []) {
      const entry = action.fields(["name", "energy", "arguments"]);
      const energy = entry.get("energy")?.number((n) => n >= 0, "an energy in picojoules") ?? 0;
      const key = entry.get("name")?.string() ?? "";
      actions.set(key, Math.max(actions.get(key) ?? 0, energy));
    }
    tables.set(name, actions);
  }
  return tables;
}

function readAllConstraints(
  found: Map<string, YamlValue>,
  { architecture, ofNodes }: { architecture: Architecture | undefined; ofNodes: readonly NodeConstraints[] },
  isGiven: boolean,
  problems: readonly Problem[],
): LevelConstraint[] {
  const given = ["architecture_constraints", "mapspace_constraints", "constraints"].filter((k) => found.has(k));
  if (given.length === 0 && ofNodes.length === 0) return [];
  if (architecture === undefined) {
    if (isGiven) return [];
    found.get(given[0])!.fail("constraints need an architecture among the files; got none");
    return [];
  }
  const names = {
    levels: architecture.levels.map((l) => l.name),
    dimensions: [...new Set(problems.length > 0 ? problems.flatMap((p) => p.dimensions) : "CMRSNPQG")],
    tensors: [...new Set(problems[0]?.dataSpaces.map((d) => d.name) ?? ["Weights", "Inputs", "Outputs"])],
  };
  const sections = given.flatMap((key) => {
    const value = found.get(key)!;
    if (key === "constraints" && value.isMap && !value.fields().has("targets")) return readConstraints(value, names);
    const targets = value.isList ? value : value.fields(["version", "targets"]).get("targets");
    return targets === undefined ? [] : readTimeloopConstraints(targets, names);
  });
  const merged = mergeConstraints([...readNodeConstraints(ofNodes, names), ...sections]);
  for (const p of problems) {
    settle(found.get(given[0] ?? "architecture")!, () =>
      checkConstraints(p, architecture, restrictConstraints(merged, p)),
    );
  }
  return merged;
}

function readGivenMapping(
  value: YamlValue,
  problem: Problem | undefined,
  architecture: Architecture | undefined,
  isGiven: boolean,
): Mapping | undefined {
  if (architecture === undefined && isGiven) return undefined;
  if (problem === undefined || architecture === undefined) {
    value.fail(`a mapping needs ${problem === undefined ? "a problem" : "an architecture"} among the files; got none`);
    return undefined;
  }
  return readTimeloopMapping(value, problem, architecture);
}

const algorithms: Readonly<Record<string, SearchSpec["strategy"]>> = {
  "random-pruned": "random",
  random: "random",
  hybrid: "random",
  "linear-pruned": "exhaustive",
  exhaustive: "exhaustive",
  "branch-and-bound": "branch-and-bound",
};
const metricNames: Readonly<Record<string, Metric>> = {
  edp: "edp",
  energy: "energy",
  delay: "cycles",
  cycles: "cycles",
  "last-level-accesses": "last-level accesses",
};
const mapperKeys = [
  ...["version", "optimization_metrics", "optimization_metric", "algorithm", "search_size", "timeout"],
  ...["victory_condition", "num_threads", "live_status", "log_oaves", "log_stats", "log_suboptimal", "diagnostics"],
  ...["max_permutations_per_if_visit", "sync_interval", "penalize_consecutive_bypass_fails", "out_prefix"],
];

function readMapper(value: YamlValue, notes: string[]): Description["search"] {
  const fields = value.fields(mapperKeys);
  const algorithm = fields.get("algorithm");
  const metrics = fields.get("optimization_metrics") ?? fields.get("optimization_metric");
  const samples = fields.get("search_size")?.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0") ?? 0;
  const timeout = fields.get("timeout")?.number((n) => Number.isSafeInteger(n) && n >= 0, "an integer from 0") ?? 0;
  if (fields.has("victory_condition"))
    notes.push("mapper.victory_condition is not used: give search_size, or search all");
  return {
    ...(algorithm && { strategy: algorithms[algorithm.choice(Object.keys(algorithms))] }),
    ...(metrics && { metrics: metrics.names().map((m) => readMetric(metrics, m)) }),
    ...(samples > 0 && { samples }),
    ...(timeout > 0 && { timeout }),
  };
}

function readMetric(at: YamlValue, name: string): Metric {
  const metric = metricNames[name.toLowerCase().replaceAll("_", "-")];
  if (metric !== undefined) return metric;
  const near = nearestName(name, Object.keys(metricNames));
  at.fail(
    `unknown metric ${name}. ${near === undefined ? `Known are ${Object.keys(metricNames).join(", ")}` : `Did you mean ${near}?`}`,
  );
  return "edp";
}

function readMapspace(value: YamlValue, notes: string[]): void {
  const template = value.fields(["version", "template"]).get("template")?.string();
  if (template === "ruby")
    notes.push("mapspace.template ruby: imperfect factors are not searched, factors divide the bounds");
}
