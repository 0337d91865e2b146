import type { Figure, Row } from "../../../lab/index.ts";
import { type Architecture, countInstances, fanOut } from "../architecture.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Mapping } from "../mapping.ts";
import { percent } from "./energy.ts";

/** How much of a resource a mapping uses. */
interface Use {
  readonly resource: string;
  readonly kind: "multipliers" | "memory" | "mesh" | "bandwidth";
  readonly used: number;
  readonly available: number;
  readonly share: number;
}

/** Multipliers, the fan-out of every level, words of every finite memory, and the cycles that each level's bandwidth needs. */
function usesOf(evaluation: Evaluation, architecture: Architecture, mapping: Mapping): Use[] {
  const multipliers = countInstances(architecture.arithmetic);
  const busy = evaluation.utilization * multipliers;
  const uses: Use[] = [use("multipliers, over time", "multipliers", busy, multipliers)];
  const levels = architecture.levels.map((level, i) => ({ level, i })).reverse();
  for (const { level, i } of levels) {
    const [x, y] = fanOut(architecture, i);
    const product = (loops: readonly { readonly factor: number }[]) => loops.reduce((n, loop) => n * loop.factor, 1);
    if (x > 1) uses.push(use(`${level.name}, fan-out x`, "mesh", product(mapping[i].spatialX), x));
    if (y > 1) uses.push(use(`${level.name}, fan-out y`, "mesh", product(mapping[i].spatialY), y));
  }
  for (const { level, i } of levels) {
    const { occupancy, tensors, cycles } = evaluation.levels[i];
    const isBounded = [level.readBandwidth, level.writeBandwidth, level.sharedBandwidth].some(Number.isFinite);
    if (Number.isFinite(level.entries) && Object.keys(tensors).length > 0) {
      const words = level.entries / level.multipleBuffering;
      uses.push(use(`${level.name}, words`, "memory", occupancy * words, words));
    }
    if (isBounded) uses.push(use(`${level.name}, cycles`, "bandwidth", demand(evaluation, architecture, i), cycles));
  }
  return uses.map((u) =>
    u.kind === "bandwidth" ? { ...u, available: evaluation.cycles, share: u.used / evaluation.cycles } : u,
  );
}

/** Cycles that the words of level `i` need over its bandwidth, were there nothing else to wait for. */
function demand(evaluation: Evaluation, architecture: Architecture, i: number): number {
  const level = architecture.levels[i];
  let [read, write] = [0, 0];
  for (const t of Object.values(evaluation.levels[i].tensors)) {
    read += t.reads;
    write += t.fills + t.updates;
  }
  return Math.max(read / level.readBandwidth, write / level.writeBandwidth, (read + write) / level.sharedBandwidth);
}

const use = (resource: string, kind: Use["kind"], used: number, available: number): Use => ({
  resource,
  kind,
  used,
  available,
  share: used / available,
});

/** Bars of how full everything is: whatever reaches 100 % bounds the mapping. */
export function utilizationFigure(evaluation: Evaluation, architecture: Architecture, mapping: Mapping): Figure {
  const uses = usesOf(evaluation, architecture, mapping);
  const rows: Row[] = uses.map((u) => ({ ...u }));
  const full = uses.filter((u) => u.share > 0.995).map((u) => u.resource);
  const stalls = evaluation.cycles > evaluation.computeCycles;
  const bound = stalls ? "a bandwidth" : "the multipliers";
  return {
    name: "utilisation",
    title: "How much of the accelerator is used",
    summary: `The multipliers are busy ${percent(evaluation.utilization)} of ${evaluation.cycles.toLocaleString("en-US")} cycles, which ${bound} set${stalls ? "s" : ""}. ${full.length === 0 ? "Nothing is full." : `Full: ${full.join("; ")}.`}`,
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "share", y: "resource", fill: "kind" } },
        { mark: "ruleX", rows: [{ full: 1 }], channels: { x: "full" } },
      ],
      x: { label: "share in use", tickFormat: ".0%", domain: [0, 1], grid: true },
      y: { type: "band", label: "", domain: uses.map((u) => u.resource) },
      height: 60 + 26 * uses.length,
      marginLeft: 190,
    },
    table: {
      columns: [{ name: "resource" }, { name: "kind" }, { name: "used" }, { name: "available" }, { name: "share" }],
      rows,
    },
  };
}
