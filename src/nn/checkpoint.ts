import { NdArray } from "../engine/ndarray.ts";
import { formatShape } from "../engine/shape.ts";
import { leavesOf } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";
import type { MetricRecord } from "./metric-records.ts";

/** Where a pass through the batches stands: the next batch to give. */
export interface BatchCursor {
  readonly epoch: number;
  readonly batch: number;
}

/** How far a training run has come, as plain JSON. */
export interface TrainProgress {
  /** Updates made. */
  readonly step: number;
  /** Batches used. */
  readonly batches: number;
  readonly cursor: BatchCursor;
  /** Batches an epoch: a cursor fits only the same. */
  readonly perEpoch: number;
  readonly metrics: Readonly<Record<string, MetricRecord>>;
  /** The sums of the step metrics since the epoch began, and over how many steps. */
  readonly epochSums: Readonly<Record<string, number>>;
  readonly epochSteps: number;
}

/** Everything needed to go on with a training run as if it had never stopped. */
export interface Checkpoint {
  /** The run's key, as `Key.toJSON` writes it. */
  readonly key: string;
  readonly progress: TrainProgress;
  /** Nested objects of arrays: `params`, `state`, `optimizer` and perhaps `average`. */
  readonly arrays: Readonly<Record<string, unknown>>;
}

/** A place that keeps the latest checkpoint of a kind: arrays in nested objects, and whatever else is JSON. */
export interface CheckpointStore<C = Checkpoint> {
  /** Replaces the checkpoint: whenever it is interrupted, `load` gives the old one or the new one. */
  save(checkpoint: C): Promise<void>;
  /** The checkpoint, undefined before the first. */
  load(): Promise<C | undefined>;
}

function typesOf(tree: unknown): Map<string, string> {
  return new Map(
    leavesOf(tree).map(({ leaf, path }) => [
      path,
      leaf instanceof NdArray ? `${leaf.dtype}${formatShape(leaf.shape)}` : String(leaf),
    ]),
  );
}

/**
 * Checks that a run can go on from a checkpoint.
 * @throws OrreryError `argument` with everything that does not fit: the key, the batches an epoch, arrays by name, shape or dtype.
 */
export function checkResumable(checkpoint: Checkpoint, own: Checkpoint): void {
  const problems: string[] = [];
  if (checkpoint.key !== own.key) problems.push(`it was made with key ${checkpoint.key}, not ${own.key}`);
  const [before, now] = [checkpoint.progress.perEpoch, own.progress.perEpoch];
  if (before !== now) problems.push(`an epoch had ${before} batches, not ${now}`);
  const [saved, expected] = [typesOf(checkpoint.arrays), typesOf(own.arrays)];
  for (const [path, type] of expected) {
    const found = saved.get(path);
    if (found !== type) problems.push(`${path} is ${found ?? "missing"}, not ${type}`);
  }
  for (const path of saved.keys()) if (!expected.has(path)) problems.push(`${path} is not part of this run`);
  if (problems.length === 0) return;
  const listed = problems.slice(0, 5).join("; ") + (problems.length > 5 ? `; and ${problems.length - 5} more` : "");
  throw new OrreryError("argument", `train: the checkpoint does not fit: ${listed}`, {
    hint: "Resume with the model, optimiser, data and key of the run that saved it.",
  });
}
