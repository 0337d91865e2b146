import type { AnyJob } from "../../lab/index.ts";
import { compareJob } from "./jobs/compare.ts";
import { convertJob } from "./jobs/convert.ts";
import { freeEnergyJob } from "./jobs/free-energy.ts";
import { generateJob } from "./jobs/generate.ts";
import { sampleJob } from "./jobs/sample.ts";
import { solveJob } from "./jobs/solve.ts";

/** What the lab can run of the ising instrument. */
export const jobs = [
  solveJob,
  compareJob,
  sampleJob,
  freeEnergyJob,
  generateJob,
  convertJob,
] as unknown as readonly AnyJob[];
