import type { Figure, Mark } from "../../../lab/index.ts";
import type { Certificate } from "../synthesis/certificate.ts";
import type { DisturbanceBound } from "../synthesis/largest-disturbance.ts";
import { probeOf, type SegmentBound } from "../synthesis/segment-bounds.ts";
import { rounded } from "./plane.ts";

/** `V(x₀)` of every disturbance that the search tried. */
export function searchFigure({ trials, delta, failsAt }: DisturbanceBound, margin: number): Figure {
  const rows = [...trials]
    .sort((a, b) => a.delta - b.delta)
    .map((t) => ({ delta: t.delta, value: t.value, grid: t.grid }));
  const range = Number.isFinite(failsAt)
    ? `it holds at ${rounded(delta)} and fails at ${rounded(failsAt)}`
    : `it holds up to ${rounded(delta)}, the largest tried`;
  const bound: Mark[] = Number.isFinite(delta)
    ? [{ mark: "ruleX", rows: [{ delta }], channels: { x: "delta" }, options: { strokeDasharray: "4 3" } }]
    : [];
  return {
    name: "search",
    title: "The value at the start against the disturbance",
    summary: `${rows.length} disturbances were tried; V(x₀) ≥ ${rounded(margin)} is asked for: ${Number.isFinite(delta) ? range : "it fails even without disturbance"}.`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "ruleY", rows: [{ value: margin }], channels: { y: "value" } },
        ...bound,
        { mark: "line", channels: { x: "delta", y: "value", z: "grid", stroke: "grid" } },
        { mark: "dot", channels: { x: "delta", y: "value", fill: "grid" }, options: { r: 3.5 } },
      ],
      x: { label: "disturbance, times its set", zero: true },
      y: { label: "V at the start", grid: true },
      color: { label: "grid", type: "categorical", legend: true },
    },
    table: { rows },
  };
}

/** What is claimed and on what grounds, line by line. */
export function certificateFigure(c: Certificate): Figure {
  const rows = [
    { claim: "formula", value: c.formula },
    { claim: "system", value: c.system },
    {
      claim: "start",
      value: Object.entries(c.start)
        .map(([name, v]) => `${name} = ${rounded(v)}`)
        .join(", "),
    },
    {
      claim: "largest disturbance",
      value: Number.isFinite(c.delta)
        ? `${rounded(c.delta)} times its set: ${c.disturbances}`
        : "none: the formula fails without any",
    },
    { claim: "fails at", value: Number.isFinite(c.failsAt) ? String(rounded(c.failsAt)) : "nothing that was tried" },
    { claim: "margin", value: `V ≥ ${rounded(c.margin)}; V = ${rounded(c.value)}` },
    { claim: "grid and scheme", value: `${c.grid.join("×")} points, ${c.scheme}` },
    {
      claim: "fragment",
      value: c.isSoundFragment
        ? "sound: V ≥ 0 means that the controller satisfies the formula"
        : "outside the sound fragment: not guaranteed",
    },
    ...c.remarks.map((remark) => ({ claim: "remark", value: remark })),
    {
      claim: "two grids",
      value:
        c.coarseDelta === undefined
          ? "one grid only"
          : `${rounded(c.coarseDelta)} with half the points: ${rounded(c.convergence ?? 0)} apart`,
    },
    {
      claim: "roll-outs",
      value: `${c.rollouts} judged by the monitor, ${c.violations} violations, least robustness ${Number.isFinite(c.leastRobustness) ? rounded(c.leastRobustness) : "–"}`,
    },
  ];
  return {
    name: "certificate",
    title: "What is claimed, and on what grounds",
    summary: `${c.isSoundFragment ? "Guaranteed up to the grid's error" : "Not guaranteed"}: ${Number.isFinite(c.delta) ? `disturbances up to ${rounded(c.delta)} times their set` : "no disturbance at all"}; ${c.violations} of ${c.rollouts} roll-outs violate the formula.`,
    drawing: { kind: "table" },
    table: { rows },
  };
}

/** Which part of the time limits the disturbance, and what the others survive. */
export function segmentsFigure(
  segments: readonly SegmentBound[],
  delta: number,
  { tolerance, most }: { readonly tolerance: number; readonly most: number },
): Figure {
  const span = ({ from, to }: SegmentBound) => `${rounded(from)} to ${rounded(to)} s`;
  const tightest = segments.reduce((a, b) => (b.fall > a.fall ? b : a));
  const freest = segments.reduce((a, b) => (b.delta > a.delta ? b : a));
  const more = rounded(probeOf({ tolerance }));
  const free =
    freest.delta > delta
      ? `From ${span(freest)} ${rounded(freest.delta)}${freest.delta >= most ? ", the largest tried," : ""} is survived, with the other bounds elsewhere.`
      : `No part survives ${more} more by itself.`;
  return {
    name: "segments",
    title: "Which part of the time limits the disturbance",
    summary: `The part from ${span(tightest)} limits it most: ${more} more there alone takes ${rounded(Math.max(0, tightest.fall))} from V at the start. ${free} All bounds hold together, for the controller that is computed with them.`,
    drawing: { kind: "table" },
    table: {
      rows: segments.map((segment) => ({
        time: span(segment),
        bound: rounded(segment.delta),
        fall: rounded(segment.fall),
      })),
      columns: [
        { name: "time" },
        { name: "bound", label: "Bound, times the set" },
        { name: "fall", label: `V lost by ${more} more here` },
      ],
    },
  };
}
