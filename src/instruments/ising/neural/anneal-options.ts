import type { Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { AnnealingOptions } from "./annealing-schedule.ts";
import type { BestSample } from "./best-sample.ts";
import type { NetworkParams } from "./folding.ts";
import type { NetworkOptions } from "./network-options.ts";
import type { TrainedNetwork } from "./trained-network.ts";

/** How a network is trained while the temperature falls. */
export interface AnnealNetworkOptions {
  /** The only source of randomness; step t uses a fold of its own. */
  readonly key: Key;
  readonly network?: NetworkOptions;
  readonly annealing?: AnnealingOptions;
  /** Samples of a step ≥ 2; default 500. */
  readonly batch?: number;
  /** Adam's step size > 0; default 3e-3. */
  readonly learningRate?: number;
  /** The largest Euclidean length of all gradients together; default 1, `null` for none. */
  readonly clip?: number | null;
  /** Greedy descent from so many of the lowest samples at the end of each level, and at the end; default 0. What it finds is not trained on. */
  readonly polish?: number;
  /** Samples of the final distribution ≥ 1; default ten batches. */
  readonly samples?: number;
  /** Threads of the training step; the machine's processors when left out. */
  readonly threads?: number;
  /** Ends training after the step that reaches it, counted from this call; the final samples come after it. */
  readonly maxSeconds?: number;
  /** On abort the running step is finished, and what there is is answered. */
  readonly signal?: AbortSignal;
  readonly observer?: (event: AnnealEvent) => void;
  /** Awaited at the end of each level with the network as it is there, before the level's checkpoint: draw from it for that β. */
  readonly onLevel?: (network: TrainedNetwork, level: LevelRecord) => void | Promise<void>;
  /** A `checkpoint` event after every so many steps; default at the end of each level. */
  readonly checkpointSteps?: number;
  /** Where to go on: the `state` of a result or a checkpoint, with the same model and the same options but for limits. */
  readonly resume?: AnnealState;
}

/** One training step; energies with the model's offset. */
export interface StepRecord {
  /** Steps made, this one included. */
  readonly step: number;
  readonly level: number;
  readonly beta: number;
  /** Mean of `F_q = E + ln q / β` over the batch: the variational free energy. */
  readonly freeEnergy: number;
  /** Standard deviation of `β F_q` over the batch: 0 for the exact distribution. */
  readonly spread: number;
  readonly meanEnergy: number;
  readonly lowestEnergy: number;
  /** Before clipping; undefined where nothing is clipped. */
  readonly gradientNorm: number | undefined;
  /** Time to draw the batch, that to fold changed weights included. */
  readonly drawMs: number;
  /** Time to move the parameters. */
  readonly updateMs: number;
  /** Time of the whole step. */
  readonly durationMs: number;
}

/** A level of the schedule at its last step, with the lowest energy of all its samples. */
export type LevelRecord = Omit<StepRecord, "gradientNorm" | "drawMs" | "updateMs" | "durationMs">;

/** What an observer is told. */
export type AnnealEvent =
  | ({ readonly kind: "step" } & StepRecord)
  | ({ readonly kind: "level"; readonly levels: number } & LevelRecord)
  | { readonly kind: "improved"; readonly best: BestSample }
  | { readonly kind: "checkpoint"; readonly state: AnnealState }
  | { readonly kind: "warning"; readonly message: string };

/** Where training stands: arrays, and beside them what JSON can hold, as checkpoint files keep it. */
export interface AnnealState {
  /** What model and options it belongs to. */
  readonly fingerprint: string;
  /** Steps made. */
  readonly step: number;
  /** The best state but for its spins; null before the first step. */
  readonly best: Omit<BestSample, "spins"> | null;
  /** The finished levels. */
  readonly levels: readonly LevelRecord[];
  /** The lowest energy of the running level's samples; +∞ before the first. */
  readonly lowestOfLevel: number;
  readonly arrays: {
    readonly params: NetworkParams<NdArray>;
    readonly optimizer: unknown;
    /** The best state, `[N]`. */
    readonly best?: NdArray;
  };
}

/** The options that shape the result, with nothing left open. */
export interface AnnealSettings {
  readonly batch: number;
  readonly learningRate: number;
  readonly clip: number | null;
  readonly polish: number;
  readonly samples: number;
}

/** Checks and completes options. @throws OrreryError `argument` for an impossible number. */
export function completeAnneal(options: AnnealNetworkOptions): AnnealSettings {
  const { batch = 500, learningRate = 3e-3, clip = 1, polish = 0, maxSeconds, checkpointSteps = 1 } = options;
  const { samples = 10 * batch } = options;
  const fail = (name: string, expected: string, value: number) => {
    throw new OrreryError("argument", `ising anneal: expected ${name}, ${expected}; got ${value}`);
  };
  for (const [name, value, least] of [
    ["batch", batch, 2],
    ["polish", polish, 0],
    ["samples", samples, 1],
    ["checkpointSteps", checkpointSteps, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least) fail(name, `a whole number of at least ${least}`, value);
  }
  for (const [name, value] of [
    ["learningRate", learningRate],
    ["clip", clip ?? 1],
    ["maxSeconds", maxSeconds ?? 1],
  ] as const) {
    if (!(value > 0)) fail(name, "a number above 0", value);
  }
  return { batch, learningRate, clip, polish, samples };
}
