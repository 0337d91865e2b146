import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import {
  adam,
  constantRate,
  cosineDecay,
  multiStepDecay,
  type Optimizer,
  type Schedule,
  sgd,
} from "../../../nn/index.ts";
import type { Augmentation } from "./augmentation.ts";
import { type Standardizing, standardizings } from "./inputs.ts";
import type { NetworkChoice } from "./networks.ts";

/** How the learning rate falls over a phase of training. */
export type ScheduleChoice =
  | "cosine"
  | "constant"
  /** Times `factor` at each of these parts of the phase, e.g. 0.5 and 0.75. */
  | { readonly milestones: readonly number[]; readonly factor: number };

/** What is believed of the label noise; it chooses defaults and how much Co-teaching and JoCoR leave out. */
export interface NoiseBelief {
  /** The part of wrong labels, in [0, 1). */
  readonly rate: number;
  readonly kind: (typeof noiseKinds)[number];
}

const noiseKinds = ["symmetric", "pair", "human"] as const;

/** What all methods share. */
export interface TrainingOptions {
  readonly network: NetworkChoice;
  /** Passes over the training rows in the phase that trains the returned model. */
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: "sgd" | "adam";
  readonly learningRate: number;
  /** Of SGD; in [0, 1). */
  readonly momentum: number;
  readonly weightDecay: number;
  readonly schedule: ScheduleChoice;
  readonly standardize: Standardizing;
  readonly augmentation: Augmentation;
  /** Whether every observed class fills the same part of the batches, rare classes repeating. */
  readonly balanceClasses: boolean;
  readonly noise: NoiseBelief;
  /**
   * Threads within one operation. When left out, 1 for dense networks, whose steps of half a millisecond are slower on two threads
   * as soon as the machine does anything else, and the machine's processors for images.
   */
  readonly threads?: number;
}

/** The options when nothing is said: a small dense network as in the USPS experiments. */
export const defaultTrainingOptions: TrainingOptions = {
  network: { kind: "mlp" },
  epochs: 40,
  batchSize: 128,
  optimizer: "sgd",
  learningRate: 0.02,
  momentum: 0.9,
  weightDecay: 1e-4,
  schedule: "cosine",
  standardize: "standardize",
  augmentation: { kind: "none" },
  balanceClasses: false,
  noise: { rate: 0.3, kind: "symmetric" },
};

const optionNames = [...Object.keys(defaultTrainingOptions), "threads"];

const quoted = (words: readonly string[]) => `one of ${words.map((word) => `"${word}"`).join(", ")}`;

function problemsOf(options: TrainingOptions): string[] {
  const problems: string[] = [];
  const need = (isRight: boolean, name: string, expected: string, got: unknown) => {
    if (!isRight) problems.push(`${name} must be ${expected}; got ${String(got)}`);
  };
  const { epochs, batchSize, learningRate, momentum, weightDecay, schedule, noise, threads } = options;
  need(Number.isInteger(epochs) && epochs >= 1, "epochs", "a whole number of at least 1", epochs);
  need(Number.isInteger(batchSize) && batchSize >= 2, "batchSize", "a whole number of at least 2", batchSize);
  need(learningRate > 0 && learningRate < Number.POSITIVE_INFINITY, "learningRate", "above 0", learningRate);
  need(momentum >= 0 && momentum < 1, "momentum", "in [0, 1)", momentum);
  need(weightDecay >= 0 && weightDecay < Number.POSITIVE_INFINITY, "weightDecay", "at least 0", weightDecay);
  need(noise.rate >= 0 && noise.rate < 1, "noise.rate", "in [0, 1)", noise.rate);
  need(["sgd", "adam"].includes(options.optimizer), "optimizer", '"sgd" or "adam"', options.optimizer);
  need(standardizings.includes(options.standardize), "standardize", quoted(standardizings), options.standardize);
  need(noiseKinds.includes(noise.kind), "noise.kind", quoted(noiseKinds), noise.kind);
  need(threads === undefined || (Number.isInteger(threads) && threads >= 1), "threads", "at least 1", threads);
  if (typeof schedule === "string") {
    need(["cosine", "constant"].includes(schedule), "schedule", '"cosine", "constant" or milestones', schedule);
  } else {
    const isInside = schedule.milestones.every((part) => part > 0 && part < 1);
    need(isInside, "schedule.milestones", "parts of the phase in (0, 1)", schedule.milestones);
  }
  return problems;
}

/**
 * The options with the defaults filled in.
 * @throws OrreryError `argument` naming every option that is unknown or outside its range.
 */
export function resolveOptions(given: Partial<TrainingOptions>): TrainingOptions {
  const unknown = Object.keys(given).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("argument", `labels train: unknown option "${unknown}"`, {
      hint: hintForName(unknown, optionNames, "Options"),
    });
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const options: TrainingOptions = { ...defaultTrainingOptions, ...known };
  const problems = problemsOf(options);
  if (problems.length > 0) throw new OrreryError("argument", `labels train: ${problems.join("; ")}`);
  const isDense = typeof options.network === "object" && options.network.kind === "mlp";
  return isDense ? { threads: 1, ...options } : options;
}

/** Inputs of a dense network up to which the usual learning rate is stable. */
const usualInputs = 600;

/**
 * The options with a learning rate for rows of so many numbers, where none is given: SGD on a dense network diverges, or never
 * settles, when the rate times the inputs' square norm is large, so that photographs need a smaller one than small digits.
 */
export function withUsualRate(given: Partial<TrainingOptions>, inputs: number): Partial<TrainingOptions> {
  const { network = defaultTrainingOptions.network, optimizer = "sgd", learningRate } = given;
  const isDense = typeof network === "object" && network.kind === "mlp";
  if (learningRate !== undefined || !isDense || optimizer !== "sgd" || inputs <= usualInputs) return given;
  return { ...given, learningRate: (defaultTrainingOptions.learningRate * usualInputs) / inputs };
}

/** The learning rate of each of a phase's `steps`. */
export function scheduleOf({ schedule, learningRate }: TrainingOptions, steps: number): Schedule {
  if (schedule === "constant") return constantRate(learningRate);
  if (schedule === "cosine") return cosineDecay(learningRate, { steps });
  const { milestones, factor } = schedule;
  return multiStepDecay(learningRate, { milestones: milestones.map((part) => Math.round(part * steps)), factor });
}

/** The optimiser of the networks. */
export function optimizerOf({ optimizer, momentum, weightDecay }: TrainingOptions): Optimizer<unknown> {
  return (optimizer === "sgd" ? sgd({ momentum, weightDecay }) : adam({ weightDecay })) as Optimizer<unknown>;
}
