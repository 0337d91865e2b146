import { OrreryError } from "../../../errors.ts";
import { TimeSlice } from "../../../time-slice.ts";
import type { IsingModel } from "../model.ts";
import { StateBlocks } from "./blocks.ts";
import { BoltzmannSum, type Thermodynamics } from "./boltzmann-sum.ts";
import { LowestLevels } from "./lowest-levels.ts";

/** What an enumeration is asked for. */
export interface EnumerationOptions {
  /** Temperatures of which thermodynamics are wanted; default none. */
  readonly betas?: readonly number[];
  /** Ground states kept at most, of which there may be many; default 64. */
  readonly states?: number;
  readonly signal?: AbortSignal;
  /** Told the share that is done, several times a second. */
  readonly observer?: (share: number) => void;
}

/** What an enumeration finds. */
export interface Enumeration {
  readonly groundEnergy: number;
  /** Number of states of that energy. */
  readonly degeneracy: number;
  /** The first of them; without fields the mirror images come after. */
  readonly groundStates: readonly Int8Array[];
  /** The next energy less the lowest; +∞ where all states have the same. */
  readonly gap: number;
  /** One for each β. */
  readonly thermodynamics: readonly Thermodynamics[];
}

/**
 * Looks at every state of a model of up to 28 spins: ground states, gap, and for each β `ln Z`, means and correlations. About
 * a nanosecond a state, and two to four more for each β.
 * @throws OrreryError `argument` above 28 spins or for β that is not a finite number ≥ 0, `cancelled` on abort.
 */
export async function enumerate(model: IsingModel, options: EnumerationOptions = {}): Promise<Enumeration> {
  const { betas = [], states = 64, signal, observer } = options;
  const wrong = betas.find((beta) => !(beta >= 0 && Number.isFinite(beta)));
  if (wrong !== undefined) {
    throw new OrreryError("argument", `enumeration: expected β, a finite number of at least 0; got ${wrong}`);
  }
  const blocks = new StateBlocks(model);
  const levels = new LowestLevels(blocks, states);
  const sums = betas.map((beta) => new BoltzmannSum(blocks, beta));
  const slice = new TimeSlice(50);
  let block = 0;
  do {
    levels.addBlock();
    for (const sum of sums) sum.addBlock();
    block++;
    if (block % 16 !== 0 || !slice.isOver) continue;
    observer?.(block / blocks.count);
    await slice.next();
    if (signal?.aborted) throw new OrreryError("cancelled", "enumeration: cancelled");
  } while (blocks.next());
  return { ...levels.result(), thermodynamics: sums.map((sum) => sum.result()) };
}
