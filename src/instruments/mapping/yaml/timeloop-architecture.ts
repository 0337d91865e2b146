import { nearestName } from "../../../nearest-name.ts";
import { type AccessEnergy, type Architecture, type Arithmetic, defineLevel, type Level } from "../architecture.ts";
import { referenceEnergy } from "../reference-energy.ts";
import { unknownKey, type YamlValue } from "./reader.ts";

/** Access energies by component name, from an energy reference table (ERT). */
export type EnergyTables = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface Component {
  readonly name: string;
  readonly className: string;
  readonly attributes: Map<string, YamlValue>;
  readonly instances: number;
  readonly at: YamlValue;
}

const treeKeys = ["version", "name", "attributes", "local", "subtree", "nodes"];
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
  ...[
    "global_cycle_seconds",
    "cycle_time",
    "network_word_bits",
    "version",
    "area",
    "addr_gen_bits",
    "write_data_gen_bits",
  ],
];
const arithmeticClasses = /mac|multiplier|compute|adder$/i;
const dummyClasses = /dummy|nothing/i;

/**
 * Reads `architecture:` of Timeloop version 0.3 (`subtree` and `local`) or 0.4 (the same, or a list of `!Container`
 * and `!Component` nodes), outermost first. Instances come from names such as `PE[0..167]` or from meshes.
 * Energies come from the table, inline attributes or, for the published reference designs, from the built-in table;
 * levels without any are reported in `notes`.
 */
export function readTimeloopArchitecture(
  value: YamlValue,
  energies: EnergyTables,
  notes: string[],
): Architecture | undefined {
  const fields = value.fields(treeKeys);
  const version = fields.get("version")?.string() ?? "0.4";
  const components: Component[] = [];
  const containers: string[] = [];
  if (fields.has("nodes")) collectNodes(fields.get("nodes")!, components, containers);
  else collectTree(value, 1, components, containers);
  const macs = components.filter((c) => arithmeticClasses.test(c.className));
  if (macs.length === 0) {
    value.fail("expected a component of an arithmetic class such as intmac; got none");
    return undefined;
  }
  const storage = components.filter((c) => !macs.includes(c)).reverse();
  if (storage.length === 0) {
    value.fail("expected at least one storage component; got none");
    return undefined;
  }
  return {
    name: containers.find((name) => !/^(system|chip|top)/i.test(name)) ?? containers[0] ?? components[0].name,
    levels: storage.map((c) => readLevel(c, energies, notes)),
    arithmetic: readArithmetic(macs[0], energies, notes),
    timeloopVersion: version === "0.3" ? "2023-fork" : "3.0.3",
  };
}

function collectTree(value: YamlValue, instances: number, into: Component[], containers: string[]): void {
  const fields = value.fields(treeKeys);
  for (const item of fields.get("local")?.items() ?? []) {
    const component = readComponent(item, instances);
    if (component !== undefined) into.push(component);
  }
  const trees = fields.get("subtree")?.items() ?? [];
  if (trees.length > 1) trees[1].fail("expected one subtree: parallel branches are not supported");
  for (const tree of trees.slice(0, 1)) {
    const name = tree.isMap ? (tree.fields(treeKeys).get("name")?.string() ?? "") : "";
    containers.push(parseName(name).name);
    collectTree(tree, instances * parseName(name).count, into, containers);
  }
}

/** Containers with a mesh become levels that only fan out; components take the mesh of all containers before them. */
function collectNodes(value: YamlValue, into: Component[], containers: string[]): void {
  let [x, y] = [1, 1];
  for (const item of value.items()) {
    if (item.tag !== "Container" && item.tag !== "Component") {
      item.fail(`expected !Container or !Component; got ${item.tag ?? item.show()}: other nodes are not supported`);
      continue;
    }
    const fields = item.fields(componentKeys);
    const spatial = fields.get("spatial")?.fields(["meshX", "meshY"]);
    const [fanX, fanY] = [spatial?.get("meshX")?.positiveInteger() ?? 1, spatial?.get("meshY")?.positiveInteger() ?? 1];
    const name = fields.get("name")?.string() ?? "";
    if (item.tag === "Container") {
      containers.push(parseName(name).name);
      if (fanX * fanY > 1)
        into.push(meshed({ name, className: "dummy", attributes: new Map(), instances: 1, at: item }, x, y));
      [x, y] = [x * fanX, y * fanY];
      continue;
    }
    [x, y] = [x * fanX, y * fanY];
    const component = readComponent(item, 1);
    if (component !== undefined) into.push(meshed(component, x, y));
  }
}

interface MeshedComponent extends Component {
  readonly mesh: readonly [x: number, y: number];
}

function meshed(component: Component, x: number, y: number): MeshedComponent {
  return { ...component, instances: x * y, mesh: [x, y] };
}

function readComponent(item: YamlValue, instances: number): Component | undefined {
  const fields = item.fields(componentKeys);
  if (fields.get("enabled") !== undefined && !fields.get("enabled")!.boolean()) return undefined;
  const given = fields.get("name");
  if (given === undefined || fields.get("class") === undefined) {
    item.fail(`expected a component with name and class; got ${given === undefined ? "no name" : "no class"}`);
    return undefined;
  }
  const { name, count } = parseName(given.string());
  const className = `${fields.get("class")!.string()} ${fields.get("subclass")?.string() ?? ""}`;
  const attributes = readAttributes(fields.get("attributes"));
  return { name, className, attributes, instances: instances * count, at: item };
}

/** Attributes are free in Timeloop: only a likely misspelling of one that matters is a problem. */
function readAttributes(value: YamlValue | undefined): Map<string, YamlValue> {
  const known = new Map<string, YamlValue>();
  for (const [key, v] of value?.fields() ?? []) {
    const name = key.replaceAll("-", "_");
    const suggestion = attributeKeys.includes(name) ? undefined : nearestName(name, attributeKeys);
    if (suggestion !== undefined) v.fail(unknownKey(key, attributeKeys));
    known.set(name, v);
  }
  return known;
}

/** `PE[0..167]` and `PE[1..168]` are 168 elements called PE. */
function parseName(text: string): { name: string; count: number } {
  const match = /^(.*?)\s*\[\s*(\d+)\s*\.\.\s*(\d+)\s*\]$/.exec(text);
  if (match === null) return { name: text, count: 1 };
  return { name: match[1], count: Number(match[3]) - Number(match[2]) + 1 };
}

function meshOf(c: Component): readonly [x: number, y: number] {
  if ("mesh" in c) return (c as MeshedComponent).mesh;
  const x = c.attributes.get("meshX")?.positiveInteger();
  const y = c.attributes.get("meshY")?.positiveInteger();
  const meshX = x ?? (y === undefined ? c.instances : c.instances / y);
  const meshY = y ?? c.instances / meshX;
  if (meshX * meshY !== c.instances || !Number.isInteger(meshX) || !Number.isInteger(meshY)) {
    c.at.fail(`${c.name}: mesh ${meshX} × ${meshY} must hold its ${c.instances} instances`);
  }
  return [Math.max(1, Math.floor(meshX)), Math.max(1, Math.floor(meshY))];
}

function readLevel(c: Component, energies: EnergyTables, notes: string[]): Level {
  const [meshX, meshY] = meshOf(c);
  if (dummyClasses.test(c.className)) return defineLevel({ name: c.name, wordBits: 1, meshX, meshY });
  const get = (...names: string[]) => names.map((n) => c.attributes.get(n)).find((v) => v !== undefined);
  const width = get("width", "memory_width")?.positiveInteger();
  const wordBits = get("word_bits", "datawidth")?.positiveInteger() ?? (width === undefined ? 16 : Math.min(16, width));
  const clusterSize = get("cluster_size")?.positiveInteger() ?? 1;
  const derivedBlock = width === undefined ? 1 : Math.max(1, Math.floor(width / wordBits / clusterSize));
  const blockSize = get("block_size")?.positiveInteger() ?? derivedBlock;
  const depth = get("depth", "memory_depth")?.positive();
  const size = get("sizeKB")?.positive();
  const entries =
    get("entries")?.positive() ??
    (depth !== undefined ? depth * blockSize : size !== undefined ? (size * 8192) / wordBits : undefined);
  const isUnlimited = /dram/i.test(c.className);
  if (entries === undefined && !isUnlimited) {
    c.at.fail(`${c.name}: expected depth, entries or sizeKB for a memory of class ${c.className.trim()}; got none`);
  }
  const limit = isUnlimited ? Number.POSITIVE_INFINITY : (entries ?? 1);
  return defineLevel({
    name: c.name,
    ...{ wordBits, blockSize, clusterSize, meshX, meshY },
    entries: limit,
    readBandwidth: get("read_bandwidth")?.positive() ?? Number.POSITIVE_INFINITY,
    writeBandwidth: get("write_bandwidth")?.positive() ?? Number.POSITIVE_INFINITY,
    sharedBandwidth: get("shared_bandwidth")?.positive() ?? Number.POSITIVE_INFINITY,
    multipleBuffering: get("multiple_buffering")?.positive() ?? 1,
    energy: readEnergy(c, energies) ?? referenceEnergy(c.name, wordBits, limit) ?? withoutEnergy(c.name, notes),
  });
}

function readEnergy(c: Component, energies: EnergyTables): AccessEnergy | undefined {
  const table = energies.get(c.name);
  if (table !== undefined) {
    const write = table.get("write") ?? 0;
    return { read: table.get("read") ?? 0, write, update: table.get("update") ?? write, leak: table.get("leak") ?? 0 };
  }
  const read = c.attributes.get("read_energy");
  if (read === undefined) return undefined;
  const write = c.attributes.get("write_energy")?.number() ?? read.number();
  return { read: read.number(), write, update: c.attributes.get("update_energy")?.number() ?? write };
}

function withoutEnergy(name: string, notes: string[]): AccessEnergy {
  notes.push(`${name}: no access energy known, counted as 0; give an ERT or read_energy and write_energy`);
  return { read: 0, write: 0 };
}

function readArithmetic(c: Component, energies: EnergyTables, notes: string[]): Arithmetic {
  const [meshX, meshY] = meshOf(c);
  const table = energies.get(c.name);
  const energy = table?.get("compute") ?? table?.get("mac_random") ?? c.attributes.get("energy")?.number();
  const width = c.attributes.get("multiplier_width") ?? c.attributes.get("datawidth") ?? c.attributes.get("word_bits");
  const known: Readonly<Record<number, number>> = { 8: 0.5608, 16: 2.20035, 32: 32.328 };
  const energyPicojoules = energy ?? known[width?.positiveInteger() ?? 0] ?? 0;
  if (energyPicojoules === 0)
    notes.push(`${c.name}: no energy of a multiply–accumulate known, counted as 0; give an ERT`);
  return { name: c.name, meshX, meshY, energyPicojoules };
}
