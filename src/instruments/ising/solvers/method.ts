import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { AnnealingChain, type AnnealingSettings, checkAnnealing } from "./annealing.ts";
import type { BetaRange } from "./beta-range.ts";
import { BifurcationChain, type BifurcationSettings, checkBifurcation } from "./bifurcation.ts";
import type { Chain, ChainState } from "./chain.ts";
import { checkDescent, DescentChain, type DescentSettings } from "./descent-chain.ts";
import type { KernelOptions, KernelProblem } from "./kernel-problem.ts";
import { checkMemetic, MemeticChain, type MemeticSettings } from "./memetic.ts";
import { checkTabu, TabuChain, type TabuSettings } from "./tabu.ts";
import { checkTempering, defaultReplicas, TemperingChain, type TemperingSettings } from "./tempering.ts";

/** A classical method with its settings. */
export type Method =
  | ({ readonly name: "annealing" } & AnnealingSettings)
  | ({ readonly name: "tempering" } & TemperingSettings)
  | ({ readonly name: "memetic" } & MemeticSettings)
  | ({ readonly name: "tabu" } & TabuSettings)
  | ({ readonly name: "bifurcation" } & BifurcationSettings)
  | ({ readonly name: "descent" } & DescentSettings);

/** The names of the classical methods. */
export const methodNames = ["annealing", "tempering", "memetic", "tabu", "bifurcation", "descent"] as const;

/** Makes the chain of a restart with its key, from its beginning or from a state. */
export type ChainMaker = (restart: number, key: Key, state?: ChainState) => Chain;

/** How a problem is prepared for one chain of a method. */
export function kernelOptions(method: Method): KernelOptions {
  if (method.name === "tempering") return { configurations: method.replicas ?? defaultReplicas };
  return { configurations: 1, isReal: method.name === "bifurcation" };
}

/** Checks a method's settings and answers how its chains are made. @throws OrreryError `argument`. */
export function chainMaker(problem: KernelProblem, method: Method, range: BetaRange): ChainMaker {
  switch (method.name) {
    case "annealing": {
      const settings = checkAnnealing(method, range);
      return (_, key, state) => new AnnealingChain(problem, settings, key, state);
    }
    case "tempering": {
      const settings = checkTempering(method, range);
      return (_, key, state) => new TemperingChain(problem, settings, key, state);
    }
    case "memetic": {
      checkMemetic(method, range);
      return (restart, key, state) => new MemeticChain(problem, checkMemetic(method, range, restart), key, state);
    }
    case "tabu": {
      const settings = checkTabu(method, problem.size);
      return (_, key, state) => new TabuChain(problem, settings, key, state);
    }
    case "bifurcation": {
      const settings = checkBifurcation(method);
      return (_, key, state) => new BifurcationChain(problem, settings, key, state);
    }
    case "descent": {
      const settings = checkDescent(method);
      return (_, key, state) => new DescentChain(problem, settings, key, state);
    }
    default: {
      const { name } = method as { name: string };
      throw new OrreryError("argument", `ising solve: unknown method ${JSON.stringify(name)}`, {
        hint: hintForName(name, methodNames, "The methods are"),
      });
    }
  }
}
