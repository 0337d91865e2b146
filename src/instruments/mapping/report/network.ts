import type { Figure, Mark, Row } from "../../../lab/index.ts";
import type { Architecture } from "../architecture.ts";
import type { MappedLayer, MappedNetwork, UnmappedLayer } from "../network.ts";
import type { Problem } from "../problem.ts";
import { energyParts, format, percent } from "./energy.ts";

/** Operand widths of a layer, `8/4/8` for inputs, weights and outputs; a dash where a level's own words are used. */
function describeWidths(problem: Problem): string {
  const order = ["Inputs", "Weights", "Outputs"];
  const spaces = [...problem.dataSpaces].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  return spaces.map((d) => d.bits ?? "–").join("/");
}

/** One row for each layer with everything that it costs, and a last one with the totals. */
export function layerRows({ layers, totals }: MappedNetwork): Row[] {
  const rows: Row[] = layers.map((layer) => ({
    layer: layer.problem.name,
    times: layer.count,
    shape: shapeOf(layer.problem),
    bits: describeWidths(layer.problem),
    computes: layer.count * layer.evaluation.computes,
    microjoules: (layer.count * layer.evaluation.energyPicojoules) / 1e6,
    cycles: layer.count * layer.evaluation.cycles,
    edp: layer.count * layer.evaluation.energyDelayProduct,
    utilization: layer.evaluation.utilization,
    lastLevelAccesses: layer.count * layer.evaluation.lastLevelAccesses,
    gap: Math.max(0, layer.gap),
    valid: layer.valid,
    tried: layer.tried,
  }));
  const busy = layers.reduce((sum, l) => sum + l.evaluation.utilization * l.evaluation.cycles * l.count, 0);
  const total: Row = {
    layer: "total",
    times: layers.reduce((sum, l) => sum + l.count, 0),
    shape: "",
    bits: "",
    computes: totals.computes,
    microjoules: totals.energyPicojoules / 1e6,
    cycles: totals.cycles,
    edp: totals.sumOfEnergyDelayProducts,
    utilization: busy / totals.cycles,
    lastLevelAccesses: totals.lastLevelAccesses,
    gap: Math.max(...layers.map((l) => l.gap), 0),
    valid: layers.reduce((sum, l) => sum + l.valid, 0),
    tried: layers.reduce((sum, l) => sum + l.tried, 0),
  };
  return [...rows, total];
}

/** `C3 M96 R11 S11 P55 Q55`: bounds above 1. */
function shapeOf({ dimensions, bounds }: Problem): string {
  return dimensions
    .filter((d) => bounds[d] > 1)
    .map((d) => `${d}${bounds[d]}`)
    .join(" ");
}

/** The per-layer table with totals; the sum of the layers' energy–delay products stands beside the network's own. */
export function layerTableFigure(network: MappedNetwork): Figure {
  const { totals, layers } = network;
  const proven = layers.filter((l) => l.gap <= 0).length;
  return {
    name: "layers",
    title: "Every layer, and the totals",
    summary: `${format(totals.energyPicojoules / 1e6)} µJ and ${totals.cycles.toLocaleString("en-US")} cycles. The layers' products of energy and cycles add up to ${format(totals.sumOfEnergyDelayProducts)} J·cycle; that of the whole network is ${format(totals.networkEnergyDelayProduct)}. ${proven} of ${layers.length} mappings are proven best.`,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "layer" },
        { name: "times" },
        { name: "shape" },
        { name: "bits", label: "bits in/weights/out" },
        { name: "computes", label: "MACs", digits: 12 },
        { name: "microjoules", label: "energy", unit: "µJ" },
        { name: "cycles", digits: 12 },
        { name: "edp", label: "energy × cycles", unit: "J·cycle" },
        { name: "utilization", label: "utilisation" },
        { name: "lastLevelAccesses", label: "outermost accesses", digits: 12 },
        { name: "gap", label: "gap to bound" },
        { name: "valid", label: "mappings that fit", digits: 12 },
      ],
      // A shape that breaks over four lines makes every row tall.
      rows: layerRows(network).map((row) => ({ ...row, shape: String(row.shape).replaceAll(" ", "\u00a0") })),
    },
  };
}

/** Stacked bars of energy per layer, by level or by tensor. */
export function networkEnergyFigure({ layers, totals }: MappedNetwork, architecture: Architecture): Figure {
  const rows: Row[] = layers.flatMap((layer) => {
    const merged = new Map<string, number>();
    for (const { level, microjoules } of energyParts(layer.evaluation, architecture)) {
      merged.set(level, (merged.get(level) ?? 0) + layer.count * microjoules);
    }
    return [...merged].map(([level, microjoules]) => ({ layer: nameOf(layer), level, microjoules }));
  });
  const total = totals.energyPicojoules / 1e6;
  const levels = [...new Set(rows.map((r) => String(r.level)))];
  const shares = levels.map((level) => ({ level, share: sumOf(rows, level) / total }));
  const [most, next] = shares.sort((a, b) => b.share - a.share);
  const dearest = layers.reduce((a, b) =>
    b.count * b.evaluation.energyPicojoules > a.count * a.evaluation.energyPicojoules ? b : a,
  );
  const names = layers.map(nameOf);
  return {
    name: "energy",
    title: "Where the energy goes, layer by layer",
    summary: `${most.level} takes ${percent(most.share)} of ${format(total)} µJ${next === undefined ? "" : `, ${next.level} ${percent(next.share)}`}. The dearest layer is ${nameOf(dearest)} with ${percent((dearest.count * dearest.evaluation.energyPicojoules) / totals.energyPicojoules)}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "barX", channels: { x: "microjoules", y: "layer", fill: "level" } }],
      x: { label: "energy, µJ", grid: true },
      y: { type: "band", label: "", domain: names },
      height: 70 + 20 * names.length,
      marginLeft: marginFor(names),
    },
    table: {
      columns: [{ name: "layer" }, { name: "level" }, { name: "microjoules", label: "energy", unit: "µJ" }],
      rows,
    },
  };
}

function sumOf(rows: readonly Row[], level: string): number {
  return rows.reduce((sum, r) => sum + (r.level === level ? Number(r.microjoules) : 0), 0);
}

/** Cycles per layer, and how busy the multipliers are in them. */
export function networkCyclesFigure({ layers, totals }: MappedNetwork): Figure {
  const rows: Row[] = layers.flatMap((layer) => {
    const { cycles, utilization, computeCycles } = layer.evaluation;
    const busy = layer.count * cycles * utilization;
    const stalled = layer.count * (cycles - computeCycles);
    return [
      { layer: nameOf(layer), what: "all multipliers busy", cycles: busy },
      { layer: nameOf(layer), what: "some idle", cycles: layer.count * cycles - busy - stalled },
      { layer: nameOf(layer), what: "waiting for a memory", cycles: stalled },
    ];
  });
  const busy = rows.filter((r) => r.what === "all multipliers busy").reduce((sum, r) => sum + Number(r.cycles), 0);
  const worst = layers.reduce((a, b) => (b.evaluation.utilization < a.evaluation.utilization ? b : a));
  const names = layers.map(nameOf);
  return {
    name: "cycles",
    title: "Where the time goes, layer by layer",
    summary: `${totals.cycles.toLocaleString("en-US")} cycles with ${percent(busy / totals.cycles)} of the multipliers busy; ${nameOf(worst)} keeps the fewest at work, ${percent(worst.evaluation.utilization)}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "barX", channels: { x: "cycles", y: "layer", fill: "what" } }],
      x: { label: "cycles; the first part as if all multipliers were busy", tickFormat: "~s", grid: true },
      y: { type: "band", label: "", domain: names },
      height: 70 + 20 * names.length,
      marginLeft: marginFor(names),
    },
    table: { columns: [{ name: "layer" }, { name: "what" }, { name: "cycles", digits: 12 }], rows },
  };
}

/** How the layers' best mappings stand to the proven bounds; undefined when all are proven. */
export function gapFigure({ layers }: MappedNetwork): Figure | undefined {
  const open = layers.filter((l) => l.gap > 0);
  if (open.length === 0) return undefined;
  const rows: Row[] = layers.map((l) => ({ layer: nameOf(l), gap: Math.max(0, l.gap), covered: l.isComplete }));
  const worst = open.reduce((a, b) => (b.gap > a.gap ? b : a));
  const names = layers.map(nameOf);
  return {
    name: "gaps",
    title: "How far each mapping may be from the best",
    summary: `${layers.length - open.length} of ${layers.length} mappings are proven best; ${nameOf(worst)} may be up to ${percent(worst.gap)} above it.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "barX", channels: { x: "gap", y: "layer" } }],
      x: { label: "above the proven bound", tickFormat: ".0%", grid: true, zero: true },
      y: { type: "band", label: "", domain: names },
      height: 70 + 20 * names.length,
      marginLeft: marginFor(names),
    },
    table: { columns: [{ name: "layer" }, { name: "gap" }, { name: "covered", label: "whole space covered" }], rows },
  };
}

/** Layers that no mapping fits, with the reason and what to change; undefined when there are none. */
export function unmappedFigure(unmapped: readonly UnmappedLayer[]): Figure | undefined {
  if (unmapped.length === 0) return undefined;
  const rows: Row[] = unmapped.map(({ problem, reason, remedy }) => ({ layer: problem.name, reason, remedy }));
  return {
    name: "unmapped",
    title: "Layers that do not fit",
    summary: `${unmapped.length} layer${unmapped.length === 1 ? " has" : "s have"} no valid mapping and ${unmapped.length === 1 ? "is" : "are"} left out of all totals. ${unmapped[0].problem.name}: ${unmapped[0].remedy}`,
    drawing: { kind: "table" },
    table: { columns: [{ name: "layer" }, { name: "reason" }, { name: "remedy", label: "what to change" }], rows },
  };
}

/** Widths of inputs, weights and outputs per layer as a heat map; undefined where no layer has a width of its own. */
export function widthsFigure(layers: readonly MappedLayer[]): Figure | undefined {
  const rows: Row[] = layers.flatMap((layer) =>
    layer.problem.dataSpaces.flatMap((d) =>
      d.bits === undefined ? [] : [{ layer: nameOf(layer), tensor: d.name, bits: d.bits }],
    ),
  );
  if (new Set(rows.map((r) => r.bits)).size < 2) return undefined;
  return bitsHeatMap(rows, { name: "widths", title: "Bits of each layer's operands", y: "tensor" });
}

/** A heat map of bits over layers. */
export function bitsHeatMap(
  rows: readonly Row[],
  how: { readonly name: string; readonly title: string; readonly y: string },
): Figure {
  const bits = rows.map((r) => Number(r.bits));
  const mean = bits.reduce((sum, b) => sum + b, 0) / bits.length;
  const names = [...new Set(rows.map((r) => String(r.layer)))];
  const marks: Mark[] = [
    { mark: "cell", rows, channels: { x: how.y, y: "layer", fill: "bits" } },
    { mark: "text", rows, channels: { x: how.y, y: "layer", text: "bits" } },
  ];
  return {
    name: how.name,
    title: how.title,
    summary: `${Math.min(...bits)} to ${Math.max(...bits)} bits, ${format(mean)} on average.`,
    drawing: {
      kind: "chart",
      marks,
      x: { type: "band", label: "" },
      y: { type: "band", label: "", domain: names },
      color: { label: "bits", type: "sequential", legend: true },
      height: 70 + 20 * names.length,
      marginLeft: marginFor(names),
    },
    table: { columns: [{ name: "layer" }, { name: how.y }, { name: "bits" }], rows },
  };
}

/** Pixels for the longest name beside the bars. */
function marginFor(names: readonly string[]): number {
  return Math.min(240, 30 + 6.5 * Math.max(...names.map((n) => n.length)));
}

function nameOf({ problem, count }: Pick<MappedLayer, "problem" | "count">): string {
  return count === 1 ? problem.name : `${problem.name} × ${count}`;
}
