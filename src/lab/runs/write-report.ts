import { join } from "node:path";
import { formatQuantity } from "../figures/quantities.ts";
import type { AnyJob } from "../job.ts";
import { flattenOptions } from "../recipes/flatten-options.ts";
import { optionSchema, schemaAt } from "../recipes/option-schema.ts";
import { renderReport } from "../report/report.ts";
import type { ReportInput, ReportMetric, ReportOption } from "../report/report-input.ts";
import { declarationOf, readMetrics } from "./metric-log.ts";
import { type Run, readFigures, replaceFileSync, runFiles } from "./run-folder.ts";
import { readOptions, readRunOrigins } from "./run-options.ts";
import { type Environment, secondsOf } from "./run-record.ts";

function metricsOf({ folder, record }: Run, job: AnyJob | undefined): ReportMetric[] {
  const points = readMetrics(join(folder, runFiles.metrics));
  return Object.entries(record.metrics).map(([name, { direction, best, last }]) => {
    const declaration = declarationOf(job?.metrics ?? {}, name);
    return {
      ...{ name, label: declaration?.label ?? name, direction, best, last },
      ...{ unit: declaration?.unit, isFraction: declaration?.isFraction },
      points: points.flatMap(({ step, values }) => (name in values ? [{ step, value: values[name] }] : [])),
    };
  });
}

function optionsOf({ folder }: Run, job: AnyJob | undefined): ReportOption[] {
  const origins = readRunOrigins(folder);
  const schema = job === undefined ? undefined : optionSchema(job);
  return flattenOptions(readOptions(folder)).map(([name, value]) => {
    const field = schema === undefined ? undefined : schemaAt(schema, name.split("."));
    return { name, value, origin: origins[name] ?? "default", description: field?.description, unit: field?.unit };
  });
}

function environmentOf(environment: Environment): ReportInput["environment"] {
  return [
    { label: "Processor", value: `${environment.processor}, ${environment.processors} threads` },
    { label: "Memory", value: formatQuantity(environment.memoryBytes, { unit: "B" }) },
    { label: "System", value: `${environment.platform}, Node ${environment.node}` },
    { label: "Orrery", value: environment.orrery },
  ];
}

/** What a report shows of a run, from its folder alone. */
function reportInput(run: Run, job: AnyJob | undefined): ReportInput {
  const { id, record, state } = run;
  const { status } = record;
  return {
    ...{
      title: record.name ?? record.job,
      job: record.job,
      id,
      state,
      created: record.created,
      seconds: secondsOf(record),
    },
    ...(status.state === "done" ? { outcome: status.outcome } : {}),
    ...(status.state === "failed" ? { error: status.error } : {}),
    warnings: record.warnings,
    figures: readFigures(run),
    metrics: metricsOf(run, job),
    stepName: job?.stepName ?? "step",
    metricsHref: runFiles.metrics,
    options: optionsOf(run, job),
    artifacts: record.artifacts.map((artifact) => ({
      ...artifact,
      href: `${runFiles.artifacts}/${artifact.name.split("/").map(encodeURIComponent).join("/")}`,
    })),
    environment: environmentOf(record.environment),
    command: "orrery run recipe.yaml",
  };
}

/**
 * Writes a run's `report.html` anew from what its folder holds. @param job declares metrics' names and units; a run of a job
 * that is not there any more has a report all the same
 * @returns the report's path
 */
export async function writeReport(run: Run, job: AnyJob | undefined): Promise<string> {
  const path = join(run.folder, runFiles.report);
  replaceFileSync(path, renderReport(reportInput(run, job)));
  return path;
}
