import { type Key, sampleIntegers, samplePermutation } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkRate } from "./check.ts";
import type { CheckedTarget, Drawn } from "./labelling.ts";

/** Settings of open-set noise. */
export interface OpenSetOptions {
  /** The fraction of examples whose content is replaced. */
  readonly rate: number;
  /** How many outside examples there are to take from. */
  readonly sources: number;
}

/**
 * Open-set noise: `round(r·n)` random examples keep their labels while their content is to be replaced by outside
 * examples, each used once while they last. `base` holds the labels of the others.
 * @throws OrreryError `argument` for a rate out of range or without outside examples.
 */
export function openSetNoise(target: CheckedTarget, { rate, sources }: OpenSetOptions, base: Drawn, key: Key): Drawn {
  checkRate("open-set noise", rate);
  if (!Number.isInteger(sources) || sources < 1) {
    throw new OrreryError("argument", `open-set noise: expected at least one outside example; got ${sources}`);
  }
  const count = target.clean.length;
  const [rowKey, sourceKey, againKey] = key.split(3);
  const rows = samplePermutation(rowKey, count)
    .slice(0, Math.round(rate * count))
    .sort();
  const once = samplePermutation(sourceKey, sources);
  const again = sampleIntegers(againKey, rows.length, 0, sources);
  const labels = Int32Array.from(base.labels);
  for (const row of rows) labels[row] = target.clean[row];
  const nominalRate = base.nominalRate === null ? null : rate + (1 - rate) * base.nominalRate;
  return {
    ...base,
    labels,
    nominalRate,
    matrix: undefined,
    replaced: { rows, sources: rows.map((_, i) => (i < sources ? once[i] : again[i])) },
    notes: [...(base.notes ?? []), `${rows.length} examples are to be replaced by outside ones`],
  };
}

/** Settings of class imbalance. */
export interface ImbalanceOptions {
  /** The largest class's size over the smallest's, at least 1. */
  readonly ratio: number;
  /** `exponential`: sizes fall by the same factor from class to class; `step`: the second half of the classes is small. */
  readonly profile?: "exponential" | "step";
}

/**
 * The rows kept when classes are made unequal: class k of K keeps a fraction `ratio^(−k / (K − 1))` of its examples
 * (`step`: 1 or `1 / ratio`), at least one, chosen at random; ascending. Source of the profiles: Cao et al., 2019.
 * @throws OrreryError `argument` for a ratio below 1.
 */
export function imbalancedRows(target: CheckedTarget, { ratio, profile = "exponential" }: ImbalanceOptions, key: Key) {
  if (!(ratio >= 1 && ratio < Number.POSITIVE_INFINITY)) {
    throw new OrreryError(
      "argument",
      `imbalance: the ratio of largest to smallest class must be at least 1; got ${ratio}`,
    );
  }
  const { clean, classes } = target;
  const kept: number[] = [];
  for (let k = 0; k < classes; k++) {
    const members = Array.from(clean, (_, n) => n).filter((n) => clean[n] === k);
    const isSmall = k >= classes / 2;
    const fraction = profile === "step" ? (isSmall ? 1 / ratio : 1) : ratio ** (-k / (classes - 1));
    const size = members.length === 0 ? 0 : Math.max(1, Math.round(fraction * members.length));
    for (const i of samplePermutation(key.fold(k), members.length).subarray(0, size)) kept.push(members[i]);
  }
  return Int32Array.from(kept).sort();
}
