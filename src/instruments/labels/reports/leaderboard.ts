import type { Figure } from "../../../lab/index.ts";
import type { Result, Standing } from "../training/index.ts";

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;

/** Methods by their mean over seeds, with each seed's value and the spread. @param what the accuracy is measured on and when */
export function leaderboardFigure(standings: readonly Standing[], results: readonly Result[], what: string): Figure {
  const [first, second] = standings;
  const order = standings.map(({ method }) => method);
  const means = standings.map(({ method, mean, deviation }) => ({
    ...{ method, mean },
    ...{ low: mean - (deviation ?? 0), high: mean + (deviation ?? 0) },
  }));
  const lead = second?.leader;
  const margin =
    lead === null || lead === undefined
      ? ""
      : ` It leads ${second.method} by ${(100 * lead.difference).toFixed(2)} points${lead.pairedT === null ? "" : ` (paired t-test over ${lead.seeds} seeds: p = ${lead.pairedT.toPrecision(2)})`}.`;
  return {
    name: "leaderboard",
    title: `Methods by ${what}`,
    summary: `${first.method} is first with ${percent(first.mean)}${first.deviation === null ? "" : ` ± ${(100 * first.deviation).toFixed(2)}`} over ${first.seeds} ${first.seeds === 1 ? "seed" : "seeds"}.${margin}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "ruleY", rows: means, channels: { x1: "low", x2: "high", y: "method" }, options: { strokeWidth: 2 } },
        {
          mark: "dot",
          rows: results.map(({ method, seed, value }) => ({ method, seed, value })),
          channels: { x: "value", y: "method" },
          options: { r: 2.5 },
        },
        { mark: "tickX", rows: means, channels: { x: "mean", y: "method" }, options: { strokeWidth: 3 } },
      ],
      x: { label: what, tickFormat: ".0%", grid: true },
      y: { label: "", domain: order, type: "band" },
      height: 70 + 24 * order.length,
      marginLeft: 130,
    },
    table: {
      rows: standings.map(({ rank, method, mean, deviation, seeds, leader }) => ({
        ...{ rank, method, mean, deviation, seeds },
        ...{ behind: leader?.difference ?? null, p: leader?.pairedT ?? null, pHolm: leader?.holm ?? null },
      })),
    },
  };
}
