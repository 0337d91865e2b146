import type { Figure } from "../../../lab/index.ts";
import { type OverlapStatistics, overlapStatistics } from "../statistics/overlaps.ts";
import { shown } from "./text.ts";

/** Pairs of more states take long and say the same. */
const mostStates = 500;

/**
 * How alike states are: the histogram of `q = Σ_i s_i s'_i / N` over all pairs of up to 500 of them; undefined for fewer than two.
 * @param what the states, for a sentence: `restarts`, `final samples`
 */
export function overlapFigure(states: readonly ArrayLike<number>[], what: string): Figure | undefined {
  if (states.length < 2) return undefined;
  const used = states.slice(0, mostStates);
  const statistics = overlapStatistics(used);
  return {
    name: "overlaps",
    title: `How alike the ${what} are`,
    summary: `Overlaps of ${used.length} ${what}: ${describe(statistics)}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "rectY", channels: { x1: "from", x2: "to", y: "share" } },
        { mark: "ruleY", rows: [{ zero: 0 }], channels: { y: "zero" } },
      ],
      x: { label: "overlap q of two states", domain: [-1, 1] },
      y: { label: "share of all pairs", grid: true, tickFormat: ".0%" },
      height: 260,
    },
    table: {
      rows: statistics.histogram.map(({ from, to, count }) => ({
        from,
        to,
        pairs: count,
        share: count / statistics.pairs,
      })),
    },
  };
}

function describe({ pairs, meanAbsolute, meanSquare, binder }: OverlapStatistics): string {
  const start = `mean |q| ${shown(meanAbsolute)}, mean q² ${shown(meanSquare)}`;
  const ratio = Number.isFinite(binder) ? `, Binder's ratio ${shown(binder)}` : "";
  const reading =
    meanAbsolute > 0.95
      ? "nearly all are one state or its mirror image"
      : meanAbsolute < 0.2
        ? "they have little in common"
        : "they share parts and differ in others";
  return `${start}${ratio} over ${pairs.toLocaleString("en-US")} pairs; ${reading}.`;
}
