import { instruments } from "../../instruments/registry.ts";
import type { AnyJob } from "../../lab/index.ts";
import { optionSchema } from "../../lab/recipes/option-schema.ts";
import type { InstrumentInfo, JobInfo } from "../api.ts";

function jobInfo(job: AnyJob): JobInfo {
  const { name, summary, description, presets = {}, positional = [], metrics = {}, stepName = "step" } = job;
  return { name, summary, description, presets, positional, metrics, stepName, schema: optionSchema(job) };
}

/** All instruments with their jobs. */
export async function instrumentInfos(): Promise<InstrumentInfo[]> {
  return Promise.all(
    instruments.map(async ({ jobs, name, title, brings, gets }) => ({
      name,
      title,
      brings,
      gets,
      jobs: (await jobs()).map(jobInfo),
    })),
  );
}
