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
}

const units: Readonly<Record<NetworkMetric, string>> = {
  "sum of edp": "sum of energy × cycles, J·cycle",
  "network edp": "network energy × cycles, J·cycle",
  energy: "energy, µJ",
  cycles: "cycles",
};

/** The cost in the unit that people read: picojoules become microjoules. */
export function shownCost(metric: NetworkMetric, cost: number): number {
  return metric === "energy" ? cost / 1e6 : cost;
}

/** The setting with all operands as wide as can be. */
export function widestUniform({ exploration, widest }: DrawnExploration): ExploredSetting {
  const isWidest = (s: ExploredSetting) => s.setting.every((b) => b.activations === widest && b.weights === widest);
  return exploration.uniform.find(isWidest) ?? exploration.uniform[0];
}

/** The cheapest setting of the front that loses at most `loss` of the widest one's accuracy. */
export function cheapestWithin(drawn: DrawnExploration, loss: number): ExploredSetting | undefined {
  const least = widestUniform(drawn).accuracy - loss - 1e-12;
  return drawn.exploration.front.filter((s) => s.accuracy >= least).sort((a, b) => a.cost - b.cost)[0];
}

/** Accuracy over cost: the front, the uniform settings and everything else that was evaluated. */
export function frontFigure(drawn: DrawnExploration): Figure {
  const { exploration, metric } = drawn;
  const row = (kind: string) => (s: ExploredSetting) => ({
    kind,
    cost: shownCost(metric, s.cost),
    accuracy: s.accuracy,
    meanBits: meanBits(s),
    setting: describeSetting(s.setting),
  });
  const { front, uniform, state } = exploration;
  const others = state.evaluated
    .slice(0, 4000)
    .map((i) => ({ cost: shownCost(metric, i.objectives[1]), accuracy: 1 - i.objectives[0] }));
  const line = [...front].sort((a, b) => a.cost - b.cost).map(row("front"));
  const base = widestUniform(drawn);
  const equal = cheapestWithin(drawn, 0);
  const saving =
    equal === undefined
      ? "no setting is as accurate"
      : `the cheapest setting as accurate costs ${percent(1 - equal.cost / base.cost)} less`;
  return {
    name: "front",
    title: "Accuracy against cost",
    summary: `${front.length} settings that no other beats, of ${state.evaluated.length} evaluated. Against ${drawn.widest} bits everywhere (accuracy ${percent(base.accuracy)}) ${saving}.`,
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
      x: { label: units[metric], type: "log", grid: true },
      y: { label: "accuracy", tickFormat: ".0%", grid: true, zero: false },
      color: { legend: true },
      height: 400,
    },
    table: {
      columns: [
        { name: "kind" },
        { name: "cost", label: units[metric] },
        { name: "accuracy" },
        { name: "meanBits", label: "mean bits" },
        { name: "setting", label: "activations/weights of each layer" },
      ],
      rows: [...front.map(row("front")), ...uniform.map(row("uniform"))],
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
      x: { label: "generation" },
      y: { label: "hypervolume, of the last", tickFormat: ".1%", zero: false, grid: true },
    },
    table: { columns: [{ name: "generation" }, { name: "hypervolume" }, { name: "share" }], rows },
  };
}

/** Bits of each layer along the front, one frame a setting, from the most accurate to the cheapest. */
export function bitsFigure(drawn: DrawnExploration): Figure {
  const { exploration, layers, metric } = drawn;
  const settings = thin(exploration.front, 16);
  const rowsOf = (s: ExploredSetting, point: number): Row[] =>
    s.setting.flatMap((b, l) => [
      { point, layer: layers[l], operand: "activations", bits: b.activations },
      { point, layer: layers[l], operand: "weights", bits: b.weights },
    ]);
  const maps = settings.map((s, point) => bitsHeatMap(rowsOf(s, point), { name: "bits", title: "", y: "operand" }));
  const frames = settings.map((s, i) => ({
    label: `accuracy ${percent(s.accuracy)}, cost ${format(shownCost(metric, s.cost))}`,
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

/** At most `most` of the items, first and last among them. */
function thin<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}
