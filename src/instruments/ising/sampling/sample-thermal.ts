import type { Key } from "../../../engine/random/key.ts";
import type { IsingModel } from "../model.ts";
import { refreshEvery } from "../solvers/annealing.ts";
import { betaRangeOf } from "../solvers/beta-range.ts";
import type { ChainState } from "../solvers/chain.ts";
import { kernelProblem } from "../solvers/kernel-problem.ts";
import { ReplicaExchange } from "../solvers/tempering.ts";
import { checkSampling } from "./check-sampling.ts";
import { freeSpinsOf, redrawFree } from "./free-spins.ts";
import { mostReplicas, temperatureLadderOf } from "./ladder.ts";
import { type SweepLoopOptions, type SweptSamples, sweepUntil } from "./sweep-loop.ts";
import { summarizeSamples, type ThermalSamples } from "./thermal-samples.ts";

/** How states are sampled. */
export interface SampleOptions extends SweepLoopOptions<SampleState> {
  readonly key: Key;
  /** β > 0 of the samples. */
  readonly beta: number;
  /** Default 1000. */
  readonly samples?: number;
  /** Sweeps from one sample to the next; default 10. */
  readonly sweepsBetween?: number;
  /** Sweeps before the first sample, and of the pilot run that finds the temperatures; default 1000. */
  readonly burnIn?: number;
  /** Temperatures from 0 to β; default: as many as frequent exchanges need, at most 64. */
  readonly replicas?: number;
  /** Where to go on: the same model, key and options then give the same samples. */
  readonly resume?: SampleState;
}

/** Where sampling stands, as plain data. */
export interface SampleState {
  readonly betas: Float64Array;
  /** Sweeps made. */
  readonly sweeps: number;
  readonly exchange: ChainState;
  /** Energies at each temperature, one after the other. */
  readonly energies: Float64Array;
  /** States at β so far, one after the other. */
  readonly states: Int8Array;
}

/** How often samples are taken. */
interface SamplePlan {
  readonly samples: number;
  readonly sweepsBetween: number;
  readonly burnIn: number;
}

/** Replicas at every temperature with all that was drawn from them. */
class Sampler implements SweptSamples<SampleState> {
  readonly #model: IsingModel;
  readonly #exchange: ReplicaExchange;
  readonly #plan: SamplePlan & { readonly isReal: boolean };
  readonly #free: Int32Array;
  readonly #freeKey: Key;
  readonly series: Float64Array[];
  readonly states: Int8Array[] = [];
  sweeps = 0;

  constructor(
    model: IsingModel,
    exchange: ReplicaExchange,
    { freeKey, ...plan }: SamplePlan & { readonly isReal: boolean; readonly freeKey: Key },
  ) {
    this.#model = model;
    this.#free = freeSpinsOf(model);
    this.#freeKey = freeKey;
    this.#exchange = exchange;
    this.#plan = plan;
    this.series = Array.from(exchange.betas, () => new Float64Array(plan.samples));
  }

  advance(): void {
    const { burnIn, sweepsBetween, isReal } = this.#plan;
    this.#exchange.step();
    this.sweeps++;
    if (isReal && this.sweeps % refreshEvery === 0) this.#exchange.refresh();
    if (this.sweeps === burnIn) this.#exchange.forgetRates();
    if (this.sweeps > burnIn && (this.sweeps - burnIn) % sweepsBetween === 0) this.#take();
  }

  #take(): void {
    const { replicas } = this.#exchange;
    const at = this.states.length;
    replicas.forEach(({ spins }, r) => {
      this.series[r][at] = this.#model.energy(spins);
    });
    const state = replicas[replicas.length - 1].spins.slice();
    this.states.push(redrawFree(state, this.#free, this.#freeKey.fold(at)));
  }

  toState(): SampleState {
    const count = this.states.length;
    const states = new Int8Array(count * this.#model.spins);
    this.states.forEach((state, k) => {
      states.set(state, k * this.#model.spins);
    });
    const energies = Float64Array.from(this.series.flatMap((list) => [...list.subarray(0, count)]));
    return { betas: this.#exchange.betas, sweeps: this.sweeps, exchange: this.#exchange.toState(), energies, states };
  }

  restore({ sweeps, exchange, energies, states }: SampleState): void {
    const n = this.#model.spins;
    const count = states.length / n;
    this.sweeps = sweeps;
    this.#exchange.restore(exchange);
    this.series.forEach((list, r) => {
      list.set(energies.subarray(r * count, (r + 1) * count));
    });
    for (let k = 0; k < count; k++) this.states.push(states.slice(k * n, (k + 1) * n));
  }
}

/**
 * Samples a model in thermal equilibrium by parallel tempering from β = 0 to `beta`, and estimates ln Z by adding up Bennett's
 * differences between neighbouring temperatures. The first pilot run finds temperatures that exchange equally often.
 * @throws OrreryError `argument` for impossible options, `cancelled` on abort, after `onState`.
 */
export async function sampleThermal(model: IsingModel, options: SampleOptions): Promise<ThermalSamples> {
  const { key, beta, samples = 1000, sweepsBetween = 10, burnIn = 1000, replicas, resume } = options;
  const counts = { samples: [samples, 1], sweepsBetween: [sweepsBetween, 1], burnIn: [burnIn, 1] } as const;
  checkSampling(beta, { ...counts, replicas: [replicas ?? 2, 2] });
  const [rangeKey, ladderKey, runKey, freeKey] = key.split(4);
  const problem = kernelProblem(model, { configurations: Math.max(replicas ?? 0, mostReplicas) });
  const start = problem.kernel.mark();
  let betas = resume?.betas;
  if (betas === undefined) {
    const { hot } = betaRangeOf(problem, rangeKey);
    problem.kernel.release(start);
    betas = temperatureLadderOf(problem, { beta, hot, sweeps: burnIn, ...(replicas ? { replicas } : {}) }, ladderKey);
    problem.kernel.release(start);
  }
  const exchange = new ReplicaExchange(problem, betas, runKey);
  const plan = { samples, sweepsBetween, burnIn, isReal: !problem.isInteger, freeKey };
  const sampler = new Sampler(model, exchange, plan);
  if (resume !== undefined) sampler.restore(resume);
  await sweepUntil(sampler, burnIn + samples * sweepsBetween, options);
  const exchangeRates = exchange.exchanged.map((made, r) => made / Math.max(1, exchange.tried[r]));
  return summarizeSamples(model, { betas, series: sampler.series, states: sampler.states, exchangeRates });
}
