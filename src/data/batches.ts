import type { Key } from "../engine/random/key.ts";
import { samplePermutation } from "../engine/random/sample.ts";
import { OrreryError } from "../errors.ts";

/** Where a pass through the batches stands: the next batch to give. Plain JSON: save it with a checkpoint. */
export interface BatchCursor {
  readonly epoch: number;
  readonly batch: number;
}

/** One batch: the indices of its examples, where it stands, and the cursor of the batch after it. */
export interface Batch extends BatchCursor {
  readonly indices: Int32Array;
  readonly next: BatchCursor;
}

/** What the batches are cut from. */
export interface BatchOptions {
  /** The number of examples. */
  readonly count: number;
  readonly batchSize: number;
  /** Shuffles every epoch anew; without a key the examples come in order. */
  readonly key?: Key;
  /** Whether a last batch with fewer examples is given; default `keep`. */
  readonly lastBatch?: "keep" | "drop";
}

/**
 * The batches of every epoch. What batch `b` of epoch `e` holds depends on the options, `e` and `b` alone, so that a run
 * can be resumed at any cursor, and on any number of workers (see `shardOf`).
 */
export class Batches {
  /** How many batches an epoch has. */
  readonly perEpoch: number;
  readonly #options: BatchOptions;
  #order: { readonly epoch: number; readonly indices: Int32Array } | undefined;

  /** @throws OrreryError `argument` unless the sizes are positive integers and an epoch has at least one batch. */
  constructor(options: BatchOptions) {
    const { count, batchSize, lastBatch = "keep" } = options;
    if (!Number.isInteger(count) || count < 1 || !Number.isInteger(batchSize) || batchSize < 1) {
      throw new OrreryError(
        "argument",
        `batches: count and batchSize must be positive integers; got ${count} and ${batchSize}`,
      );
    }
    this.perEpoch = lastBatch === "keep" ? Math.ceil(count / batchSize) : Math.floor(count / batchSize);
    if (this.perEpoch === 0) {
      throw new OrreryError(
        "argument",
        `batches: expected at least one whole batch of ${batchSize}; got ${count} examples`,
        {
          hint: 'Make the batches smaller or keep the last one with lastBatch: "keep".',
        },
      );
    }
    this.#options = options;
  }

  /** The order of all examples in an epoch: key.fold(epoch)'s permutation. */
  #orderOf(epoch: number): Int32Array {
    if (this.#order?.epoch !== epoch) {
      const { count, key } = this.#options;
      const indices =
        key === undefined ? Int32Array.from({ length: count }, (_, i) => i) : samplePermutation(key.fold(epoch), count);
      this.#order = { epoch, indices };
    }
    return this.#order.indices;
  }

  /** The batch at a cursor; `{ epoch: 0, batch: 0 }` is the first. @throws OrreryError `argument` for a cursor outside the epoch. */
  at({ epoch, batch }: BatchCursor): Batch {
    const isInside =
      Number.isInteger(epoch) && epoch >= 0 && Number.isInteger(batch) && batch >= 0 && batch < this.perEpoch;
    if (!isInside) {
      throw new OrreryError(
        "argument",
        `batches: expected an epoch from 0 and a batch in [0, ${this.perEpoch}); got epoch ${epoch}, batch ${batch}`,
        {
          hint: "A saved cursor fits only the same number of examples and batch size.",
        },
      );
    }
    const { count, batchSize } = this.#options;
    const indices = this.#orderOf(epoch).slice(batch * batchSize, Math.min(count, (batch + 1) * batchSize));
    const isLast = batch + 1 === this.perEpoch;
    return { epoch, batch, indices, next: isLast ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: batch + 1 } };
  }

  /** The batches of one epoch in order, from batch `first` on. @throws OrreryError `argument` for a cursor outside the epoch. */
  *epoch(epoch: number, first = 0): Generator<Batch, void, undefined> {
    for (let batch = first; batch < this.perEpoch; batch++) yield this.at({ epoch, batch });
  }
}

/**
 * Worker `worker`'s part of a batch when `workers` share it: consecutive examples, so that the parts in the workers'
 * order are the batch itself; their sizes differ by one at most.
 * @throws OrreryError `argument` unless 0 ≤ worker < workers.
 */
export function shardOf(indices: Int32Array, worker: number, workers: number): Int32Array {
  if (!Number.isInteger(workers) || !Number.isInteger(worker) || worker < 0 || worker >= workers) {
    throw new OrreryError(
      "argument",
      `shardOf: expected an integer worker in [0, workers); got worker ${worker} of ${workers}`,
    );
  }
  const start = (part: number): number => Math.floor((part * indices.length) / workers);
  return indices.slice(start(worker), start(worker + 1));
}
