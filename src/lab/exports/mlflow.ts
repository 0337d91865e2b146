import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { type ExportedFile, type ExportedRun, timeOfStep } from "./exported-run.ts";

/** MLflow's numbers for how a run ended. */
const statuses: Readonly<Record<string, number>> = { running: 1, done: 3, failed: 4, cancelled: 5, interrupted: 5 };

/** MLflow takes these in names of parameters and metrics; others become an underscore. */
const safeName = (name: string) => name.replaceAll(/[^\w\-./ ]/g, "_");

/**
 * A run in MLflow's file layout, `mlruns/<experiment>/<run>/{meta.yaml, metrics, params, tags, artifacts}`: a line `time value step` for
 * each measurement. `mlflow ui` opened beside `mlruns` shows it; the experiment is the job.
 */
export function toMlflow(run: ExportedRun): ExportedFile[] {
  const digest = createHash("sha256").update(run.id).digest("hex");
  const experiment = String(Number.parseInt(createHash("sha256").update(run.job).digest("hex").slice(0, 12), 16));
  const [runId, begun] = [digest.slice(0, 32), timeOfStep(run, 0)];
  const root = `mlruns/${experiment}`;
  const last = run.points.reduce((most, { step }) => Math.max(most, step), 0);
  const lines = new Map<string, string[]>();
  for (const { step, values } of run.points) {
    for (const [name, value] of Object.entries(values)) {
      const list = lines.get(safeName(name)) ?? [];
      list.push(`${timeOfStep(run, step)} ${value} ${step}`);
      lines.set(safeName(name), list);
    }
  }
  const tags = {
    "mlflow.runName": run.name ?? run.id,
    "mlflow.source.name": `orrery ${run.job}`,
    ...Object.fromEntries(run.tags.map((tag) => [tag, "true"])),
  };
  // Relative to where `mlflow ui` is started, as the layout itself is found.
  const artifacts = `${root}/${runId}/artifacts`;
  const meta = {
    ...{ artifact_uri: artifacts, end_time: begun + last, entry_point_name: "", experiment_id: experiment },
    ...{ lifecycle_stage: "active", run_id: runId, run_name: run.name ?? run.id, run_uuid: runId },
    ...{ source_name: "", source_type: 4, source_version: "", start_time: begun },
    ...{ status: statuses[run.state] ?? 3, tags: [], user_id: "" },
  };
  const about = {
    ...{ artifact_location: root, creation_time: begun, experiment_id: experiment },
    ...{ last_update_time: begun, lifecycle_stage: "active", name: run.job },
  };
  // MLflow takes a folder for a run's only when metrics, params and artifacts are in it.
  if (lines.size === 0) lines.set("measurements", [`${begun} 0 0`]);
  const options = { job: run.job, ...run.options };
  const file = (path: string, content: string): ExportedFile => ({ path: `${root}/${path}`, content });
  return [
    file("meta.yaml", stringify(about)),
    file(`${runId}/meta.yaml`, stringify(meta)),
    ...[...lines].map(([name, list]) => file(`${runId}/metrics/${name}`, `${list.join("\n")}\n`)),
    ...Object.entries(options).map(([name, value]) => file(`${runId}/params/${safeName(name)}`, textOf(value))),
    file(`${runId}/artifacts/options.json`, `${JSON.stringify(run.options, undefined, 2)}\n`),
    ...Object.entries(tags).map(([name, value]) => file(`${runId}/tags/${safeName(name)}`, value)),
  ];
}

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
