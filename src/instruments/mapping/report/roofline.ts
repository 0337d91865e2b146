import type { Figure, Row } from "../../../lab/index.ts";
import { type Architecture, countInstances, type Level } from "../architecture.ts";
import type { Evaluation } from "../evaluation.ts";
import { format } from "./energy.ts";

/** An evaluated layer by name. */
export interface NamedEvaluation {
  readonly name: string;
  readonly evaluation: Evaluation;
}

/** A level's tightest direction: words moved over all instances, and words a cycle that it can move. */
interface Traffic {
  readonly direction: string;
  readonly words: number;
  readonly wordsPerCycle: number;
}

function trafficOf(level: Level, evaluation: Evaluation, i: number): Traffic {
  let [read, write, instances] = [0, 0, 0];
  for (const t of Object.values(evaluation.levels[i].tensors)) {
    read += t.reads;
    write += t.fills + t.updates;
    instances = t.instances;
  }
  const all = countInstances(level);
  const directions: Traffic[] = [
    { direction: "reads", words: read * instances, wordsPerCycle: level.readBandwidth * all },
    { direction: "writes", words: write * instances, wordsPerCycle: level.writeBandwidth * all },
    { direction: "words", words: (read + write) * instances, wordsPerCycle: level.sharedBandwidth * all },
  ];
  const unlimited = directions.every((d) => !Number.isFinite(d.wordsPerCycle));
  if (unlimited) return directions[2];
  return directions.reduce((a, b) => (b.words / b.wordsPerCycle > a.words / a.wordsPerCycle ? b : a));
}

/**
 * The roofline of an accelerator: multiply–accumulates a cycle over multiply–accumulates a word, once for the outermost level and
 * once for each level with a bandwidth. A level's roof is its bandwidth times the intensity, up to all multipliers at work.
 * Source: Williams, Waterman, Patterson, CACM 52(4), 2009.
 */
export function rooflineFigure(layers: readonly NamedEvaluation[], architecture: Architecture): Figure {
  const peak = countInstances(architecture.arithmetic);
  const rows: Row[] = [];
  const roofs = new Map<string, number>();
  architecture.levels.forEach((level, i) => {
    const isLast = i === architecture.levels.length - 1;
    const isBounded = [level.readBandwidth, level.writeBandwidth, level.sharedBandwidth].some(Number.isFinite);
    if (!isLast && !isBounded) return;
    for (const { name, evaluation } of layers) {
      const { direction, words, wordsPerCycle } = trafficOf(level, evaluation, i);
      if (words === 0) continue;
      const roof = `${level.name} ${direction}`;
      if (Number.isFinite(wordsPerCycle)) roofs.set(roof, wordsPerCycle);
      const intensity = evaluation.computes / words;
      const performance = evaluation.computes / evaluation.cycles;
      rows.push({ layer: name, roof, intensity, performance, reachable: Math.min(peak, intensity * wordsPerCycle) });
    }
  });
  const intensities = rows.map((r) => Number(r.intensity));
  const knees = [...roofs.values()].map((wordsPerCycle) => peak / wordsPerCycle);
  const [low, high] = [Math.min(...intensities, ...knees) / 3, Math.max(...intensities, ...knees) * 3];
  const slowest = Math.min(...rows.map((r) => Number(r.performance)));
  const lines: Row[] = [...roofs].flatMap(([roof, wordsPerCycle]) =>
    spread(low, high, 40).map((intensity) => ({
      roof,
      intensity,
      performance: Math.min(peak, intensity * wordsPerCycle),
    })),
  );
  const summary = describe(layers, peak, architecture);
  return {
    name: "roofline",
    title: "Roofline",
    summary,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "ruleY", rows: [{ peak }], channels: { y: "peak" } },
        ...(lines.length === 0
          ? []
          : [
              {
                mark: "line" as const,
                rows: lines,
                channels: { x: "intensity", y: "performance", stroke: "roof" },
                options: { strokeWidth: 1.5, clip: "frame" },
              },
            ]),
        { mark: "dot", channels: { x: "intensity", y: "performance", fill: "roof" } },
      ],
      x: { label: "multiply–accumulates for each word moved", type: "log", tickFormat: "~g", domain: [low, high] },
      y: { label: "multiply–accumulates a cycle", type: "log", tickFormat: "~g", domain: [slowest / 4, 1.5 * peak] },
      color: { legend: true },
    },
    table: {
      columns: [
        { name: "layer" },
        { name: "roof", label: "level and direction" },
        { name: "intensity", label: "MACs a word" },
        { name: "performance", label: "MACs a cycle" },
        { name: "reachable", label: "roof" },
      ],
      rows,
    },
  };
}

/** `n` values from `low` to `high`, evenly spread in their logarithms. */
function spread(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => low * (high / low) ** (i / (n - 1)));
}

function describe(layers: readonly NamedEvaluation[], peak: number, architecture: Architecture): string {
  const stalled = layers.filter(({ evaluation }) => evaluation.cycles > evaluation.computeCycles);
  const performance = layers.map(({ evaluation }) => evaluation.computes / evaluation.cycles);
  const one = `${format(performance[0])} of ${peak} multiply–accumulates a cycle`;
  const many = `${format(Math.min(...performance))} to ${format(Math.max(...performance))} of ${peak} multiply–accumulates a cycle`;
  const bound =
    stalled.length === 0
      ? "no bandwidth holds the multipliers up"
      : layers.length === 1
        ? `it waits for ${bottleneck(stalled[0].evaluation, architecture)}`
        : `${stalled.length} of ${layers.length} layers wait for a memory, most of the time ${bottleneck(stalled[0].evaluation, architecture)}`;
  return `${layers.length === 1 ? one : many}; ${bound}.`;
}

function bottleneck(evaluation: Evaluation, architecture: Architecture): string {
  const slowest = evaluation.levels.reduce((best, l, i) => (l.cycles > evaluation.levels[best].cycles ? i : best), 0);
  return architecture.levels[slowest].name;
}
