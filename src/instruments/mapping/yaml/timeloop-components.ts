import { nearestName } from "../../../nearest-name.ts";
import { unknownKey, type YamlValue } from "./reader.ts";

/** A memory or an arithmetic unit as the file has it. */
export interface Component {
  readonly name: string;
  readonly className: string;
  readonly attributes: ReadonlyMap<string, YamlValue>;
  readonly instances: number;
  /** Instances along X and Y where the nodes around it say; otherwise the attributes `meshX` and `meshY` do. */
  readonly mesh?: readonly [x: number, y: number];
  readonly at: YamlValue;
}

const componentKeys = [
  "name",
  "class",
  "subclass",
  "attributes",
  "required_actions",
  "enabled",
  "spatial",
  "constraints",
];
const attributeKeys = [
  ...["width", "depth", "memory_width", "memory_depth", "entries", "sizeKB", "word_bits", "datawidth", "block_size"],
  ...["cluster_size", "meshX", "meshY", "read_bandwidth", "write_bandwidth", "shared_bandwidth", "multiple_buffering"],
  ...["energy", "read_energy", "write_energy", "update_energy", "type", "technology", "n_banks", "num_ports", "nports"],
  ...["n_ports", "n_rdwr_ports", "n_rd_ports", "n_wr_ports", "has_power_gating", "power_gated_at", "min_utilization"],
  ...["allow_overbooking", "reduction_supported", "update_fifo_depth", "multiplier_width", "adder_width", "latency"],
  ...["global_cycle_seconds", "cycle_time", "network_word_bits", "version", "area", "addr_gen_bits"],
  "write_data_gen_bits",
];
/** Attributes whose other values change what a mapping costs or whether it fits, in ways the model does not have. */
const modelled: Readonly<Record<string, { readonly only: unknown; readonly feature: string }>> = {
  min_utilization: { only: 0, feature: "a minimum of utilization" },
  allow_overbooking: { only: false, feature: "overbooking" },
  reduction_supported: { only: true, feature: "a memory without reduction" },
};

/** The fields of a component, or of a node of version 0.4. */
export function componentFields(item: YamlValue): Map<string, YamlValue> {
  return item.fields(componentKeys);
}

/** Reads a component that is there `instances` times; undefined when it is switched off or has no name or class. */
export function readComponent(item: YamlValue, instances: number): Component | undefined {
  const fields = componentFields(item);
  if (fields.get("enabled") !== undefined && !fields.get("enabled")!.boolean()) return undefined;
  const given = fields.get("name");
  const classes = [fields.get("class"), fields.get("subclass")].flatMap((value) => value?.string() ?? []);
  if (given === undefined || classes.length === 0) {
    item.fail(`expected a component with name and class; got ${given === undefined ? "no name" : "no class"}`);
    return undefined;
  }
  const { name, count } = parseName(given.string());
  const attributes = readAttributes(fields.get("attributes"));
  return { name, className: classes.join(" "), attributes, instances: instances * count, at: item };
}

/** Attributes are free in Timeloop: only a likely misspelling of one that matters is a problem, and one that is not modelled. */
export function readAttributes(value: YamlValue | undefined): Map<string, YamlValue> {
  const known = new Map<string, YamlValue>();
  if (value === undefined || value.isNull) return known;
  for (const [key, v] of value.fields()) {
    const name = key.replaceAll("-", "_");
    const suggestion = attributeKeys.includes(name) ? undefined : nearestName(name, attributeKeys);
    if (suggestion !== undefined) v.fail(unknownKey(key, attributeKeys));
    const limit = modelled[name];
    if (limit !== undefined && v.scalar !== limit.only) v.fail(`${limit.feature} is not supported`);
    known.set(name, v);
  }
  return known;
}

/** `PE[0..167]` and `PE[1..168]` are 168 elements called PE. */
export function parseName(text: string): { name: string; count: number } {
  const match = /^(.*?)\s*\[\s*(\d+)\s*\.\.\s*(\d+)\s*\]$/.exec(text);
  if (match === null) return { name: text, count: 1 };
  return { name: match[1], count: Number(match[3]) - Number(match[2]) + 1 };
}
