import type { NdArray } from "../../../engine/index.ts";

/** What a method thinks of the training rows; all in the order of the training rows. */
export interface Selection {
  /** 1 for a row whose observed label it trusts. */
  readonly kept: Uint8Array;
  /** How far it trusts each, in [0, 1]. */
  readonly weights: Float32Array;
  /** The labels it would give. */
  readonly labels: Int32Array;
}

/** How well a selection finds the rows with right labels. */
export interface SelectionScore {
  /** Rows kept. */
  readonly size: number;
  /** The part of the kept rows whose observed label is right; undefined when none is kept. */
  readonly precision?: number;
  /** The part of the rightly labelled rows that are kept; undefined when there is none. */
  readonly recall?: number;
  /** The part of all rows whose proposed label is right. */
  readonly labelAccuracy: number;
}

/** Scores a selection against the true labels. */
export function scoreSelection(
  { kept, labels }: Selection,
  observed: ArrayLike<number>,
  truth: ArrayLike<number>,
): SelectionScore {
  let [size, clean, both, right] = [0, 0, 0, 0];
  for (let i = 0; i < kept.length; i++) {
    const isClean = observed[i] === truth[i];
    if (kept[i] === 1) size++;
    if (isClean) clean++;
    if (isClean && kept[i] === 1) both++;
    if (labels[i] === truth[i]) right++;
  }
  return {
    size,
    ...(size === 0 ? {} : { precision: both / size }),
    ...(clean === 0 ? {} : { recall: both / clean }),
    labelAccuracy: right / kept.length,
  };
}

/** The selection that keeps the rows whose weight exceeds one half and proposes the observed labels. */
export function selectionOfWeights(weights: Float32Array, observed: Int32Array): Selection {
  return { kept: Uint8Array.from(weights, (weight) => (weight > 0.5 ? 1 : 0)), weights, labels: observed };
}

/** The index of the largest number of every row of `[n, k]`; the first among equals. */
export function argMaxRows({ data, shape }: Pick<NdArray<"float32">, "data" | "shape">): Int32Array {
  const [count, width] = shape;
  const result = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let best = 0;
    for (let j = 1; j < width; j++) if (data[i * width + j] > data[i * width + best]) best = j;
    result[i] = best;
  }
  return result;
}
