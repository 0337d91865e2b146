import { layoutGraph, type Point } from "../../math/graph-layout.ts";
import type { Figure, Row } from "../figure.ts";

/** A graph to be drawn. */
export interface Network {
  readonly nodes: number;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  /** Their signs have colours, their strengths opacities; all alike when left out. */
  readonly weights?: ArrayLike<number>;
  /** What the nodes are called; their numbers from 0 when left out. */
  readonly names?: readonly string[];
  /** What a positive and a negative weight are called. */
  readonly signs?: readonly [positive: string, negative: string];
}

/** Up to so many nodes have their names beside them. */
const mostNames = 40;

function edgeRows(network: Network, places: readonly Point[]): Row[] {
  const { from, to, weights, names, signs = ["> 0", "< 0"] } = network;
  const strongest = Array.from(weights ?? []).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0) || 1;
  const nameOf = (node: number) => names?.[node] ?? String(node);
  return Array.from(from, (i, e): Row => {
    const [[x1, y1], [x2, y2]] = [places[i], places[to[e]]];
    const edge = { from: nameOf(i), to: nameOf(to[e]) };
    if (weights === undefined) return { ...edge, x1, y1, x2, y2 };
    const [weight, strength] = [weights[e], 0.25 + (0.75 * Math.abs(weights[e])) / strongest];
    return { ...edge, weight, sign: weight < 0 ? signs[1] : signs[0], strength, x1, y1, x2, y2 };
  });
}

/** Places turned so that they are wider than high. */
function lying(places: readonly Point[]): readonly Point[] {
  const [width, height] = [0, 1].map((axis) => {
    const along = places.map((place) => place[axis]);
    return Math.max(...along) - Math.min(...along);
  });
  return height > width ? places.map(([x, y]): Point => [y, x]) : places;
}

/** The nodes and edges of a small graph, laid out so that near nodes are near. Its table has the edges; where there are none, the nodes. */
export function networkFigure(network: Network, told: Pick<Figure, "name" | "title" | "summary">): Figure {
  const { nodes, weights, names, signs } = network;
  const places = lying(layoutGraph(nodes, network));
  const edges = edgeRows(network, places);
  const dots = places.map(([x, y], i) => ({ node: names?.[i] ?? String(i), x, y }));
  const stroke: Readonly<Record<string, string>> =
    weights === undefined ? {} : { stroke: "sign", strokeOpacity: "strength" };
  const isNamed = nodes <= mostNames;
  const shownColumns = ["from", "to", ...(weights === undefined ? [] : ["weight"])].map((name) => ({ name }));
  return {
    ...told,
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "link",
          rows: edges,
          channels: { x1: "x1", y1: "y1", x2: "x2", y2: "y2", ...stroke },
          options: weights === undefined ? { strokeOpacity: 0.35 } : { strokeWidth: 2 },
        },
        { mark: "dot", rows: dots, channels: { x: "x", y: "y", title: "node" }, options: { r: isNamed ? 4 : 2.5 } },
        ...(isNamed
          ? [{ mark: "text", rows: dots, channels: { x: "x", y: "y", text: "node" }, options: { dy: -9 } } as const]
          : []),
      ],
      x: { label: "", tickFormat: "" },
      y: { label: "", tickFormat: "" },
      ...(signs === undefined ? {} : { color: { type: "categorical", domain: signs, legend: true } as const }),
      aspectRatio: 1,
      width: 400,
    },
    table: edges.length === 0 ? { rows: dots } : { columns: shownColumns, rows: edges },
  };
}

/** How many nodes have how many neighbours: bars where these are few numbers, else points over logarithmic scales. */
export function degreeFigure(degrees: ArrayLike<number>): Figure {
  const counts = new Map<number, number>();
  for (let i = 0; i < degrees.length; i++) counts.set(degrees[i], (counts.get(degrees[i]) ?? 0) + 1);
  const rows = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([degree, nodes]) => ({ degree, nodes, low: degree - 0.4, high: degree + 0.4 }));
  const mean = Array.from(degrees).reduce((sum, degree) => sum + degree, 0) / Math.max(1, degrees.length);
  const [least, most] = [rows[0], rows[rows.length - 1]].map(({ degree }) => degree);
  const isWide = most > 40;
  return {
    name: "degrees",
    title: "Neighbours of the nodes",
    summary: `From ${least} to ${most} neighbours, ${Number(mean.toPrecision(3))} on average.`,
    drawing: {
      kind: "chart",
      marks: isWide
        ? [{ mark: "dot", channels: { x: "degree", y: "nodes" } }]
        : [{ mark: "rectY", channels: { x1: "low", x2: "high", y: "nodes" } }],
      x: { label: "neighbours", ...(isWide ? { type: "symlog" } : {}) },
      y: { label: "nodes", grid: true, ...(isWide ? { type: "log" } : {}) },
      height: 240,
    },
    table: { columns: [{ name: "degree", label: "neighbours" }, { name: "nodes" }], rows },
  };
}
