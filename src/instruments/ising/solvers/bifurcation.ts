import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import { BestState, type Chain, type ChainState } from "./chain.ts";
import { Configuration } from "./configuration.ts";
import { descend } from "./descent.ts";
import type { KernelProblem } from "./kernel-problem.ts";
import { RandomStream } from "./random-stream.ts";

/** Settings of simulated bifurcation. */
export interface BifurcationSettings {
  /** Time steps of one trajectory; default 2000. */
  readonly sweeps?: number;
  /** Whether the force comes from the positions (`ballistic`, default) or from their signs (`discrete`). */
  readonly variant?: "ballistic" | "discrete";
  /** Δt > 0; default 1. */
  readonly timeStep?: number;
}

/** Checks and completes the settings. @throws OrreryError `argument`. */
export function checkBifurcation(settings: BifurcationSettings): Required<BifurcationSettings> {
  const { sweeps = 2000, variant = "ballistic", timeStep = 1 } = settings;
  if (!Number.isInteger(sweeps) || sweeps < 1) {
    throw new OrreryError("argument", `bifurcation: expected sweeps, a whole number of at least 1; got ${sweeps}`);
  }
  if (!(timeStep > 0 && timeStep < 10)) {
    throw new OrreryError("argument", `bifurcation: expected a time step in (0, 10); got ${timeStep}`);
  }
  if (variant !== "ballistic" && variant !== "discrete") {
    throw new OrreryError("argument", `bifurcation: expected variant "ballistic" or "discrete"; got ${variant}`);
  }
  return { sweeps, variant, timeStep };
}

/** The state's energy is looked at once in so many steps. */
const lookEvery = 50;

/**
 * Simulated bifurcation (Goto et al., Science Advances 7, eabe7953, 2021): oscillators with positions x and momenta y,
 * `y += Δt (−(1 − a) x + c (H + W x))`, `x += Δt y`, walls at |x| = 1, the pump a rising from 0 to 1; `sign x` are the spins.
 * `c = 0.5 / (σ √N)` with σ the root mean square of all couplings. The last state is polished by greedy descent.
 */
export class BifurcationChain implements Chain {
  readonly #problem: KernelProblem;
  readonly #settings: Required<BifurcationSettings>;
  readonly #strength: number;
  readonly #positions: Float64Array;
  readonly #momenta: Float64Array;
  readonly #seen: Float64Array;
  readonly #force: Float64Array;
  readonly #configuration: Configuration;
  readonly #best: BestState;
  sweeps = 0;
  flips = 0;

  constructor(problem: KernelProblem, settings: Required<BifurcationSettings>, key: Key, state?: ChainState) {
    this.#problem = problem;
    this.#settings = settings;
    this.#configuration = new Configuration(problem);
    this.#best = new BestState(problem);
    const random = new RandomStream(key);
    const small = () => Float64Array.from({ length: problem.size }, () => 0.2 * (random.uniform() - 0.5));
    this.#positions = small();
    this.#momenta = small();
    const vector = (bytes: number) => problem.kernel.float64(problem.kernel.take(bytes), problem.size);
    this.#seen = vector(problem.rowBytes);
    this.#force = vector(8 * problem.size);
    let squares = 0;
    for (const w of problem.weights) squares += w * w;
    for (const h of problem.fields) squares += 2 * h * h;
    this.#strength = squares === 0 ? 0 : 0.5 * Math.sqrt(Math.max(problem.size - 1, 1) / squares);
    if (state === undefined) return;
    this.sweeps = state.sweeps as number;
    this.#positions.set(state.positions as Float64Array);
    this.#momenta.set(state.momenta as Float64Array);
    this.#best.restore(state.best as ChainState);
  }

  advance(sweeps: number): void {
    const to = Math.min(this.sweeps + sweeps, this.#settings.sweeps);
    while (this.sweeps < to) {
      this.#step(this.sweeps / this.#settings.sweeps);
      this.sweeps++;
      if (this.sweeps % lookEvery === 0 || this.isDone) this.#look();
    }
  }

  #step(pump: number): void {
    const { size, kernel, address } = this.#problem;
    const [x, y, seen, force] = [this.#positions, this.#momenta, this.#seen, this.#force];
    const { timeStep, variant } = this.#settings;
    if (variant === "ballistic") seen.set(x);
    else for (let i = 0; i < size; i++) seen[i] = x[i] < 0 ? -1 : 1;
    kernel.run.pull(this.#configuration.record, address.fields, seen.byteOffset, force.byteOffset);
    for (let i = 0; i < size; i++) y[i] += timeStep * (this.#strength * force[i] - (1 - pump) * x[i]);
    for (let i = 0; i < size; i++) {
      x[i] += timeStep * y[i];
      if (x[i] > 1 || x[i] < -1) {
        x[i] = x[i] > 0 ? 1 : -1;
        y[i] = 0;
      }
    }
  }

  #look(): void {
    const configuration = this.#configuration;
    configuration.assign(this.#positions.map((x) => (x < 0 ? -1 : 1)));
    if (this.isDone) this.flips += descend(configuration);
    this.#best.offer(configuration.energy, configuration.spins);
  }

  get isDone(): boolean {
    return this.sweeps >= this.#settings.sweeps;
  }

  get bestEnergy(): number {
    return this.#best.energy;
  }

  get bestSpins(): Int8Array {
    return this.#best.spins;
  }

  toState(): ChainState {
    const { sweeps } = this;
    return { sweeps, positions: this.#positions.slice(), momenta: this.#momenta.slice(), best: this.#best.toState() };
  }
}
