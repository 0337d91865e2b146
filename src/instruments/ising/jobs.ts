import type { AnyJob } from "../../lab/index.ts";

/** What the lab can run of the ising instrument. */
export const jobs: readonly AnyJob[] = [];
