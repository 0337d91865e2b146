import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxValueInfo } from "./model.ts";

/** The names of the values that nodes read, those of graphs inside nodes included. */
export function namesRead(graph: OnnxGraph): Set<string> {
  const names = new Set<string>();
  for (const { inputs, attributes } of graph.nodes) {
    for (const name of inputs) names.add(name);
    for (const attribute of Object.values(attributes)) {
      if (attribute.kind === "graph") for (const name of namesRead(attribute.value)) names.add(name);
    }
  }
  return names;
}

/** The names of all values of a graph and of the graphs inside its nodes. */
function valueNames(graph: OnnxGraph): Set<string> {
  const names = new Set([...graph.inputs, ...graph.outputs, ...graph.initializers].map(({ name }) => name));
  for (const node of graph.nodes) {
    for (const name of node.outputs) names.add(name);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === "graph") for (const name of valueNames(attribute.value)) names.add(name);
    }
  }
  return names;
}

/** The graph with every value renamed by `rename`, also where graphs inside it read the values. */
function renamed(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  const info = (value: OnnxValueInfo) => ({ ...value, name: rename(value.name) });
  const attribute = (value: OnnxAttribute): OnnxAttribute =>
    value.kind === "graph" ? { kind: "graph", value: renamed(value.value, rename) } : value;
  const node = (value: OnnxNode): OnnxNode => ({
    ...value,
    inputs: value.inputs.map(rename),
    outputs: value.outputs.map(rename),
    attributes: Object.fromEntries(Object.entries(value.attributes).map(([key, item]) => [key, attribute(item)])),
  });
  return {
    ...graph,
    nodes: graph.nodes.map(node),
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    initializers: graph.initializers.map((value) => ({ ...value, name: rename(value.name) })),
    valueInfo: graph.valueInfo?.map(info),
  };
}

/** The graph with some values renamed; a value that has one of the new names already gets another one. */
export function renameValues(graph: OnnxGraph, names: ReadonlyMap<string, string>): OnnxGraph {
  const existing = valueNames(graph);
  const wanted = new Set(names.values());
  const displaced = new Map<string, string>();
  for (const name of existing) {
    if (names.has(name) || !wanted.has(name)) continue;
    let other = `${name}_`;
    while (existing.has(other) || wanted.has(other)) other += "_";
    existing.add(other);
    displaced.set(name, other);
  }
  return renamed(graph, (name) => names.get(name) ?? displaced.get(name) ?? name);
}
