import type { Key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Checkpoint } from "../../../nn/index.ts";
import type { EpochRecord } from "./evaluation.ts";

/** The epoch that was best by some measure. */
export interface BestEpoch {
  /** Place in the history. */
  readonly index: number;
  readonly accuracy: number;
}

/** How far a run has come, as plain JSON. */
export interface RobustProgress {
  /** The run that saved it, as text: method, settings, options and data. */
  readonly identity: string;
  /** The phase under way, and how many of its epochs are done. */
  readonly phase: number;
  readonly epoch: number;
  readonly history: readonly EpochRecord[];
  /** By noisy validation, and by the test set. */
  readonly best?: BestEpoch;
  readonly oracle?: BestEpoch;
}

/** A checkpoint of robust training: any `CheckpointStore` keeps it. */
export interface RobustCheckpoint extends Checkpoint {
  readonly robust: RobustProgress;
}

/** A short number of values, for telling two data sets apart. */
export function fingerprint(values: ArrayLike<number | bigint>): number {
  let hash = 0x811c9dc5;
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  for (let i = 0; i < values.length; i++) {
    number[0] = Number(values[i]);
    hash = Math.imul(hash ^ bits[0], 0x01000193);
  }
  return hash >>> 0;
}

/** Puts a checkpoint together. */
export function robustCheckpoint(
  key: Key,
  robust: RobustProgress,
  arrays: Readonly<Record<string, unknown>>,
): RobustCheckpoint {
  const cursor = { epoch: robust.epoch, batch: 0 };
  const step = robust.history.length;
  const progress = { step, batches: 0, cursor, perEpoch: 1, metrics: {}, epochSums: {}, epochSteps: 0 };
  return { key: key.toJSON(), progress, arrays, robust };
}

/** The progress of a checkpoint. @throws OrreryError `argument` when another run has saved it. */
export function progressOf(checkpoint: Checkpoint, key: Key, identity: string): RobustProgress {
  const { robust } = checkpoint as Partial<RobustCheckpoint>;
  const hint = "Resume with the method, options, data and key of the run that saved it.";
  if (robust === undefined) {
    throw new OrreryError("argument", "labels train: the checkpoint is not one of robust training", { hint });
  }
  if (checkpoint.key !== key.toJSON()) {
    throw new OrreryError("argument", `labels train: the checkpoint has key ${checkpoint.key}; got ${key}`, { hint });
  }
  if (robust.identity !== identity) {
    throw new OrreryError(
      "argument",
      `labels train: the checkpoint belongs to another run: expected ${identity}; got ${robust.identity}`,
      { hint },
    );
  }
  return robust;
}
