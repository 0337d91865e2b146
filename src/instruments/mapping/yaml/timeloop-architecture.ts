import { type AccessEnergy, type Architecture, type Arithmetic, defineLevel, type Level } from "../architecture.ts";
import { referenceEnergy } from "../reference-energy.ts";
import type { YamlValue } from "./reader.ts";
import { type Component, parseName, readComponent } from "./timeloop-components.ts";
import { collectNodes, type NodeConstraints, type Nodes } from "./timeloop-nodes.ts";

/** Access energies by component name, from an energy reference table (ERT). */
export type EnergyTables = ReadonlyMap<string, ReadonlyMap<string, number>>;

const treeKeys = ["version", "name", "attributes", "local", "subtree", "nodes"];
const arithmeticClasses = /mac|multiplier|compute|adder$/i;
const dummyClasses = /dummy|nothing/i;
const networkClasses = /noc$|network|wire$/i;

/** An architecture, and the rules that its nodes carry (version 0.4). */
export interface TimeloopArchitecture {
  readonly architecture: Architecture;
  readonly constraints: readonly NodeConstraints[];
}

/**
 * Reads `architecture:` of Timeloop version 0.3 (`subtree` and `local`) or 0.4 (the same, or a list of `!Container`,
 * `!Component` and `!Parallel` nodes), outermost first. Instances come from names such as `PE[0..167]` or from meshes.
 * Energies come from the table, inline attributes or, for the published reference designs, from the built-in table;
 * levels without any are reported in `notes`, and so are parts that the model leaves out.
 */
export function readTimeloopArchitecture(
  value: YamlValue,
  energies: EnergyTables,
  notes: string[],
): TimeloopArchitecture | undefined {
  const fields = value.fields(treeKeys);
  const version = fields.get("version")?.string() ?? "0.4";
  const { components, containers, constraints } = fields.has("nodes")
    ? collectNodes(fields.get("nodes")!)
    : collectTree(value, 1);
  const macs = components.filter((c) => arithmeticClasses.test(c.className));
  const networks = components.filter((c) => networkClasses.test(c.className));
  const storage = components.filter((c) => !macs.includes(c) && !networks.includes(c)).reverse();
  for (const c of networks) notes.push(`${c.name}: networks cost nothing in this model, left out`);
  for (const c of macs.slice(1)) notes.push(`${c.name}: one arithmetic unit is modelled, ${macs[0].name}; left out`);
  if (macs.length === 0) value.fail("expected a component of an arithmetic class such as intmac; got none");
  if (storage.length === 0) value.fail("expected at least one storage component; got none");
  if (macs.length === 0 || storage.length === 0) return undefined;
  const architecture: Architecture = {
    name: containers.find((name) => !/^(system|chip|top)/i.test(name)) ?? containers[0] ?? components[0].name,
    levels: storage.map((c) => readLevel(c, energies, notes)),
    arithmetic: readArithmetic(macs[0], energies, notes),
    timeloopVersion: Number(version) < 0.4 ? "2023-fork" : "3.0.3",
  };
  return { architecture, constraints };
}

function collectTree(value: YamlValue, instances: number): Nodes {
  const fields = value.fields(treeKeys);
  const local = fields.get("local")?.items() ?? [];
  const components = local.flatMap((item) => readComponent(item, instances) ?? []);
  const [tree, second] = fields.get("subtree")?.items() ?? [];
  second?.fail("expected one subtree: parallel branches are not supported");
  if (tree === undefined) return { components, containers: [], constraints: [] };
  const { name, count } = parseName(tree.isMap ? (tree.fields(treeKeys).get("name")?.string() ?? "") : "");
  const inside = collectTree(tree, instances * count);
  return {
    components: [...components, ...inside.components],
    containers: [name, ...inside.containers],
    constraints: [],
  };
}

function meshOf(c: Component): readonly [x: number, y: number] {
  if (c.mesh !== undefined) return c.mesh;
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
