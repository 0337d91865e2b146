import { auditJob } from "./jobs/audit.ts";
import { benchmarkJob } from "./jobs/benchmark.ts";
import { synthesizeJob } from "./jobs/synthesize.ts";
import { trainJob } from "./jobs/train.ts";

/** What the lab can run of this instrument. */
export const jobs = [auditJob, trainJob, synthesizeJob, benchmarkJob];
