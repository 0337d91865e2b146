import type { YamlValue } from "./reader.ts";
import { type Component, componentFields, parseName, readAttributes, readComponent } from "./timeloop-components.ts";

/** What a node of version 0.4 prescribes: its `constraints` map and the levels it speaks of. */
export interface NodeConstraints {
  /** The memory; undefined for a container. */
  readonly level?: string;
  /** The level that fans out to the node's mesh, which stores nothing and has no loops over time. */
  readonly meshLevel?: string;
  readonly at: YamlValue | undefined;
  /** Tensors that branches in parallel with the node keep, and that therefore pass it by. */
  readonly elsewhere: readonly string[];
}

/** The nodes of an architecture of version 0.4 in a row, outermost first. */
export interface Nodes {
  readonly components: readonly Component[];
  readonly containers: readonly string[];
  readonly constraints: readonly NodeConstraints[];
}

interface State {
  readonly components: Component[];
  readonly containers: string[];
  readonly constraints: NodeConstraints[];
  mesh: readonly [x: number, y: number];
  /** Attributes of the containers so far, which what follows inherits. */
  readonly inherited: Map<string, YamlValue>;
}

/**
 * Reads `nodes:` of version 0.4. Meshes become levels that only fan out, called after their container, or
 * `inter_NAME_spatial` where a component has one itself. The branches of `!Parallel` follow each other, each passed by
 * what the others keep.
 */
export function collectNodes(value: YamlValue): Nodes {
  const state: State = { components: [], containers: [], constraints: [], mesh: [1, 1], inherited: new Map() };
  collect(value, state);
  return state;
}

function collect(value: YamlValue, state: State): void {
  for (const item of value.items()) {
    switch (item.tag) {
      case "Container":
        collectContainer(item, state);
        break;
      case "Component":
        collectComponent(item, state);
        break;
      case "Parallel":
        collectParallel(item, state);
        break;
      case "Hierarchical":
        collect(item.fields(["name", "nodes"]).get("nodes") ?? item, state);
        break;
      case "Nothing":
        break;
      default:
        item.fail(`expected !Container, !Component or !Parallel; got ${nodeName(item)}: other nodes are not supported`);
    }
  }
}

const nodeName = (item: YamlValue) => (item.tag === undefined ? item.show() : `!${item.tag}`);

function collectContainer(item: YamlValue, state: State): void {
  const fields = componentFields(item);
  const { name } = parseName(fields.get("name")?.string() ?? "");
  state.containers.push(name);
  for (const [key, v] of readAttributes(fields.get("attributes"))) state.inherited.set(key, v);
  if (!fanOut(name, item, state)) return;
  state.constraints.push({ meshLevel: name, at: fields.get("constraints"), elsewhere: [] });
}

function collectComponent(item: YamlValue, state: State, elsewhere: readonly string[] = []): void {
  const own = readComponent(item, 1);
  if (own === undefined) return;
  const between = `inter_${own.name}_spatial`;
  const hasMesh = fanOut(between, item, state);
  const [x, y] = state.mesh;
  const attributes = new Map([...state.inherited, ...own.attributes]);
  state.components.push({ ...own, attributes, instances: x * y, mesh: state.mesh });
  const at = componentFields(item).get("constraints");
  state.constraints.push({ level: own.name, ...(hasMesh && { meshLevel: between }), at, elsewhere });
}

/** Adds a level that fans out as the node's `spatial` says; false when there is nothing to fan out to. */
function fanOut(name: string, item: YamlValue, state: State): boolean {
  const spatial = componentFields(item).get("spatial")?.fields(["meshX", "meshY"]);
  const [fanX, fanY] = ["meshX", "meshY"].map((axis) => spatial?.get(axis)?.positiveInteger() ?? 1);
  if (fanX * fanY === 1) return false;
  const [x, y] = state.mesh;
  const level = { name, className: "dummy", attributes: new Map(), instances: x * y, mesh: state.mesh, at: item };
  state.components.push(level);
  state.mesh = [x * fanX, y * fanY];
  return true;
}

function collectParallel(item: YamlValue, state: State): void {
  const branches = item.fields(["name", "nodes"]).get("nodes")?.items() ?? [];
  const kept = branches.map(keptTensors);
  branches.forEach((branch, i) => {
    if (branch.tag === "Nothing") return;
    const fields = branch.tag === "Component" ? componentFields(branch) : undefined;
    if (fields === undefined || fields.has("spatial")) {
      branch.fail(
        `expected a !Component without a mesh in !Parallel; got ${nodeName(branch)}: others are not supported`,
      );
    } else collectComponent(branch, state, kept.toSpliced(i, 1).flat());
  });
}

/** The tensors that a branch keeps. */
function keptTensors(branch: YamlValue): string[] {
  const inside = (value: YamlValue | undefined, key: string) =>
    value?.isMap === true ? value.fields().get(key) : undefined;
  const keep = inside(inside(inside(branch, "constraints"), "dataspace"), "keep");
  return keep === undefined || keep.isNull ? [] : keep.names();
}
