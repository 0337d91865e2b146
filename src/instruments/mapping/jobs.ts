import { convertJob } from "./jobs/convert.ts";
import { evaluateJob } from "./jobs/evaluate.ts";
import { exploreJob } from "./jobs/explore.ts";
import { networkJob } from "./jobs/network.ts";
import { searchJob } from "./jobs/search.ts";
import { verifyJob } from "./jobs/verify.ts";

/** What the lab can run of this instrument. */
export const jobs = [searchJob, networkJob, exploreJob, evaluateJob, verifyJob, convertJob];
