import type { Figure, Row } from "../../../lab/index.ts";
import type { Architecture } from "../architecture.ts";
import type { Evaluation } from "../evaluation.ts";

/** One bar piece: what a tensor costs at a level, in µJ. The multipliers and leakage are levels of their own. */
interface EnergyPart {
  readonly level: string;
  readonly part: string;
  readonly microjoules: number;
}

/** Energy by level and tensor, outermost level first, then the multipliers and what leaks. */
export function energyParts(evaluation: Evaluation, architecture: Architecture): EnergyPart[] {
  const parts: EnergyPart[] = [...evaluation.levels]
    .reverse()
    .flatMap(({ level, tensors }) =>
      Object.entries(tensors).map(([part, counts]) => ({ level, part, microjoules: counts.energyPicojoules / 1e6 })),
    );
  const arithmetic = evaluation.arithmeticEnergyPicojoules / 1e6;
  parts.push({ level: architecture.arithmetic.name, part: "arithmetic", microjoules: arithmetic });
  const total = evaluation.energyPicojoules / 1e6;
  const leak = total - parts.reduce((sum, p) => sum + p.microjoules, 0);
  if (leak > 1e-9 * total) parts.push({ level: "leakage", part: "leakage", microjoules: leak });
  return parts;
}

/** Stacked bars of energy per level and tensor. */
export function energyFigure(evaluation: Evaluation, architecture: Architecture): Figure {
  const total = evaluation.energyPicojoules / 1e6;
  const parts = energyParts(evaluation, architecture);
  const rows: Row[] = parts.map((p) => ({ ...p, share: p.microjoules / total }));
  const levels = [...new Set(parts.map((p) => p.level))];
  const byLevel = levels.map((level) => ({ level, share: shareOf(parts, total, (p) => p.level === level) }));
  const [most] = [...byLevel].sort((a, b) => b.share - a.share);
  const tensors = [...new Set(parts.map((p) => p.part))];
  const byTensor = tensors.map((part) => ({ part, share: shareOf(parts, total, (p) => p.part === part) }));
  const [hungriest] = byTensor.sort((a, b) => b.share - a.share);
  return {
    name: "energy",
    title: "Where the energy goes",
    summary: `${format(total)} µJ in all: ${most.level} takes ${percent(most.share)}, and of all parts ${hungriest.part} take ${percent(hungriest.share)}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "barX", channels: { x: "microjoules", y: "level", fill: "part" } }],
      x: { label: "energy, µJ", grid: true },
      y: { type: "band", label: "", domain: levels },
      height: 60 + 34 * levels.length,
    },
    table: {
      columns: [
        { name: "level" },
        { name: "part", label: "tensor" },
        { name: "microjoules", label: "energy", unit: "µJ" },
        { name: "share", label: "share of all" },
      ],
      rows,
    },
  };
}

function shareOf(parts: readonly EnergyPart[], total: number, holds: (part: EnergyPart) => boolean): number {
  return parts.filter(holds).reduce((sum, p) => sum + p.microjoules, 0) / total;
}

/** Four significant digits, thousands apart. */
export function format(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}

/** `37.4 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
