import { OrreryError } from "../../../errors.ts";

/** Checks β and whole numbers, each with the least it may be. @throws OrreryError `argument` naming what is wrong. */
export function checkSampling(beta: number, counts: Readonly<Record<string, readonly [value: number, least: number]>>) {
  if (!(beta > 0 && Number.isFinite(beta))) {
    throw new OrreryError("argument", `ising sample: expected β above 0; got ${beta}`);
  }
  for (const [what, [value, least]] of Object.entries(counts)) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new OrreryError(
      "argument",
      `ising sample: expected ${what}, a whole number of at least ${least}; got ${value}`,
    );
  }
}
