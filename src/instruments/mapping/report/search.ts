import type { Figure, Row } from "../../../lab/index.ts";
import { evaluate } from "../evaluation.ts";
import { printLoops } from "../loop-nest.ts";
import type { FoundMapping, SearchResult } from "../search.ts";
import type { SearchSpec } from "../search-task.ts";
import { format, percent } from "./energy.ts";
import { drawMapping } from "./nest-drawing.ts";

/** Mappings that no other beats in energy, cycles and stored bits, as energy over cycles. Undefined without a front. */
export function paretoFigure({ front, best, isComplete, pruned }: SearchResult): Figure | undefined {
  if (front.length === 0 || best === null) return undefined;
  const rows: Row[] = front.map((m) => ({
    cycles: m.cycles,
    microjoules: m.energyPicojoules / 1e6,
    storedKilobytes: m.storedBits / 8192,
    edp: (m.energyPicojoules / 1e12) * m.cycles,
    loops: printLoops(m.mapping),
  }));
  const chosen: Row = { cycles: best.cycles, microjoules: best.energyPicojoules / 1e6, label: "best" };
  const energies = front.map((m) => m.energyPicojoules / 1e6);
  const cycles = front.map((m) => m.cycles);
  const whole =
    isComplete && pruned === 0
      ? ""
      : " Only what the search visited is among them: strategy exhaustive gives the whole front.";
  return {
    name: "pareto",
    title: "Energy, cycles and storage against each other",
    summary: `${front.length} mappings that no other beats in all three: ${format(Math.min(...energies))} to ${format(Math.max(...energies))} µJ, ${Math.min(...cycles).toLocaleString("en-US")} to ${Math.max(...cycles).toLocaleString("en-US")} cycles.${whole}`,
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "dot",
          channels: { x: "cycles", y: "microjoules", fill: "storedKilobytes" },
          options: { stroke: "currentColor", strokeOpacity: 0.5, strokeWidth: 0.75 },
        },
        {
          mark: "dot",
          rows: [chosen],
          channels: { x: "cycles", y: "microjoules" },
          options: { r: 8, fill: "none", stroke: "currentColor", strokeWidth: 2 },
        },
        {
          mark: "text",
          rows: [chosen],
          channels: { x: "cycles", y: "microjoules", text: "label" },
          options: { dx: 12, textAnchor: "start" },
        },
      ],
      x: { label: "cycles", type: "log", domain: [0.8 * Math.min(...cycles), 1.25 * Math.max(...cycles)] },
      y: { label: "energy, µJ", type: "log", domain: [0.9 * Math.min(...energies), 1.1 * Math.max(...energies)] },
      color: { label: "stored at once, KiB", type: "sequential", legend: true },
    },
    table: {
      columns: [
        { name: "microjoules", label: "energy", unit: "µJ" },
        { name: "cycles", digits: 12 },
        { name: "storedKilobytes", label: "stored at once", unit: "KiB" },
        { name: "edp", label: "energy × cycles", unit: "J·cycle" },
        { name: "loops", label: "loops, outermost first" },
      ],
      rows: thin(rows, 4000),
    },
  };
}

/** At most `most` items, evenly taken, the first and the last among them. */
function thin<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}

/** A few mappings along the front, by rising energy. */
export function shownMappings({ front }: SearchResult): readonly FoundMapping[] {
  return thin(front, 8);
}

/** The mappings along the front, drawn one after the other. Undefined for a front of one. */
export function frontMappingsFigure({ problem, architecture }: SearchSpec, result: SearchResult): Figure | undefined {
  const shown = shownMappings(result);
  if (shown.length < 2) return undefined;
  const labels = shown.map(
    (m) =>
      `${format(m.energyPicojoules / 1e6)} µJ, ${m.cycles.toLocaleString("en-US")} cycles, ${format(m.storedBits / 8192)} KiB`,
  );
  return {
    name: "front-mappings",
    title: "Mappings along the front",
    summary: `${shown.length} of ${result.front.length} mappings that no other beats, by rising energy: from ${labels[0]} to ${labels.at(-1)}.`,
    drawing: {
      kind: "frames",
      label: "mapping",
      frames: shown.map(({ mapping }, i) => {
        const evaluation = evaluate(problem, architecture, mapping);
        return { label: labels[i], drawing: { kind: "svg", svg: drawMapping({ mapping, evaluation, architecture }) } };
      }),
    },
    table: { rows: shown.map(({ mapping }, i) => ({ mapping: i + 1, costs: labels[i], loops: printLoops(mapping) })) },
  };
}

/** What became of every cut-up of the space: evaluated, not fitting, shown to lose, not reached. */
export function coverageFigure(result: SearchResult): Figure {
  const { tried, valid, pruned, cutUps, gap, best, lowerBound, size, isComplete } = result;
  const total = Number(cutUps);
  const invalid = tried - valid - pruned;
  const fates = [
    { fate: "evaluated", cutUps: valid },
    { fate: "does not fit", cutUps: invalid },
    { fate: "shown to lose by the bound", cutUps: pruned },
    { fate: "not looked at", cutUps: Math.max(0, total - tried) },
  ];
  const rows: Row[] = fates.map((f) => ({ ...f, share: f.cutUps / total }));
  const proof =
    best === null
      ? "No mapping fits."
      : gap === 0
        ? "The best mapping is proven: no other of the space is better."
        : `The best mapping found is at most ${percent(gap)} above the proven bound of ${format(lowerBound)}.`;
  return {
    name: "coverage",
    title: "What became of the space of mappings",
    summary: `${count(cutUps)} ways to cut the loops up (${count(size)} mappings with all orders of loops), ${isComplete ? "all covered" : "not all covered"}; ${valid.toLocaleString("en-US")} that fit were evaluated. ${proof}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "share", y: "fate", fill: "fate" } },
        { mark: "text", channels: { x: "share", y: "fate", text: "cutUps" }, options: { dx: 6, textAnchor: "start" } },
      ],
      x: { label: "share of the space", tickFormat: ".0%", domain: [0, 1.15] },
      y: { type: "band", label: "", domain: fates.map((f) => f.fate) },
      color: { legend: false },
      height: 190,
      marginLeft: 170,
    },
    table: {
      columns: [{ name: "fate" }, { name: "cutUps", label: "cut-ups", digits: 12 }, { name: "share" }],
      rows,
    },
  };
}

function count(n: bigint): string {
  return n < 10_000_000n ? n.toLocaleString("en-US") : Number(n).toExponential(2).replace("e+", " · 10^");
}

/** Why cut-ups did not fit: which resource, how many, and by how much the nearest missed. Undefined when all fit. */
export function invalidFigure({ invalid, tried }: Pick<SearchResult, "invalid" | "tried">): Figure | undefined {
  if (invalid.length === 0) return undefined;
  const rows: Row[] = invalid.map((r) => ({
    resource: r.kind === "capacity" ? `${r.level}, words` : `${r.level}, ${r.kind}`,
    kind: r.kind === "capacity" ? "capacity" : "fan-out",
    cutUps: r.count,
    share: r.count / tried,
    nearestRequired: r.nearestRequired,
    available: r.available,
    excess: r.nearestRequired / r.available - 1,
  }));
  const [most] = rows;
  return {
    name: "invalid",
    title: "Why mappings do not fit",
    summary: `${most.resource} rules out most: ${Number(most.cutUps).toLocaleString("en-US")} cut-ups, ${percent(Number(most.share))} of those looked at. Its nearest miss asks for ${Number(most.nearestRequired).toLocaleString("en-US")} where there are ${Number(most.available).toLocaleString("en-US")}.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "share", y: "resource", fill: "kind" } },
        {
          mark: "text",
          channels: { x: "share", y: "resource", text: "cutUps" },
          options: { dx: 6, textAnchor: "start" },
        },
      ],
      x: { label: "share of the cut-ups looked at", tickFormat: ".0%", domain: [0, 1.18 * Number(most.share)] },
      y: { type: "band", label: "", domain: rows.map((r) => String(r.resource)) },
      height: 80 + 28 * rows.length,
      marginLeft: 190,
    },
    table: {
      columns: [
        { name: "resource" },
        { name: "kind" },
        { name: "cutUps", label: "cut-ups ruled out", digits: 12 },
        { name: "nearestRequired", label: "nearest miss asks for", digits: 12 },
        { name: "available", label: "there are", digits: 12 },
        { name: "excess", label: "too much by" },
      ],
      rows,
    },
  };
}
