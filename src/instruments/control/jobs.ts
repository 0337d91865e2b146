import { monitorJob } from "./jobs/monitor.ts";
import { reachJob } from "./jobs/reach.ts";
import { simulateJob } from "./jobs/simulate.ts";
import { synthesizeJob } from "./jobs/synthesize.ts";

/** What the lab can run of the control instrument. */
export const jobs = [synthesizeJob, simulateJob, monitorJob, reachJob];
