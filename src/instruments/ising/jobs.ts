import type { AnyJob } from "../../lab/index.ts";
import { compareJob } from "./jobs/compare.ts";
import { convertJob } from "./jobs/convert.ts";
import { generateJob } from "./jobs/generate.ts";
import { solveJob } from "./jobs/solve.ts";

/** What the lab can run of the ising instrument. */
export const jobs = [solveJob, compareJob, generateJob, convertJob] as unknown as readonly AnyJob[];
