import { tableCsv } from "../../../lab/figures/table-csv.ts";
import type { JobContext } from "../../../lab/index.ts";
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

/** A problem with its mapping as Timeloop's YAML. */
export function mappingFile({
  problem,
  mapping,
  architecture,
}: Pick<ReportedMapping, "problem" | "mapping" | "architecture">): string {
  return `${writeTimeloopProblem(problem)}${writeTimeloopMapping(mapping, problem, architecture)}`;
}

/** The figures and files of one mapping: drawn, as text, its energy, what it uses, its roofline; YAML that `mapping evaluate` reads. */
export async function reportMapping(context: JobContext, reported: ReportedMapping): Promise<void> {
  const { problem, architecture, mapping, evaluation } = reported;
  context.figure(nestDrawingFigure(reported));
  context.figure(loopNestFigure(mapping, evaluation));
  context.figure(energyFigure(evaluation, architecture));
  context.figure(utilizationFigure(evaluation, architecture, mapping));
  context.figure(rooflineFigure([{ name: problem.name, evaluation }], architecture));
  await context.artifact(
    "mapping.yaml",
    mappingFile(reported),
    "The problem and the mapping as Timeloop has them; orrery mapping evaluate reads it.",
  );
  await context.artifact("loop-nest.txt", `${printLoopNest(mapping, evaluation)}\n`, "The mapping as a loop nest.");
  await context.artifact(
    "counts.csv",
    tableCsv({ rows: countRows(evaluation) }),
    "Every count of each tensor at each level.",
  );
}
