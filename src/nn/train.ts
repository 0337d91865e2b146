import type { NdArray } from "../engine/ndarray.ts";
import type { Key } from "../engine/random/key.ts";
import type { Tree } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";
import { copyArrays } from "./averaging.ts";
import {
  type BatchCursor,
  type Checkpoint,
  type CheckpointStore,
  checkResumable,
  type TrainProgress,
} from "./checkpoint.ts";
import type { Variables } from "./layer.ts";
import { type Direction, type MetricRecord, measured } from "./metric-records.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import type { Schedule } from "./schedules.ts";
import {
  type Carry,
  type LossFunction,
  type StepDefinition,
  type StepInput,
  type TrainStep,
  trainStep,
} from "./train-step.ts";

/** Batches by their place: the same cursor always gives the same batch, so that a run can be resumed anywhere. */
export interface BatchSource<B> {
  /** How many batches an epoch has. */
  readonly perEpoch: number;
  /** Nested objects of arrays. Batches of one shape share one compiled graph. */
  at(cursor: BatchCursor): B | Promise<B>;
}

/** The trained variables as they stand; do not keep them, the next step overwrites them. */
export interface Trained<P, S> extends Variables<P, S> {
  /** The averaged parameters, where an average is kept. */
  readonly average?: P;
}

/** How often something happens: after every so many steps or epochs. */
export type Every = { readonly steps: number } | { readonly epochs: number };

export interface EvaluationOptions<P, S, M extends string> {
  readonly every: Every;
  /** The metrics that `run` answers, and which way each is better. */
  readonly directions: Readonly<Record<M, Direction>>;
  run(trained: Trained<P, S>): Promise<Readonly<Record<M, number>>>;
}

/** What an observer is told. `step` counts the updates made, `epoch` from 0. */
export type TrainEvent =
  | {
      readonly kind: "step";
      readonly step: number;
      readonly epoch: number;
      readonly learningRate: number;
      readonly durationMs: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  /** The end of an epoch, with the means of the step metrics. */
  | {
      readonly kind: "epoch";
      readonly step: number;
      readonly epoch: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "evaluation";
      readonly step: number;
      readonly epoch: number;
      readonly metrics: Readonly<Record<string, number>>;
    }
  | { readonly kind: "checkpoint"; readonly step: number; readonly epoch: number };

/** What and how to train. `P`, `S` and `B` are trees of arrays; the loss sees expressions in their place. */
export interface TrainOptions<P, S, B, O, M extends string>
  extends Omit<StepDefinition<P, S, B>, "optimizer" | "loss"> {
  /** Where to begin; copied, never changed. */
  readonly variables: Variables<P, S>;
  readonly batches: BatchSource<B>;
  readonly loss: LossFunction<NoInfer<P>, NoInfer<S>, NoInfer<B>>;
  readonly optimizer: Optimizer<O>;
  readonly learningRate: Schedule | number;
  /** The length of the whole run, whatever was done before a resumption. */
  readonly until: Every;
  /** The only source of randomness: batch `n` gets `key.fold(n)`. */
  readonly key: Key;
  readonly evaluation?: EvaluationOptions<P, S, M>;
  readonly observer?: (event: TrainEvent) => void;
  /** When it is aborted, the running step is finished, a checkpoint saved, and the run answers `cancelled`. */
  readonly signal?: AbortSignal;
  /** Saves after every so many steps or epochs, when cancelled and at the end. */
  readonly checkpoints?: { readonly store: CheckpointStore; readonly every: Every };
  /** Where to go on, e.g. `await store.load()`; undefined begins anew. */
  readonly resume?: Checkpoint;
}

/** The outcome of a run. */
export interface TrainResult<P, S> extends Trained<P, S> {
  readonly status: "done" | "cancelled";
  /** Updates made. */
  readonly step: number;
  /** Best and last of every metric: those of the steps and those of the evaluation. */
  readonly metrics: Readonly<Record<string, MetricRecord>>;
}

function checkCounts(
  options: Pick<
    TrainOptions<unknown, unknown, unknown, unknown, string>,
    "until" | "accumulate" | "checkpoints" | "evaluation" | "batches"
  >,
): void {
  const counts = {
    until: options.until,
    "checkpoints.every": options.checkpoints?.every,
    "evaluation.every": options.evaluation?.every,
    accumulate: { batches: options.accumulate ?? 1 },
    batches: { perEpoch: options.batches.perEpoch },
  };
  for (const [name, value] of Object.entries(counts)) {
    for (const [unit, count] of Object.entries(value ?? {})) {
      if (Number.isInteger(count) && count >= 1) continue;
      throw new OrreryError("argument", `train: ${name} must be a whole number of ${unit}, at least 1; got ${count}`);
    }
  }
}

const initialProgress = (perEpoch: number): TrainProgress => {
  return { step: 0, batches: 0, cursor: { epoch: 0, batch: 0 }, perEpoch, metrics: {}, epochSums: {}, epochSteps: 0 };
};

/** The state of a run between two steps. */
class Run<P, S, B, O, M extends string> {
  readonly #options: TrainOptions<P, S, B, O, M>;
  readonly #step: TrainStep<P, S, B>;
  readonly #schedule: Schedule;
  #carry: Carry<P, S>;
  #progress: TrainProgress;
  #savedStep: number | undefined;
  readonly #stepMetrics = new Set<string>();

  constructor(options: TrainOptions<P, S, B, O, M>) {
    const { variables, optimizer, learningRate, resume } = options;
    checkCounts(options);
    this.#options = options;
    const { params, state } = copyArrays(variables);
    const average = options.average === undefined ? {} : { average: copyArrays(params) };
    this.#carry = { params, state, optimizer: optimizer.initialize(params as Tree<NdArray>), ...average };
    this.#progress = initialProgress(options.batches.perEpoch);
    this.#schedule = typeof learningRate === "number" ? () => learningRate : learningRate;
    if (resume !== undefined) {
      checkResumable(resume, this.#checkpoint());
      this.#carry = copyArrays(resume.arrays) as unknown as Carry<P, S>;
      this.#progress = resume.progress;
      this.#savedStep = resume.progress.step;
    }
    this.#step = trainStep({ ...options, optimizer: optimizer as unknown as Optimizer<unknown> });
  }

  async run(): Promise<TrainResult<P, S>> {
    const { until, signal } = this.#options;
    const isUnfinished = () =>
      "steps" in until ? this.#progress.step < until.steps : this.#progress.cursor.epoch < until.epochs;
    while (isUnfinished() && !signal?.aborted) await this.#advance();
    const status = isUnfinished() ? "cancelled" : "done";
    await this.#save();
    const { optimizer: _, ...trained } = this.#carry;
    return { status, ...trained, step: this.#progress.step, metrics: this.#progress.metrics };
  }

  release(): Promise<void> {
    return this.#step.release();
  }

  /** One step and everything that is due after it. */
  async #advance(): Promise<void> {
    const { epoch } = this.#progress.cursor;
    await this.#update();
    const { step, cursor } = this.#progress;
    const isEpochEnd = cursor.epoch > epoch;
    if (isEpochEnd) this.#endEpoch(epoch);
    const isDue = (every: Every | undefined): boolean => {
      if (every === undefined) return false;
      return "steps" in every ? step % every.steps === 0 : isEpochEnd && cursor.epoch % every.epochs === 0;
    };
    if (isDue(this.#options.evaluation?.every)) await this.#evaluate(epoch);
    if (isDue(this.#options.checkpoints?.every)) await this.#save();
  }

  async #update(): Promise<void> {
    const startedAt = performance.now();
    const { accumulate = 1, average, batches, key } = this.#options;
    const { step, cursor, perEpoch, batches: used } = this.#progress;
    const list: StepInput<B>["batches"][number][] = [];
    let next = cursor;
    for (let i = 0; i < accumulate; i++) {
      list.push({ batch: await batches.at(next), key: key.fold(used + i) });
      next = next.batch + 1 < perEpoch ? { ...next, batch: next.batch + 1 } : { epoch: next.epoch + 1, batch: 0 };
    }
    const learningRate = this.#schedule(step);
    const input = { batches: list, learningRate, averageWeight: average?.(step) ?? 0 };
    const { carry, metrics } = await this.#step.run(this.#carry, input);
    this.#carry = carry;
    this.#checkFinite(metrics.loss);
    const epochSums = { ...this.#progress.epochSums };
    for (const [name, value] of Object.entries(metrics)) {
      epochSums[name] = (epochSums[name] ?? 0) + value;
      this.#stepMetrics.add(name);
    }
    this.#progress = {
      ...this.#progress,
      ...{ step: step + 1, batches: used + accumulate, cursor: next },
      ...{ epochSums, epochSteps: this.#progress.epochSteps + 1 },
    };
    this.#record(metrics, () => "lower");
    const durationMs = performance.now() - startedAt;
    this.#options.observer?.({ kind: "step", step: step + 1, epoch: cursor.epoch, learningRate, durationMs, metrics });
  }

  #checkFinite(loss: number): void {
    if (Number.isFinite(loss)) return;
    const saved = this.#savedStep === undefined ? "" : ` The last checkpoint is of step ${this.#savedStep}.`;
    throw new OrreryError("runtime", `train: the loss is ${loss} at step ${this.#progress.step}`, {
      hint: `Lower the learning rate, clip the gradients, or look for impossible values in the batch.${saved}`,
    });
  }

  #record(values: Readonly<Record<string, number>>, directionOf: (name: string) => Direction): void {
    const { metrics, step } = this.#progress;
    const entries = Object.entries(values).map(([name, value]) => {
      return [name, measured(metrics[name], directionOf(name), { value, step })] as const;
    });
    this.#progress = { ...this.#progress, metrics: { ...metrics, ...Object.fromEntries(entries) } };
  }

  #endEpoch(epoch: number): void {
    const { epochSums, epochSteps, step } = this.#progress;
    const means = Object.entries(epochSums).map(([name, sum]) => [name, sum / epochSteps] as const);
    this.#progress = { ...this.#progress, epochSums: {}, epochSteps: 0 };
    this.#options.observer?.({ kind: "epoch", step, epoch, metrics: Object.fromEntries(means) });
  }

  async #evaluate(epoch: number): Promise<void> {
    const { evaluation, observer } = this.#options;
    if (evaluation === undefined) return;
    const { optimizer: _, ...trained } = this.#carry;
    const metrics = await evaluation.run(trained);
    const clash = Object.keys(metrics).find((name) => this.#stepMetrics.has(name));
    if (clash !== undefined) {
      throw new OrreryError("argument", `train: the evaluation's metric "${clash}" is also one of the steps`, {
        hint: 'Name it apart, e.g. "testLoss".',
      });
    }
    this.#record(metrics, (name) => evaluation.directions[name as M]);
    observer?.({ kind: "evaluation", step: this.#progress.step, epoch, metrics });
  }

  #checkpoint(): Checkpoint {
    const arrays = copyArrays(this.#carry) as unknown as Checkpoint["arrays"];
    return { key: this.#options.key.toJSON(), progress: this.#progress, arrays };
  }

  async #save(): Promise<void> {
    const { checkpoints, observer } = this.#options;
    const { step, cursor } = this.#progress;
    if (checkpoints === undefined || this.#savedStep === step) return;
    await checkpoints.store.save(this.#checkpoint());
    this.#savedStep = step;
    observer?.({ kind: "checkpoint", step, epoch: cursor.epoch });
  }
}

/**
 * Trains variables: a compiled step (forward, gradients, update) on batch after batch, with evaluations and checkpoints between.
 * The same options and key give the same bits, however often the run is killed and resumed from its last checkpoint.
 * @throws OrreryError `argument` when the options are wrong or a checkpoint does not fit, `runtime` when the loss is not finite.
 */
export async function train<P, S, B, O, M extends string = never>(
  options: TrainOptions<P, S, B, O, M>,
): Promise<TrainResult<P, S>> {
  const run = new Run(options);
  try {
    return await run.run();
  } finally {
    await run.release();
  }
}
