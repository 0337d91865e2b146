import type { Figure, Row } from "../../../lab/index.ts";
import { describeSetting } from "../accuracy.ts";
import type { Exploration, ExploredSetting, NetworkMetric } from "../exploration.ts";
import { format, percent } from "./energy.ts";
import { bitsHeatMap } from "./network.ts";

/** What is drawn of an exploration. */
export interface DrawnExploration {
  readonly exploration: Exploration;
  readonly metric: NetworkMetric;
  /** Names of the layers whose widths were explored. */
  readonly layers: readonly string[];
  /** The width that the mixed settings are compared with, e.g. 8. */
  readonly widest: number;
  /** Where a model predicted all accuracies: what the measured settings alone come to, and its root mean square error on them. */
  readonly model?: { readonly measured: Exploration; readonly error: number };
}

/** What each metric is called, and its unit. */
export const costNames: Readonly<Record<NetworkMetric, { readonly label: string; readonly unit: string }>> = {
  "sum of edp": { label: "sum of energy × cycles", unit: "J·cycle" },
  "network edp": { label: "network energy × cycles", unit: "J·cycle" },
  energy: { label: "energy", unit: "µJ" },
  cycles: { label: "cycles", unit: "" },
};

/** The cost in the unit that people read: picojoules become microjoules. */
export function shownCost(metric: NetworkMetric, cost: number): number {
  return metric === "energy" ? cost / 1e6 : cost;
}

/** A setting that savings are told against, and what to call it. */
interface Baseline {
  readonly point: ExploredSetting;
  readonly name: string;
}

/** The setting with all operands as wide as can be; where it was not evaluated, the most accurate one. */
export function baselineOf({ exploration, widest }: DrawnExploration): Baseline {
  const isWidest = (s: ExploredSetting) => s.setting.every((b) => b.activations === widest && b.weights === widest);
  const point = exploration.uniform.find(isWidest);
  if (point !== undefined) return { point, name: `${widest} bits everywhere` };
  return { point: exploration.front[0], name: "the most accurate setting" };
}

/** The cheapest setting of the front that loses at most `loss` of the baseline's accuracy, and the part of its cost that it saves. */
export function cheapestWithin(drawn: DrawnExploration, loss: number): ExploredSetting & { readonly saved: number } {
  const { point } = baselineOf(drawn);
  const [cheapest] = drawn.exploration.front
    .filter((s) => s.accuracy >= point.accuracy - loss - 1e-12)
    .sort((a, b) => a.cost - b.cost);
  return { ...cheapest, saved: 1 - cheapest.cost / point.cost };
}

/** Accuracy over cost: the front, the uniform settings and everything else that was evaluated. */
export function frontFigure(drawn: DrawnExploration): Figure {
  const { exploration, metric } = drawn;
  const { label, unit } = costNames[metric];
  const told = drawn.model === undefined ? "" : ", expected";
  const row = (kind: string) => (s: ExploredSetting) => ({
    kind,
    cost: shownCost(metric, s.cost),
    accuracy: s.accuracy,
    meanBits: meanBits(s),
    setting: describeSetting(s.setting),
  });
  const { front, uniform, evaluated } = exploration;
  const measured = drawn.model?.measured.evaluated ?? [];
  const others = evaluated.slice(0, 4000).map(row("evaluated"));
  const line = [...front].sort((a, b) => a.cost - b.cost).map(row("front"));
  const rows = [
    ...measured.map(row("measured")),
    ...uniform.map(row(`uniform${told}`)),
    ...front.map(row(`front${told}`)),
  ];
  const costs = [...others, ...rows].map((r) => r.cost);
  const base = baselineOf(drawn);
  const equal = cheapestWithin(drawn, 0);
  return {
    name: "front",
    title: "Accuracy against cost",
    summary: `${front.length} settings that no other beats, of ${evaluated.length} evaluated${told === "" ? "" : ", with accuracies as the model expects them"}. The cheapest that is as accurate as ${base.name}, ${percent(base.point.accuracy)}, costs ${percent(equal.saved)} less: ${describeSetting(equal.setting)}.`,
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "dot",
          rows: others,
          channels: { x: "cost", y: "accuracy" },
          options: { fill: "currentColor", fillOpacity: 0.25, r: 2 },
        },
        {
          mark: "line",
          rows: line,
          channels: { x: "cost", y: "accuracy" },
          options: { curve: "step-after", strokeWidth: 1.5 },
        },
        { mark: "dot", channels: { x: "cost", y: "accuracy", fill: "kind" } },
      ],
      x: {
        label: unit === "" ? label : `${label}, ${unit}`,
        type: "log",
        domain: [0.95 * Math.min(...costs), 1.05 * Math.max(...costs)],
      },
      y: { label: "accuracy", tickFormat: ".1%", grid: true, zero: false },
      color: { legend: true },
      height: 400,
    },
    table: {
      columns: [
        { name: "kind" },
        { name: "cost", label, unit },
        { name: "accuracy" },
        { name: "meanBits", label: "mean bits" },
        { name: "setting", label: "activations/weights of each layer" },
      ],
      rows,
    },
  };
}

function meanBits({ setting }: ExploredSetting): number {
  return setting.reduce((sum, b) => sum + b.activations + b.weights, 0) / (2 * setting.length);
}

/** Hypervolume after each generation, as a part of the last one's. */
export function hypervolumeFigure({ exploration }: DrawnExploration): Figure {
  const { hypervolumes, evaluated } = exploration.state;
  const last = hypervolumes.at(-1) ?? 0;
  const rows: Row[] = hypervolumes.map((h, generation) => ({
    generation,
    hypervolume: h,
    share: last === 0 ? 0 : h / last,
  }));
  const reached = rows.findIndex((r) => Number(r.share) >= 0.99);
  return {
    name: "hypervolume",
    title: "How the front grew",
    summary: `The front's hypervolume over ${hypervolumes.length} generations with ${evaluated.length} evaluations; 99 % of the last was reached in generation ${reached}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "line", channels: { x: "generation", y: "share" } }],
      // Ticks between two generations mean nothing.
      x: { label: "generation", type: rows.length > 30 ? "linear" : "point" },
      y: { label: "hypervolume, of the last", tickFormat: ".2%", zero: false, grid: true },
    },
    table: { columns: [{ name: "generation" }, { name: "hypervolume" }, { name: "share" }], rows },
  };
}

/** Bits of each layer along the front, one frame a setting, from the most accurate to the cheapest. */
export function bitsFigure(drawn: DrawnExploration): Figure {
  const { exploration, layers, metric } = drawn;
  const { label, unit } = costNames[metric];
  const settings = shownSettings(exploration);
  const rowsOf = (s: ExploredSetting, point: number): Row[] =>
    s.setting.flatMap((b, l) => [
      { point, layer: layers[l], operand: "activations", bits: b.activations },
      { point, layer: layers[l], operand: "weights", bits: b.weights },
    ]);
  const maps = settings.map((s, point) => bitsHeatMap(rowsOf(s, point), { name: "bits", title: "", y: "operand" }));
  const frames = settings.map((s, i) => ({
    label: `accuracy ${percent(s.accuracy)}, ${label} ${format(shownCost(metric, s.cost))} ${unit}`.trimEnd(),
    drawing: maps[i].drawing as Extract<Figure["drawing"], { kind: "chart" }>,
  }));
  const mean = (s: ExploredSetting) => format(meanBits(s));
  const [first, last] = [settings[0], settings[settings.length - 1]];
  return {
    name: "bits",
    title: "Bits of each layer along the front",
    summary: `From the most accurate setting (${mean(first)} bits on average) to the cheapest (${mean(last)}); layers that keep their bits longest are the sensitive or the cheap ones.`,
    drawing: { kind: "frames", label: "setting", frames },
    table: {
      columns: [{ name: "point", label: "setting" }, { name: "layer" }, { name: "operand" }, { name: "bits" }],
      rows: settings.flatMap(rowsOf),
    },
  };
}

/** At most 16 settings along the front, the first and the last among them. */
export function shownSettings({ front }: Exploration): ExploredSetting[] {
  const most = 16;
  if (front.length <= most) return [...front];
  return Array.from({ length: most }, (_, i) => front[Math.round((i * (front.length - 1)) / (most - 1))]);
}
