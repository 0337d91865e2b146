import { Key } from "../../../engine/random/key.ts";
import { type IsingDefinition, IsingModel } from "../model.ts";
import type { BetaRange } from "./beta-range.ts";
import type { Chain, ChainState } from "./chain.ts";
import { type KernelProblem, kernelProblem } from "./kernel-problem.ts";
import { type ChainMaker, chainMaker, kernelOptions, type Method } from "./method.ts";

/** What every worker needs to know, as plain data. */
export interface RunnerSpec {
  readonly definition: IsingDefinition;
  readonly method: Method;
  readonly range: BetaRange;
  /** Restart r has this key's r-th fold. */
  readonly key: string;
}

/** What a restart has come to after a slice of work. */
export interface SliceReport {
  readonly restart: number;
  readonly isDone: boolean;
  /** The lowest energy it met, in the model's units. */
  readonly energy: number;
  /** The state of that energy where it is new since the last report. */
  readonly spins?: Int8Array;
  readonly sweeps: number;
  readonly flips: number;
  /** All that is needed to go on, in some reports. */
  readonly state?: ChainState;
}

const wantedSliceMs = 25;

/** Runs restarts one after the other in short slices, so that whoever calls can look at other things between. */
export class RestartRunner {
  readonly #make: ChainMaker;
  readonly #key: Key;
  readonly #model: IsingModel;
  readonly #problem: KernelProblem;
  readonly #mark: number;
  #chain: Chain | undefined;
  #restart = -1;
  #reported = Number.POSITIVE_INFINITY;
  #energy = Number.POSITIVE_INFINITY;
  #sweeps = 1;

  constructor({ definition, method, range, key }: RunnerSpec) {
    this.#model = new IsingModel(definition);
    this.#problem = kernelProblem(this.#model, kernelOptions(method));
    this.#mark = this.#problem.kernel.mark();
    this.#make = chainMaker(this.#problem, method, range);
    this.#key = Key.parse(key);
  }

  /** Takes up a restart, anew or where it was left. */
  begin(restart: number, state?: ChainState): void {
    this.#problem.kernel.release(this.#mark);
    this.#chain = this.#make(restart, this.#key.fold(restart), state);
    this.#restart = restart;
    this.#reported = Number.POSITIVE_INFINITY;
  }

  /** Works for about a fortieth of a second. */
  slice(withState: boolean): SliceReport {
    const chain = this.#chain as Chain;
    const started = performance.now();
    chain.advance(this.#sweeps);
    const duration = performance.now() - started;
    if (duration < wantedSliceMs / 2) this.#sweeps *= 2;
    else if (duration > 2 * wantedSliceMs && this.#sweeps > 1) this.#sweeps /= 2;
    const isNew = chain.bestEnergy < this.#reported;
    if (isNew) {
      this.#reported = chain.bestEnergy;
      this.#energy = this.#model.energy(chain.bestSpins);
    }
    return {
      ...{
        restart: this.#restart,
        isDone: chain.isDone,
        sweeps: chain.sweeps,
        flips: chain.flips,
        energy: this.#energy,
      },
      ...(isNew ? { spins: chain.bestSpins.slice() } : {}),
      ...(withState && !chain.isDone ? { state: chain.toState() } : {}),
    };
  }
}
