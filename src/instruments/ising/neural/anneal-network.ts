import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { adam, type Carry, copyArrays, type StepOutput, type TrainStep, trainStep } from "../../../nn/index.ts";
import type { IsingModel } from "../model.ts";
import {
  type AnnealNetworkOptions,
  type AnnealSettings,
  type AnnealState,
  completeAnneal,
  type LevelRecord,
} from "./anneal-options.ts";
import { type AnnealingSchedule, annealingSchedule, levelOf } from "./annealing-schedule.ts";
import { BestKeeper, type BestSample, lowestStates } from "./best-sample.ts";
import type { Collapse } from "./collapse.ts";
import { type FinalDistribution, type Finished, finish } from "./final-distribution.ts";
import type { NetworkParams } from "./folding.ts";
import { initialParameters } from "./initial-parameters.ts";
import type { Drawn } from "./kernel/incremental-sampler.ts";
import { type NetworkPlan, planNetwork } from "./network-plan.ts";
import { NetworkSampler } from "./network-sampler.ts";
import { reinforceLoss, type SampleBatch } from "./reinforce.ts";
import type { TrainedNetwork } from "./trained-network.ts";

/** The outcome of annealing a network. */
export interface AnnealResult {
  /** Why training ended. */
  readonly status: "done" | "time" | "cancelled";
  readonly network: TrainedNetwork;
  /** The best state of all samples of all steps, perhaps polished: an answer even where the final distribution has lost it. */
  readonly best: BestSample;
  readonly final: FinalDistribution;
  /** Set where the final distribution has left the best state. */
  readonly collapse: Collapse | null;
  readonly levels: readonly LevelRecord[];
  readonly schedule: AnnealingSchedule;
  /** Steps made, those before a resumption included. */
  readonly steps: number;
  /** Of this call. */
  readonly seconds: number;
  /** All that a later `resume` needs. */
  readonly state: AnnealState;
}

type Params = NetworkParams<NdArray>;

const optimizer = adam();

/** A text that differs for different models, keys and settings. */
function fingerprintOf(model: IsingModel, key: Key, settings: object): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of [model.rowStart, model.neighbors, model.couplings, model.fields]) {
    hash.update(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  }
  return `${JSON.stringify([key, model.offset, settings])} ${hash.digest("hex")}`;
}

function bestOf({ best, arrays }: AnnealState): BestSample | null {
  return best === null || arrays.best === undefined
    ? null
    : { ...best, spins: Int8Array.from(arrays.best.data as Int8Array) };
}

/** The parameters and everything else that changes from step to step. */
class Annealer {
  readonly #model: IsingModel;
  readonly #options: AnnealNetworkOptions;
  readonly #settings: AnnealSettings;
  readonly #plan: NetworkPlan;
  readonly #fingerprint: string;
  readonly #stepKey: Key;
  readonly #finalKey: Key;
  readonly #keeper: BestKeeper;
  readonly #sampler: NetworkSampler;
  readonly #train: TrainStep<Params, object, SampleBatch>;
  readonly schedule: AnnealingSchedule;
  readonly levels: LevelRecord[];
  #carry: Carry<Params, object>;
  #lowestOfLevel = Number.POSITIVE_INFINITY;
  step = 0;

  constructor(model: IsingModel, options: AnnealNetworkOptions) {
    this.#model = model;
    this.#options = options;
    this.#settings = completeAnneal(options);
    const { key, network = {}, annealing = {}, resume, threads } = options;
    const [orderKey, rangeKey, parameterKey, stepKey, finalKey] = key.split(5);
    [this.#stepKey, this.#finalKey] = [stepKey, finalKey];
    this.#plan = planNetwork(model, network, orderKey);
    this.schedule = annealingSchedule(model, annealing, rangeKey);
    const { samples: _, ...shaping } = this.#settings;
    const { settings, order } = this.#plan;
    this.#fingerprint = fingerprintOf(model, key, { ...settings, order: [...order], ...this.schedule, ...shaping });
    const params = initialParameters(this.#plan, parameterKey);
    this.#carry = { params, state: {}, optimizer: optimizer.initialize(params as never) };
    if (resume !== undefined) this.#restore(resume);
    this.levels = [...(resume?.levels ?? [])];
    this.#keeper = new BestKeeper(model, this.#plan, resume === undefined ? null : bestOf(resume));
    this.#sampler = new NetworkSampler(this.#plan, this.#settings.batch, threads);
    this.#train = trainStep<Params, object, SampleBatch>({
      ...{ loss: reinforceLoss(this.#plan), optimizer: optimizer as never, compile: { threads } },
      ...(this.#settings.clip === null ? {} : { clip: { norm: this.#settings.clip } }),
    });
  }

  #restore(state: AnnealState): void {
    if (state.fingerprint !== this.#fingerprint) {
      throw new OrreryError("argument", "ising anneal: the state to resume is of another model, key or network", {
        hint: "Resume with the model, key and options of the run that saved it; only its limits may change.",
      });
    }
    const { params, optimizer: moments } = copyArrays(state.arrays);
    this.#carry = { params, state: {}, optimizer: moments };
    this.step = state.step;
    this.#lowestOfLevel = state.lowestOfLevel;
  }

  toState(): AnnealState {
    const { params, optimizer: moments } = copyArrays(this.#carry);
    const arrays = { params, optimizer: moments };
    const kept = {
      ...{ fingerprint: this.#fingerprint, step: this.step, levels: [...this.levels] },
      lowestOfLevel: this.#lowestOfLevel,
    };
    if (this.#keeper.best === null) return { ...kept, best: null, arrays };
    const { spins, ...best } = this.#keeper.best;
    return { ...kept, best, arrays: { ...arrays, best: new NdArray(spins) } };
  }

  /** Draws, looks, and moves the parameters once. */
  async advance(): Promise<void> {
    const startedAt = performance.now();
    const level = levelOf(this.schedule, this.step);
    const beta = this.schedule.betas[level];
    await this.#sampler.load(this.#carry.params);
    const drawn = this.#sampler.draw(this.#stepKey.fold(this.step), beta);
    const drawnAt = performance.now();
    this.step++;
    if (this.#keeper.offerLowest(drawn, { step: this.step, beta })) this.#tellBest();
    const foundAt = performance.now();
    const { carry, metrics } = await this.#update(drawn, beta);
    this.#carry = carry;
    const now = performance.now();
    const times = { drawMs: drawnAt - startedAt, updateMs: now - foundAt, durationMs: now - startedAt };
    const record = this.#measure(drawn, metrics, { level, beta });
    this.#lowestOfLevel = Math.min(this.#lowestOfLevel, record.lowestEnergy);
    this.#options.observer?.({ kind: "step", ...record, gradientNorm: metrics.gradientNorm, ...times });
    const isLevelDone = this.step === this.schedule.steps || levelOf(this.schedule, this.step) > level;
    if (isLevelDone) await this.#endLevel(record, drawn);
    this.#tellState(isLevelDone);
  }

  #update({ spins, energies }: Drawn, beta: number): Promise<StepOutput<Params, object>> {
    const shape = [this.#plan.spins, energies.length];
    const batch = {
      spins: new NdArray(spins, shape),
      energies: new NdArray(Float32Array.from(energies), [energies.length]),
      beta,
    };
    const { learningRate } = this.#settings;
    return this.#train.run(this.#carry, { batches: [{ batch, key: this.#stepKey }], learningRate, averageWeight: 0 });
  }

  #measure(
    { energies }: Drawn,
    { reward, spread }: Readonly<Record<string, number>>,
    { level, beta }: { readonly level: number; readonly beta: number },
  ): LevelRecord {
    if (!Number.isFinite(reward)) {
      throw new OrreryError("runtime", `ising anneal: the free energy is ${reward} at step ${this.step}`, {
        hint: "Lower the learning rate, or begin at a smaller β.",
      });
    }
    const { offset } = this.#model;
    return {
      ...{ step: this.step, level, beta, freeEnergy: reward / beta + offset, spread: Math.sqrt(spread) },
      meanEnergy: energies.reduce((sum, energy) => sum + energy, 0) / energies.length + offset,
      lowestEnergy: energies.reduce((a, b) => Math.min(a, b)) + offset,
    };
  }

  async #endLevel(record: LevelRecord, drawn: Drawn): Promise<void> {
    const states = lowestStates(this.#plan, drawn, this.#settings.polish);
    if (this.#keeper.polish(states, { step: this.step, beta: record.beta })) this.#tellBest();
    const level = { ...record, lowestEnergy: this.#lowestOfLevel };
    this.#lowestOfLevel = Number.POSITIVE_INFINITY;
    this.levels.push(level);
    this.#options.observer?.({ kind: "level", levels: this.schedule.betas.length, ...level });
    await this.#options.onLevel?.(this.#network(), level);
  }

  #tellBest(): void {
    if (this.#keeper.best !== null) this.#options.observer?.({ kind: "improved", best: this.#keeper.best });
  }

  #tellState(isLevelDone: boolean): void {
    const { observer, checkpointSteps } = this.#options;
    const isDue = checkpointSteps === undefined ? isLevelDone : this.step % checkpointSteps === 0;
    if (isDue) observer?.({ kind: "checkpoint", state: this.toState() });
  }

  /** The network as it stands: its arrays are copies. */
  #network(): TrainedNetwork {
    return {
      ...{ model: this.#model, plan: this.#plan, parameters: copyArrays(this.#carry.params) },
      beta: this.schedule.betas[levelOf(this.schedule, Math.max(0, this.step - 1))],
    };
  }

  /** Draws from the network as it stands; its samples may be better than all before. */
  finish(): Promise<Finished & { readonly network: TrainedNetwork }> {
    const network = this.#network();
    const { samples, polish } = this.#settings;
    const options = { samples, polish, key: this.#finalKey, step: this.step };
    return finish(network, this.#keeper, options).then((finished) => ({ network, ...finished }));
  }

  async release(): Promise<void> {
    await Promise.all([this.#sampler.release(), this.#train.release()]);
  }
}

/**
 * Trains an autoregressive network on a model while β rises, so that its samples follow the Boltzmann distribution: ground states at
 * large β, free energies and samples at any. Each step draws a batch from the network itself and moves its parameters against the
 * gradient of the variational free energy (variational autoregressive networks, Wu, Wang and Zhang 2019, with the message passing that
 * Ma et al. 2024, https://doi.org/10.1038/s42005-024-01711-9, put into them). Limited by steps alone the result depends on nothing but
 * model, key and options, however often it was stopped and resumed.
 *
 * The published message-passing layer could not be read in full: `messageMatrix` and `foldNetwork` say what stands in its place.
 * @throws OrreryError `argument` for impossible options or a state that does not fit, `runtime` when the free energy is not finite.
 */
export async function annealNetwork(model: IsingModel, options: AnnealNetworkOptions): Promise<AnnealResult> {
  const startedAt = performance.now();
  const annealer = new Annealer(model, options);
  const seconds = () => (performance.now() - startedAt) / 1000;
  const { maxSeconds = Number.POSITIVE_INFINITY, signal, observer } = options;
  let status: AnnealResult["status"] = "done";
  try {
    while (annealer.step < annealer.schedule.steps) {
      if (signal?.aborted || seconds() >= maxSeconds) {
        status = signal?.aborted ? "cancelled" : "time";
        break;
      }
      await annealer.advance();
      await nextTurn();
    }
    const state = annealer.toState();
    const finished = await annealer.finish();
    if (finished.collapse !== null) observer?.({ kind: "warning", message: finished.collapse.message });
    const { schedule, levels, step } = annealer;
    return { status, ...finished, levels, schedule, steps: step, seconds: seconds(), state };
  } finally {
    await annealer.release();
  }
}
