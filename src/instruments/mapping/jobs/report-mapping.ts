import { tableCsv } from "../../../lab/figures/table-csv.ts";
import type { JobContext } from "../../../lab/index.ts";
import type { Evaluation } from "../evaluation.ts";
import { printLoopNest } from "../loop-nest.ts";
import type { Problem } from "../problem.ts";
import {
  countRows,
  type DrawnMapping,
  energyFigure,
  loopNestFigure,
  nestDrawingFigure,
  rooflineFigure,
  utilizationFigure,
} from "../report.ts";
import { writeTimeloopMapping } from "../yaml/timeloop-mapping.ts";
import { writeTimeloopProblem } from "../yaml/write-timeloop.ts";

/** A mapping of a problem with its costs. */
export interface ReportedMapping extends DrawnMapping {
  readonly problem: Problem;
}

/** The figures and files of one mapping: drawn, as text, its energy, what it uses, its roofline; YAML that `mapping evaluate` reads. */
export async function reportMapping(context: JobContext, reported: ReportedMapping): Promise<void> {
  const { problem, architecture, mapping, evaluation } = reported;
  context.figure(nestDrawingFigure(reported));
  context.figure(loopNestFigure(mapping, evaluation));
  context.figure(energyFigure(evaluation, architecture));
  context.figure(utilizationFigure(evaluation, architecture, mapping));
  context.figure(rooflineFigure([{ name: problem.name, evaluation }], architecture));
  const yaml = `${writeTimeloopProblem(problem)}${writeTimeloopMapping(mapping, problem, architecture)}`;
  await context.artifact(
    "mapping.yaml",
    yaml,
    "The problem and the mapping as Timeloop has them; orrery mapping evaluate reads it.",
  );
  await context.artifact("loop-nest.txt", `${printLoopNest(mapping, evaluation)}\n`, "The mapping as a loop nest.");
  await context.artifact(
    "counts.csv",
    tableCsv({ rows: countRows(evaluation) }),
    "Every count of each tensor at each level.",
  );
}

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
  energyMicrojoules: { label: "energy", direction: "min", unit: "µJ" },
  cycles: { label: "cycles", direction: "min" },
  edp: { label: "energy × cycles", direction: "min", unit: "J·cycle" },
  utilization: { label: "utilisation", direction: "max", isFraction: true },
  lastLevelAccesses: { label: "accesses of the outermost level", direction: "min" },
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
