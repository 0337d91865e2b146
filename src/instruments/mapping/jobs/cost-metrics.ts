import type { Evaluation } from "../evaluation.ts";

/** The numbers that every mapping is judged by, as metrics and headlines. */
export function costMetrics(evaluation: Evaluation): Record<string, number> {
  return {
    energyMicrojoules: evaluation.energyPicojoules / 1e6,
    cycles: evaluation.cycles,
    edp: evaluation.energyDelayProduct,
    utilization: evaluation.utilization,
    lastLevelAccesses: evaluation.lastLevelAccesses,
  };
}

/** How `costMetrics` are declared. */
export const costMetricDeclarations = {
  energyMicrojoules: { label: "energy", direction: "lower", unit: "µJ" },
  cycles: { label: "cycles", direction: "lower" },
  edp: { label: "energy × cycles", direction: "lower", unit: "J·cycle" },
  utilization: { label: "utilisation", direction: "higher", isFraction: true },
  lastLevelAccesses: { label: "accesses of the outermost level", direction: "lower" },
} as const;

/** Headlines of one mapping. */
export function costHeadlines(evaluation: Evaluation) {
  return [
    { label: "energy", value: evaluation.energyPicojoules / 1e6, unit: "µJ" },
    {
      label: "cycles",
      value: evaluation.cycles,
      note:
        evaluation.cycles > evaluation.computeCycles
          ? `${evaluation.computeCycles} without waiting for memories`
          : "bound by the multipliers",
    },
    { label: "energy × cycles", value: evaluation.energyDelayProduct, unit: "J·cycle" },
    { label: "utilisation", value: evaluation.utilization, isFraction: true },
  ];
}
