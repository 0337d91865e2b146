import type { Dataset } from "../../../data/index.ts";
import { type Key, type NdArray, type Shape, sizeOf } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type Checkpoint, type CheckpointStore, copyArrays } from "../../../nn/index.ts";
import { augmentationOf } from "./augmentation.ts";
import { type BestEpoch, fingerprint, progressOf, type RobustProgress, robustCheckpoint } from "./checkpoint.ts";
import { type MethodChoice, resolveMethod } from "./choice.ts";
import { type EpochRecord, evaluateModel } from "./evaluation.ts";
import type { InputScaling } from "./inputs.ts";
import type { Phase, Settings, Setup, Stage } from "./method.ts";
import { networkOf } from "./networks.ts";
import { resolveOptions, type TrainingOptions, withUsualRate } from "./options.ts";
import { Pace } from "./pace.ts";
import { type Ensemble, Predictor } from "./predictor.ts";
import { type LabelledInputs, type PreparedData, prepareData, type ValidationChoice } from "./preparation.ts";
import { type Selection, scoreSelection } from "./selection.ts";
import type { Arrays, Network, NetworkVariables } from "./step.ts";

/** What an observer is told. */
export type RobustEvent =
  | {
      readonly kind: "phase";
      readonly phase: string;
      readonly index: number;
      readonly phases: number;
      readonly epochs: number;
    }
  | {
      readonly kind: "epoch";
      readonly record: EpochRecord;
      /** Epochs done and to do over all phases. */
      readonly done: number;
      readonly total: number;
      readonly durationMs: number;
      /** An estimate for the rest of the run. */
      readonly remainingMs: number | undefined;
    }
  /** Within an epoch, five times a second at most: `done` is no whole number. `remainingMs` is undefined while nobody knows. */
  | {
      readonly kind: "progress";
      readonly phase: string;
      readonly done: number;
      readonly total: number;
      readonly remainingMs: number | undefined;
    }
  | { readonly kind: "checkpoint"; readonly done: number; readonly total: number };

/** What to train, on what, and how. */
export interface RobustTraining {
  readonly method: MethodChoice;
  readonly options?: Partial<TrainingOptions>;
  /** Rows with their observed labels. */
  readonly dataset: Dataset;
  /** The noisy rows held out to choose an epoch by; a stratified tenth when left out. */
  readonly validation?: ValidationChoice;
  /** Measured after every epoch; chooses nothing but the model called "oracle". */
  readonly test?: LabelledInputs;
  /** The true labels of the data set's rows: for measurements alone, no training step sees them. */
  readonly truth?: ArrayLike<number>;
  /**
   * A few rows whose labels are known to be right, which Meta-Weight-Net learns its weights from.
   * Without them it uses the noisy validation rows.
   */
  readonly trusted?: LabelledInputs;
  /** The only source of randomness. */
  readonly key: Key;
  readonly observer?: (event: RobustEvent) => void;
  /** When it is aborted, the run stops after the running step and throws `cancelled`; the last whole epoch is saved. */
  readonly signal?: AbortSignal;
  /** Saved at the end of every epoch. */
  readonly checkpoints?: CheckpointStore;
  /** Where to go on, e.g. `await store.load()`. */
  readonly resume?: Checkpoint;
}

/** A trained model: networks, what prepares their inputs, and how it did. */
export interface RobustModel extends Ensemble {
  readonly scaling: InputScaling;
  /** The shape of one row. */
  readonly inputShape: Shape;
  readonly classNames: readonly string[];
  readonly record: EpochRecord;
}

/** The outcome of robust training. */
export interface RobustResult {
  readonly method: string;
  readonly settings: Settings;
  readonly options: TrainingOptions;
  /** The model of the best epoch by noisy validation, or the last where nothing was held out. */
  readonly model: RobustModel;
  readonly last: RobustModel;
  /** The best epoch by the test set: no choice that a user could make. */
  readonly oracle?: RobustModel;
  readonly history: readonly EpochRecord[];
  /** Rows of the data set, ascending. */
  readonly trainRows: Int32Array;
  readonly validationRows: Int32Array;
  /** Of `model` on the training rows, `[n, k]`. */
  readonly probabilities: NdArray<"float32">;
  /** What the method thinks of the training rows after its last epoch, where it chooses. */
  readonly selection?: Selection;
  /** What the phases found by name, e.g. `transition` `[k, k]`. */
  readonly facts: Arrays;
  /** Of this call. */
  readonly seconds: number;
}

/** The models that are kept beside the running one. */
interface KeptModels {
  readonly best?: readonly NetworkVariables[];
  readonly oracle?: readonly NetworkVariables[];
}

/** What a checkpoint keeps as arrays. */
interface SavedArrays extends KeptModels {
  readonly stage: unknown;
  readonly facts: Arrays;
}

const leastBetweenReportsMs = 200;

class RobustRun {
  readonly #training: RobustTraining;
  readonly #options: TrainingOptions;
  readonly #method: string;
  readonly #settings: Settings;
  readonly #phases: readonly Phase[];
  readonly #data: PreparedData;
  readonly #predictor: Predictor;
  readonly #setup: Setup;
  #progress: RobustProgress;
  #kept: KeptModels = {};
  #facts: Arrays = {};
  readonly #pace = new Pace();
  #epochBeganAt = 0;
  #reportedAt = 0;

  constructor(training: RobustTraining) {
    const { dataset, test, truth, trusted, validation = { fraction: 0.1 }, key } = training;
    const inputs = sizeOf(training.dataset.inputs.shape.slice(1));
    const options = resolveOptions(withUsualRate(training.options ?? {}, inputs));
    const classes = dataset.classNames.length;
    const { method, settings } = resolveMethod(training.method, { ...options.noise, classes, epochs: options.epochs });
    const [forData, forRun, forTable, forDraws] = key.split(4);
    this.#training = training;
    this.#options = options;
    this.#method = method.name;
    this.#settings = settings;
    this.#phases = method.phases(settings, options);
    this.#data = prepareData({ dataset, validation, test, truth, trusted, options, key: forData });
    this.#predictor = new Predictor(options.threads);
    this.#setup = this.#setupOf(forRun, forDraws, forTable);
    this.#setup.network(classes);
    const identity = JSON.stringify({ method: method.name, settings, options, data: this.#dataIdentity() });
    const { resume } = training;
    this.#progress =
      resume === undefined ? { identity, phase: 0, epoch: 0, history: [] } : progressOf(resume, key, identity);
  }

  #dataIdentity(): readonly number[] {
    const { train, validation } = this.#data;
    const parts = [train.inputs.data, train.labels, validation?.inputs.data ?? [], validation?.labels ?? []];
    return parts.map(fingerprint);
  }

  #setupOf(key: Key, drawKey: Key, tableKey: Key): Setup {
    const { dataset, signal } = this.#training;
    const { train, validation, trusted } = this.#data;
    const shape = dataset.inputs.shape.slice(1);
    const networks = new Map<number, Network>();
    const options = this.#options;
    return {
      ...{ examples: train, trusted: trusted ?? validation ?? train, classes: dataset.classNames.length },
      ...{ options, key, drawKey, predictor: this.#predictor },
      augment: augmentationOf(options.augmentation, shape, tableKey),
      network: (classes) => {
        const network = networks.get(classes) ?? networkOf(options.network, shape, classes);
        networks.set(classes, network);
        return network;
      },
      reportPart: (part) => this.#reportPart(part),
      checkCancelled: () => {
        if (signal?.aborted !== true) return;
        throw new OrreryError("cancelled", `labels train: cancelled after ${this.#progress.history.length} epochs`, {
          hint: "Resume from the last checkpoint to go on.",
        });
      },
    };
  }

  #reportPart(part: number): void {
    const { observer } = this.#training;
    const now = performance.now();
    if (observer === undefined || now - this.#reportedAt < leastBetweenReportsMs) return;
    this.#reportedAt = now;
    const done = this.#progress.history.length + part;
    const running = { part, durationMs: now - this.#epochBeganAt };
    const remainingMs = this.#pace.remainingMs(this.#total - done, running);
    observer({
      kind: "progress",
      phase: this.#phases[this.#progress.phase].name,
      done,
      total: this.#total,
      remainingMs,
    });
  }

  get #total(): number {
    return this.#phases.reduce((sum, { epochs }) => sum + epochs, 0);
  }

  async run(): Promise<RobustResult> {
    const startedAt = performance.now();
    let saved = this.#training.resume?.arrays as SavedArrays | undefined;
    if (saved !== undefined) {
      const { stage: _, facts, ...kept } = saved;
      this.#kept = copyArrays(kept);
      this.#facts = facts;
    }
    let result: Omit<RobustResult, "seconds"> | undefined;
    while (result === undefined) {
      const { phase: index } = this.#progress;
      const phase = this.#phases[index];
      const setup = { ...this.#setup, key: this.#setup.key.fold(index) };
      const stage = await phase.begin(setup, this.#facts);
      try {
        if (saved !== undefined && this.#progress.epoch > 0) stage.restore(saved.stage);
        saved = undefined;
        await this.#runPhase(stage, phase, index);
        if (index + 1 === this.#phases.length) result = await this.#resultOf(stage);
        else this.#progress = { ...this.#progress, phase: index + 1, epoch: 0 };
      } finally {
        await stage.release();
      }
    }
    return { ...result, seconds: (performance.now() - startedAt) / 1000 };
  }

  release(): Promise<void> {
    return this.#predictor.release();
  }

  async #runPhase(stage: Stage, { name, epochs }: Phase, index: number): Promise<void> {
    const { observer } = this.#training;
    observer?.({ kind: "phase", phase: name, index, phases: this.#phases.length, epochs });
    while (this.#progress.epoch < epochs) {
      this.#epochBeganAt = performance.now();
      const { epoch } = this.#progress;
      this.#setup.checkCancelled();
      const { loss, metrics } = await stage.epoch(epoch);
      const record = await this.#measure(stage, { phase: name, epoch, trainLoss: loss, metrics });
      const history = [...this.#progress.history, record];
      this.#progress = { ...this.#progress, epoch: epoch + 1, history };
      if (index + 1 === this.#phases.length) this.#keepBest(stage, record);
      const durationMs = performance.now() - this.#epochBeganAt;
      this.#pace.add(durationMs);
      const done = history.length;
      const remainingMs = this.#pace.remainingMs(this.#total - done);
      observer?.({ kind: "epoch", record, done, total: this.#total, durationMs, remainingMs });
      await this.#save(stage);
    }
    this.#facts = { ...this.#facts, ...(await stage.finish?.()) };
  }

  async #measure(stage: Stage, record: EpochRecord): Promise<EpochRecord> {
    const { truth, train } = this.#data;
    const measured = await evaluateModel(this.#predictor, stage.model(), this.#data);
    const selection = stage.selection?.();
    if (selection === undefined) return { ...record, ...measured };
    const size = selection.kept.reduce((sum, kept) => sum + kept, 0);
    const scored = truth === undefined ? { size } : scoreSelection(selection, train.labels, truth);
    return { ...record, ...measured, selection: scored };
  }

  /** Copies the model where it is the best so far; the first among equals stays. */
  #keepBest(stage: Stage, { validation, test }: EpochRecord): void {
    const index = this.#progress.history.length - 1;
    const consider = (name: "best" | "oracle", accuracy: number | undefined) => {
      const before: BestEpoch | undefined = this.#progress[name];
      if (accuracy === undefined || (before !== undefined && before.accuracy >= accuracy)) return;
      this.#progress = { ...this.#progress, [name]: { index, accuracy } };
      this.#kept = { ...this.#kept, [name]: copyArrays(stage.model().members) };
    };
    consider("best", validation?.accuracy);
    consider("oracle", test?.accuracy);
  }

  async #save(stage: Stage): Promise<void> {
    const { checkpoints, observer, key } = this.#training;
    if (checkpoints === undefined) return;
    const arrays: SavedArrays = { stage: stage.state(), facts: this.#facts, ...this.#kept };
    await checkpoints.save(
      robustCheckpoint(key, this.#progress, copyArrays(arrays) as unknown as Record<string, unknown>),
    );
    observer?.({ kind: "checkpoint", done: this.#progress.history.length, total: this.#total });
  }

  async #resultOf(stage: Stage): Promise<Omit<RobustResult, "seconds">> {
    const { dataset } = this.#training;
    const { scaling, trainRows, validationRows, train } = this.#data;
    const { history, best, oracle } = this.#progress;
    const { network, members } = stage.model();
    const shared = { network, scaling, inputShape: dataset.inputs.shape.slice(1), classNames: dataset.classNames };
    const modelOf = (own: readonly NetworkVariables[], index: number): RobustModel => ({
      ...{ ...shared, members: own, record: history[index] },
    });
    const last = modelOf(copyArrays(members), history.length - 1);
    const model = best === undefined || this.#kept.best === undefined ? last : modelOf(this.#kept.best, best.index);
    const selection = stage.selection?.();
    return {
      ...{ method: this.#method, settings: this.#settings, options: this.#options, model, last },
      ...(oracle === undefined || this.#kept.oracle === undefined
        ? {}
        : { oracle: modelOf(this.#kept.oracle, oracle.index) }),
      ...{ history, trainRows, validationRows, facts: this.#facts },
      probabilities: await this.#predictor.probabilities(model, train.inputs),
      ...(selection === undefined ? {} : { selection }),
    };
  }
}

/**
 * Trains a network on labels of which some are wrong, by one of the published methods.
 * The same data, options and key give the same bits, however often the run is killed and resumed from its last checkpoint; true labels, where
 * given, are for measurements alone.
 * @throws OrreryError `argument`, `shape` or `not-found` before the work begins when something cannot be; `runtime` when the loss is not
 *   finite; `cancelled`.
 */
export async function trainRobust(training: RobustTraining): Promise<RobustResult> {
  const run = new RobustRun(training);
  try {
    return await run.run();
  } finally {
    await run.release();
  }
}
