import type { Key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { betaRange } from "../solvers/beta-range.ts";
import type { Method } from "../solvers/method.ts";
import type { SearchFlags } from "./method-options.ts";

/** First, middle and last β that flags ask for; undefined where they say nothing. */
function betasOf({ betaFrom, betaTo }: SearchFlags, model: IsingModel, key: Key) {
  if (betaFrom === undefined && betaTo === undefined) return undefined;
  const range = betaRange(model, key);
  const from = betaFrom ?? Math.min(range.hot, betaTo as number);
  const to = betaTo ?? Math.max(range.cold, from);
  if (from > to) {
    throw new OrreryError("argument", `betaFrom: expected at most betaTo; got ${from} and ${to}`, {
      hint: "β is an inverse temperature: it rises as the model cools.",
    });
  }
  return { from, middle: Math.min(to, Math.max(from, range.warm)), to };
}

/**
 * A classical method with the settings that flags give it; what they leave open is the library's to choose.
 * @param key for the random states that tell the range of temperatures
 * @throws OrreryError `argument` for temperatures that fall.
 */
export function classicalMethod(name: Method["name"], flags: SearchFlags, model: IsingModel, key: Key): Method {
  const { sweeps, replicas, population, tenure, variant } = flags;
  const betas = betasOf(flags, model, key);
  const length = sweeps === undefined ? {} : { sweeps };
  const ends = betas === undefined ? {} : { beta: [betas.from, betas.to] as const };
  switch (name) {
    case "memetic":
      return {
        ...{ name, ...length },
        ...(population === undefined ? {} : { population }),
        ...(betas === undefined ? {} : { beta: [betas.from, betas.middle, betas.to] as const }),
      };
    case "annealing":
      return { name, ...length, ...ends };
    case "tempering":
      return { name, ...length, ...ends, replicas };
    case "tabu":
      return { name, ...length, ...(tenure === undefined ? {} : { tenure }) };
    case "bifurcation":
      return { name, ...length, variant };
    case "descent":
      return { name };
  }
}
