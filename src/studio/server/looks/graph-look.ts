import { degreeFigure, type Figure, type FileLook, type Headline, networkFigure } from "../../../lab/index.ts";
import type { FileGraph } from "./file-graph.ts";

/** Graphs up to this size are drawn whole, of larger ones a part. */
const mostDrawn = 150;

/** Each node's neighbours once, whatever the direction; loops left out. */
function neighborsOf({ nodes, from, to }: FileGraph): Set<number>[] {
  const neighbors = Array.from({ length: nodes }, () => new Set<number>());
  from.forEach((a, e) => {
    if (a === to[e]) return;
    neighbors[a].add(to[e]);
    neighbors[to[e]].add(a);
  });
  return neighbors;
}

/** Nodes in the order in which they are met from `root`, at most so many. */
function nodesAround(neighbors: readonly ReadonlySet<number>[], root: number, most: number): number[] {
  const found = new Set([root]);
  for (const node of found) {
    for (const next of neighbors[node]) {
      if (found.size >= most) return [...found];
      found.add(next);
    }
  }
  return [...found];
}

/** The parts that no edge joins, each by its nodes, the largest first. */
function partsOf(neighbors: readonly ReadonlySet<number>[]): number[][] {
  const isSeen = new Uint8Array(neighbors.length);
  const parts: number[][] = [];
  neighbors.forEach((_, root) => {
    if (isSeen[root] === 1) return;
    const part = nodesAround(neighbors, root, Number.POSITIVE_INFINITY);
    for (const node of part) isSeen[node] = 1;
    parts.push(part);
  });
  return parts.sort((a, b) => b.length - a.length);
}

/** A node of the largest part with as many neighbours as is usual there: around the one with the most there is only a star. */
function usualNode(neighbors: readonly ReadonlySet<number>[], part: readonly number[]): number {
  const mean = part.reduce((sum, node) => sum + neighbors[node].size, 0) / part.length;
  const oddity = (node: number) => Math.abs(neighbors[node].size - mean);
  return part.reduce((best, node) => (oddity(node) < oddity(best) ? node : best));
}

function drawingOf(graph: FileGraph, neighbors: readonly ReadonlySet<number>[], largest: readonly number[]): Figure {
  const isWhole = graph.nodes <= mostDrawn;
  const middle = usualNode(neighbors, largest);
  const kept = isWhole ? neighbors.map((_, node) => node) : nodesAround(neighbors, middle, mostDrawn);
  const places = new Map(kept.map((node, place) => [node, place]));
  const nameOf = (node: number) => graph.names?.[node] ?? String(node);
  const edges = graph.from.flatMap((a, e) => {
    const [from, to] = [places.get(a), places.get(graph.to[e])];
    return from === undefined || to === undefined || from === to ? [] : [{ from, to }];
  });
  const whole = `${kept.length} nodes and the edges between them`;
  return networkFigure(
    {
      nodes: kept.length,
      from: edges.map(({ from }) => from),
      to: edges.map(({ to }) => to),
      names: kept.map(nameOf),
    },
    {
      name: "graph",
      title: isWhole ? "The graph" : "A part of the graph",
      summary: isWhole
        ? `${whole}.`
        : `${whole}: those nearest to ${nameOf(middle)}, which has ${neighbors[middle].size} neighbours.`,
    },
  );
}

/** A graph: its nodes, edges and parts, a drawing of it or of a part, how many neighbours its nodes have. */
export function lookAtGraph(graph: FileGraph): FileLook {
  const neighbors = neighborsOf(graph);
  const parts = partsOf(neighbors);
  const loops = graph.from.filter((a, e) => a === graph.to[e]).length;
  const pairs = neighbors.reduce((sum, own) => sum + own.size, 0) / 2;
  const lone = neighbors.filter((own) => own.size === 0).length;
  const { weights = [] } = graph;
  const [low, high] = [Math.min, Math.max].map((f) => weights.reduce((a, b) => f(a, b), weights[0] ?? 0));
  const facts: (Headline | false)[] = [
    { label: "nodes", value: graph.nodes },
    { label: "edges", value: graph.from.length },
    pairs + loops < graph.from.length && {
      label: "pairs of nodes",
      value: pairs,
      note: "that an edge joins either way",
    },
    loops > 0 && { label: "loops", value: loops },
    weights.length > 0 && { label: "weights", value: low === high ? String(low) : `${low} … ${high}` },
    { label: "parts", value: parts.length, note: "that no edge joins" },
    lone > 0 && { label: "nodes without neighbours", value: lone },
  ];
  const figures =
    graph.nodes === 0 ? [] : [drawingOf(graph, neighbors, parts[0]), degreeFigure(neighbors.map(({ size }) => size))];
  return { facts: facts.filter((fact) => fact !== false), figures };
}
