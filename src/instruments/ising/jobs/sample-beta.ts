import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { betaRange } from "../solvers/beta-range.ts";
import type { SampleFlags } from "./sample.ts";

/** The exact mean energy is told where it takes no longer. */
export const exactSeconds = 3;

/** The inverse temperature that flags ask for; half way, in logarithm, from free spins to frozen ones where they say nothing. @throws OrreryError `argument` for two answers. */
export function betaOf({ beta, temperature }: SampleFlags, model: IsingModel): number {
  if (beta !== undefined && temperature !== undefined) {
    throw new OrreryError(
      "argument",
      `ising sample: expected --beta or --temperature; got ${beta} and ${temperature}`,
      {
        hint: "β is 1/temperature: leave one out.",
      },
    );
  }
  if (beta !== undefined) return beta;
  if (temperature !== undefined) return 1 / temperature;
  const { hot, cold } = betaRange(model, key(0));
  return Number(Math.sqrt(hot * cold).toPrecision(2));
}
