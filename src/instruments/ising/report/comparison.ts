import type { Figure, Row } from "../../../lab/index.ts";
import { type MethodScore, type PairedDifference, residualAt, type Target } from "../jobs/comparison.ts";
import { shown } from "./text.ts";

const residualLabel = "residual energy (E − E₀)/N";
const namesOf = (scores: readonly MethodScore[]) => scores.map(({ method }) => method);

/** Residual energies of all searches, method by method. */
export function residualFigure(scores: readonly MethodScore[], { energy, spins }: Target, seconds: number): Figure {
  const rows = scores.flatMap(({ method, searches }) =>
    searches.map((search) => ({ method, seed: search.seed, residual: Math.max(0, (search.energy - energy) / spins) })),
  );
  const means = scores.map(({ method, residual }) => ({ method, mean: Math.max(0, residual.mean) }));
  const best = scores.reduce((low, score) => (score.residual.mean < low.residual.mean ? score : low));
  return {
    name: "residual-energy",
    title: `Residual energy after ${shown(seconds)} s each`,
    summary: `Lowest on average is ${best.method}, ${shown(Math.max(0, best.residual.mean))} a spin above E₀. A dot is a search, a bar the mean of a method.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "tickX", rows: means, channels: { y: "method", x: "mean" }, options: { strokeWidth: 3 } },
        {
          mark: "dot",
          channels: { y: "method", x: "residual", fill: "method", title: "seed" },
          options: { r: 4, fillOpacity: 0.7 },
        },
      ],
      x: { label: residualLabel, zero: true, grid: true },
      y: { label: "", type: "band", domain: namesOf(scores) },
      color: { label: "", type: "categorical", domain: namesOf(scores), legend: false },
      marginLeft: 140,
      height: 60 + 36 * scores.length,
    },
    table: { rows },
  };
}

const timesDrawn = 60;

/** Mean residual energy against wall time. */
export function residualTimeFigure(
  scores: readonly MethodScore[],
  target: Target,
  seconds: number,
): Figure | undefined {
  const first = Math.min(
    ...scores.flatMap(({ searches }) => searches.map(({ moments }) => moments[0]?.seconds ?? seconds)),
  );
  const from = Math.max(1e-3, Math.min(first, seconds / 2));
  const rows = scores.flatMap(({ method, ...score }) =>
    Array.from({ length: timesDrawn }, (_, k) => from * (seconds / from) ** (k / (timesDrawn - 1))).flatMap(
      (time): Row[] => {
        const residual = residualAt({ method, ...score }, target, time);
        return residual === undefined ? [] : [{ method, seconds: time, residual }];
      },
    ),
  );
  if (rows.length === 0) return undefined;
  return {
    name: "residual-time",
    title: "Residual energy as time went by",
    summary:
      "The mean over seeds of the best state that each search had met by then; a line begins where all searches of its method had met one.",
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "line",
          channels: { x: "seconds", y: "residual", stroke: "method", z: "method" },
          options: { curve: "step-after", strokeWidth: 2 },
        },
      ],
      x: { label: "wall time, s", type: "log", domain: [from, seconds], tickFormat: "~g" },
      y: { label: residualLabel, zero: true, grid: true },
      color: { label: "", type: "categorical", domain: namesOf(scores), legend: true },
    },
    table: {
      columns: [{ name: "method" }, { name: "seconds", unit: "s" }, { name: "residual", label: residualLabel }],
      rows,
    },
  };
}

/** Every method in one line. @param origin what E₀ is */
export function scoreTable(scores: readonly MethodScore[], origin: string): Figure {
  const hasNetworks = scores.some(({ finalResidual }) => finalResidual !== undefined);
  const rows = scores.map(({ method, residual, searches, seconds, finalResidual, collapsed }) => ({
    ...{ method, residual: Math.max(0, residual.mean), error: residual.error },
    ...{ found: `${residual.hits} of ${searches.length}`, seconds },
    ...(hasNetworks ? { finalResidual: finalResidual ?? null, collapsed: collapsed ?? null } : {}),
  }));
  const networks = [
    { name: "finalResidual", label: "final residual" },
    { name: "collapsed", label: "collapsed" },
  ];
  return {
    name: "scores",
    title: "The methods, best first",
    summary: `E₀ is ${origin}. Means over seeds; the final distribution of a network is not the best state that it met.`,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "method" },
        { name: "residual", label: "residual energy" },
        { name: "error", label: "standard error" },
        { name: "found", label: "searches at E₀" },
        { name: "seconds", label: "time of a search", unit: "s", digits: 3 },
        ...(hasNetworks ? networks : []),
      ],
      rows,
    },
  };
}

const finite = (x: number) => (Number.isFinite(x) ? x : null);

/** How long one must search to meet the optimum with 99 % chance, with what the trials leave open. */
export function solutionTimeFigure(scores: readonly MethodScore[]): Figure {
  const ends = scores.flatMap(({ time: { low, high } }) => [low, high]).filter((x) => Number.isFinite(x) && x > 0);
  const domain = [Math.min(...ends) / 1.5, Math.max(...ends) * (scores.every(isBounded) ? 1.5 : 6)];
  const rows = scores.map(({ method, time: { seconds, low, high }, trial, trials, successes }) => ({
    ...{ method, seconds: finite(seconds), low, high: finite(high) },
    ...{
      drawnTo: finite(high) ?? domain[1],
      trials: `${successes} of ${trials} ${trial === "restart" ? "restarts" : "searches"}`,
    },
  }));
  const solved = rows.filter(({ seconds }) => seconds !== null);
  const fastest = solved.reduce<(typeof solved)[number] | undefined>(
    (best, row) => (best === undefined || (row.seconds as number) < (best.seconds as number) ? row : best),
    undefined,
  );
  const start =
    fastest === undefined
      ? "No method met the optimum, so all times are only bounded from below."
      : `Shortest for ${fastest.method}: ${shown(fastest.seconds as number)} s.`;
  return {
    name: "time-to-solution",
    title: "Time until the optimum is met with 99 % chance",
    summary: `${start} Lines are 95 % intervals, open to the right without a dot. A trial is a restart, or a whole search, ended when the slowest that met the optimum had met it: its chance is that of such an order statistic, so that few searches leave much open.`,
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "link",
          rows,
          channels: { x1: "low", x2: "drawnTo", y1: "method", y2: "method", stroke: "method" },
          options: { strokeWidth: 3 },
        },
        {
          mark: "dot",
          rows: solved,
          channels: { x: "seconds", y: "method", fill: "method", title: "trials" },
          options: { r: 5 },
        },
      ],
      x: { label: "time to solution, s", type: "log", domain, tickFormat: "~g", grid: true },
      y: { label: "", type: "point", domain: namesOf(scores) },
      color: { label: "", type: "categorical", domain: namesOf(scores), legend: false },
      marginLeft: 140,
      height: 60 + 36 * scores.length,
    },
    table: {
      columns: [
        { name: "method" },
        { name: "seconds", label: "time to solution", unit: "s" },
        { name: "low", label: "at least", unit: "s" },
        { name: "high", label: "at most", unit: "s" },
        { name: "trials", label: "trials at E₀" },
      ],
      rows,
    },
  };
}

const isBounded = ({ time: { high } }: MethodScore) => Number.isFinite(high);

/** What messages gave: two networks that differ in nothing else, seed by seed. */
export function messageTable(
  differences: readonly { readonly quantity: string; readonly difference: PairedDifference }[],
  verdict: string,
): Figure {
  return {
    name: "messages",
    title: "What message passing gives",
    summary: verdict,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "quantity" },
        { name: "difference", label: "with messages less without" },
        { name: "error", label: "standard error" },
        { name: "pValue", label: "p of a paired t-test", digits: 2 },
        { name: "seeds" },
      ],
      rows: differences.map(({ quantity, difference: { mean, error, pValue, seeds } }) => ({
        quantity,
        difference: mean,
        error,
        pValue,
        seeds,
      })),
    },
  };
}
