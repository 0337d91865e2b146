import type { Chart, Figure, Row, Scale } from "../../../lab/index.ts";
import type { EstimateName, JudgedValue } from "../free-energy-estimate.ts";
import type { FreeEnergyEstimate } from "../neural/free-energy.ts";
import { countText, shown } from "./text.ts";

/** What the methods are called. */
export const methodLabels: Readonly<Record<EstimateName, string>> = {
  exact: "exact",
  naive: "naive mean field",
  tap: "TAP",
  bethe: "Bethe",
  tempering: "parallel tempering",
  bound: "network, bound",
  network: "network, weighted",
};

/** Curves over β, a spin. */
export interface FreeEnergyCurves {
  readonly values: readonly JudgedValue[];
  readonly spins: number;
  /** Whether the temperatures are a constant factor apart. */
  readonly isGeometric: boolean;
}

/** The order of colours: what any chart may lack comes last, so that the others keep theirs. */
const colored: readonly EstimateName[] = ["naive", "tap", "bethe", "tempering", "network", "bound", "exact"];

const isTrusted = ({ doubts }: JudgedValue) => doubts.length === 0;

function betaScale({ isGeometric }: FreeEnergyCurves): Scale {
  return { label: "β", type: isGeometric ? "log" : "linear", ...(isGeometric ? { tickFormat: "~g" } : {}) };
}

/** Lines of the trusted values, one a method. */
function linesOf(curves: FreeEnergyCurves, of: (value: JudgedValue) => number | undefined): Row[] {
  return curves.values.filter(isTrusted).flatMap((value) => {
    const y = of(value);
    return y === undefined ? [] : [{ beta: value.beta, method: methodLabels[value.name], value: y / curves.spins }];
  });
}

function curveChart(curves: FreeEnergyCurves, rows: readonly Row[], y: Scale): Chart {
  const used = new Set(rows.map(({ method }) => method));
  return {
    kind: "chart",
    marks: [
      { mark: "line", rows, channels: { x: "beta", y: "value", stroke: "method" }, options: { strokeWidth: 1.6 } },
    ],
    x: betaScale(curves),
    y: { grid: true, ...y },
    color: {
      type: "categorical",
      domain: colored.map((name) => methodLabels[name]).filter((m) => used.has(m)),
      legend: true,
    },
  };
}

/** The free energy of every trusted value. */
export function freeEnergyCurve(curves: FreeEnergyCurves): Figure {
  const rows = linesOf(curves, ({ freeEnergy }) => freeEnergy);
  const left = curves.values.length - rows.length;
  const coldest = curves.values.filter(isTrusted).filter(({ beta }) => beta === curves.values.at(-1)?.beta);
  const ends = coldest.map(({ name, freeEnergy }) => `${methodLabels[name]} ${shown(freeEnergy / curves.spins)}`);
  return {
    name: "free-energy",
    title: "Free energy over temperatures",
    summary: `F a spin by β. At β = ${shown(curves.values.at(-1)?.beta ?? 0)}: ${ends.join(", ") || "nothing that can be trusted"}.${left === 0 ? "" : ` ${countText(left, "value")} that cannot be trusted ${left === 1 ? "is" : "are"} left out.`}`,
    drawing: curveChart(curves, rows, { label: "free energy a spin" }),
    table: {
      columns: [{ name: "beta", label: "β" }, { name: "method" }, { name: "value", label: "F a spin", digits: 8 }],
      rows,
    },
  };
}

/** How far each method is from the exact value, on a logarithmic scale; undefined without exact values or others. */
export function differenceCurve(curves: FreeEnergyCurves): Figure | undefined {
  const rows = linesOf(curves, ({ name, difference }) => {
    if (name === "exact" || difference === undefined || Math.abs(difference) < 1e-12 * curves.spins) return undefined;
    return Math.abs(difference);
  });
  if (rows.length === 0) return undefined;
  const worst = new Map<string, number>();
  for (const { method, value } of rows)
    worst.set(String(method), Math.max(worst.get(String(method)) ?? 0, Number(value)));
  return {
    name: "difference",
    title: "Distance from the exact free energy",
    summary: `|F − exact| a spin; the largest: ${[...worst].map(([method, most]) => `${method} ${shown(Number(most.toPrecision(2)))}`).join(", ")}.`,
    drawing: curveChart(curves, rows, { label: "|F − exact| a spin", type: "log" }),
    table: {
      columns: [{ name: "beta", label: "β" }, { name: "method" }, { name: "value", label: "|F − exact| a spin" }],
      rows,
    },
  };
}

/** Energy or entropy of every trusted value that has one. */
export function thermalCurve(curves: FreeEnergyCurves, what: "energy" | "entropy"): Figure | undefined {
  const rows = linesOf(curves, (value) => value[what]);
  if (rows.length === 0) return undefined;
  const methods = new Set(rows.map(({ method }) => method));
  const limit = what === "entropy" ? `, which begins at ln 2 = 0.6931 for free spins` : "";
  return {
    name: what,
    title: what === "energy" ? "Mean energy over temperatures" : "Entropy over temperatures",
    summary: `The ${what} a spin${limit}, by ${[...methods].join(", ")}: from ${shown(Number(rows[0].value))} at β = ${shown(Number(rows[0].beta))} to ${shown(Number(lastOf(rows, rows[0].method).value))} at β = ${shown(Number(lastOf(rows, rows[0].method).beta))} by ${rows[0].method}.`,
    drawing: curveChart(curves, rows, { label: what === "energy" ? "energy a spin" : "entropy a spin, nats" }),
    table: {
      columns: [
        { name: "beta", label: "β" },
        { name: "method" },
        { name: "value", label: `${what} a spin`, digits: 6 },
      ],
      rows,
    },
  };
}

const lastOf = (rows: readonly Row[], method: Row[string]): Row =>
  rows.filter((row) => row.method === method).at(-1) as Row;

/** Share of the network's samples that carry the weight: near 1 it follows the Boltzmann distribution, near 0 nothing can be said. */
export function weightFigure(curves: FreeEnergyCurves, estimates: readonly FreeEnergyEstimate[]): Figure {
  const rows = estimates.map(({ beta, effectiveSamples, samples, lnZError }) => {
    return { beta, share: effectiveSamples / samples, effective: effectiveSamples, lnZError };
  });
  const least = rows.reduce((worst, row) => (row.share < worst.share ? row : worst));
  return {
    name: "weights",
    title: "How many of the network's samples count",
    summary: `Of ${countText(estimates[0].samples, "sample")} at each temperature the weights leave ${Number((100 * least.share).toPrecision(3))} % at worst, at β = ${shown(least.beta)}; below 50 samples no error bar is believed.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "line", channels: { x: "beta", y: "share" } },
        { mark: "dot", channels: { x: "beta", y: "share" }, options: { r: 3.5 } },
      ],
      x: { ...betaScale(curves), ...(rows.length > 1 ? { domain: [rows[0].beta, rows[rows.length - 1].beta] } : {}) },
      y: { label: "effective samples, share of all", grid: true, tickFormat: ".0%", domain: [0, 1] },
      height: 240,
    },
    table: {
      columns: [
        { name: "beta", label: "β" },
        { name: "share", label: "share that counts" },
        { name: "effective", label: "effective samples" },
        { name: "lnZError", label: "error of ln Z", digits: 2 },
      ],
      rows,
    },
  };
}

/** Every value with what speaks against it. */
export function estimateTable({ values, spins }: FreeEnergyCurves): Figure {
  const rows = values.map((value) => ({
    beta: value.beta,
    method: methodLabels[value.name],
    freeEnergy: value.freeEnergy,
    error: value.error === 0 ? null : value.error,
    lnZ: -value.beta * value.freeEnergy,
    energy: value.energy ?? null,
    entropy: value.entropy === undefined ? null : value.entropy / spins,
    difference: value.name === "exact" ? null : (value.difference ?? null),
    trusted: isTrusted(value)
      ? value.isBound && value.name !== "exact"
        ? "as a bound"
        : "yes"
      : `no: ${value.doubts.join("; ")}`,
  }));
  const doubted = values.filter((value) => !isTrusted(value)).length;
  return {
    name: "estimates",
    title: "All values, and what speaks against them",
    summary: `${countText(values.length, "value")}, ${doubted} of which cannot be trusted.`,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "beta", label: "β" },
        { name: "method" },
        { name: "freeEnergy", label: "F", digits: 8 },
        { name: "error", label: "its error" },
        { name: "energy", label: "⟨E⟩", digits: 6 },
        { name: "entropy", label: "entropy a spin" },
        { name: "difference", label: "F − exact", digits: 6 },
        { name: "trusted", label: "to be trusted" },
      ],
      rows,
    },
  };
}
