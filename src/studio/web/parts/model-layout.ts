import { type Edge, Graph, layout } from "@dagrejs/dagre";
import type { ModelNode } from "../../api.ts";

/** A node with the middle of its box, pixels. */
export interface PlacedNode {
  readonly node: ModelNode;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** Where everything is. */
export interface ModelLayout {
  readonly nodes: readonly PlacedNode[];
  /** The corners of each edge. */
  readonly edges: readonly (readonly { readonly x: number; readonly y: number }[])[];
  readonly width: number;
  readonly height: number;
}

/** Layers from the inputs down, with few crossings: dagre's layered layout. */
export function layOut(
  nodes: readonly ModelNode[],
  box: { readonly width: number; readonly height: number },
): ModelLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 34, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const makers = new Map(nodes.flatMap((node, i) => node.outputs.map((name) => [name, String(i)] as const)));
  nodes.forEach((_, i) => {
    graph.setNode(String(i), { ...box });
  });
  nodes.forEach((node, i) => {
    for (const name of node.inputs) {
      const from = makers.get(name);
      if (from !== undefined) graph.setEdge(from, String(i));
    }
  });
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: nodes.map((node, index) => {
      const { x, y } = graph.node(String(index)) as { x: number; y: number };
      return { node, index, x, y };
    }),
    edges: graph.edges().map((edge: Edge) => (graph.edge(edge) as { points: { x: number; y: number }[] }).points),
    width,
    height,
  };
}
