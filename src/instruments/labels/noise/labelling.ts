import type { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkLabels } from "./check.ts";
import type { RealismReport } from "./realistic.ts";
import type { AnnotatorRealism } from "./realistic-annotators.ts";
import { type Matrix, normalizeRows, transitionCounts } from "./transition.ts";

/** Examples whose true classes are known: what noise is put on. */
export interface NoiseTarget {
  /** `[n]`: the true class of each example, a whole number in [0, K). */
  readonly clean: ArrayLike<number>;
  /** The K classes in order, at least two. */
  readonly classNames: readonly string[];
  /** `[n, …]`: what instance-dependent noise looks at; further axes count as one. */
  readonly features?: NdArray;
}

/** What a generator draws, before it is measured. */
export interface Drawn {
  readonly labels: Int32Array;
  /** The rate as asked for; null where none was, as for a file. */
  readonly nominalRate: number | null;
  /** The matrix that the labels were drawn from, where there is one. */
  readonly matrix?: Matrix;
  /** `[n]`: the chance of each example to be flipped, where the generator draws one. */
  readonly itemRates?: Float64Array;
  readonly annotators?: readonly Int32Array[];
  readonly replaced?: Replacement;
  readonly rows?: Int32Array;
  readonly realism?: RealismReport;
  readonly annotatorRealism?: AnnotatorRealism;
  readonly notes?: readonly string[];
}

/** Examples whose content is to be exchanged for something of no class: row `rows[i]` becomes the outside example `sources[i]`. */
export interface Replacement {
  readonly rows: Int32Array;
  readonly sources: Int32Array;
}

/** A noisy labelling with what is known about how it came about. */
export interface NoisyLabels {
  readonly kind: string;
  readonly classNames: readonly string[];
  /** `[n]`: true classes. */
  readonly clean: Int32Array;
  /** `[n]`: the noisy labels. */
  readonly labels: Int32Array;
  /** `[n]`: 1 where the label is wrong, be it flipped or the example's content replaced. */
  readonly flipped: Uint8Array;
  /** The rate that was asked for; null where none was. */
  readonly nominalRate: number | null;
  /** The rate that the matrix drawn from implies for these class sizes; null without a matrix. */
  readonly expectedRate: number | null;
  /** The fraction of wrong labels. */
  readonly realizedRate: number;
  /** `[K][K]`: how many examples of true class i (row) carry label j (column); replaced examples are not counted. */
  readonly counts: Matrix;
  /** `counts` with rows summing to 1; a class without examples has the identity's row. */
  readonly transition: Matrix;
  /** The matrix drawn from, where there is one. */
  readonly matrix?: Matrix;
  /** `[n]`: the chance of each example to be flipped, where the generator draws one. */
  readonly itemRates?: Float64Array;
  /** Each annotator's labels `[n]`, where there are several. */
  readonly annotators?: readonly Int32Array[];
  /** Open-set noise: what to replace with what. */
  readonly replaced?: Replacement;
  /** Imbalance: the rows of the target that are kept, in the order of `labels`. */
  readonly rows?: Int32Array;
  /** Realistic noise: how near it is to its guide. */
  readonly realism?: RealismReport;
  /** Realistic annotators: how near they are to their guide. */
  readonly annotatorRealism?: AnnotatorRealism;
  /** What the user should know, one sentence each. */
  readonly notes: readonly string[];
}

/** A checked target with its labels as a typed array. */
export interface CheckedTarget {
  readonly clean: Int32Array;
  readonly classes: number;
  readonly classNames: readonly string[];
  readonly features?: NdArray;
}

/** @throws OrreryError `argument`, `shape` naming the first label or array that does not fit. */
export function checkTarget({ clean, classNames, features }: NoiseTarget): CheckedTarget {
  const classes = classNames.length;
  if (classes < 2) {
    throw new OrreryError("argument", `label noise: expected at least two classes; got ${classes}`);
  }
  if (clean.length === 0) throw new OrreryError("argument", "label noise: expected at least one label; got none");
  checkLabels("label noise: clean labels", clean, classes);
  if (features !== undefined && features.shape[0] !== clean.length) {
    throw new OrreryError(
      "shape",
      `label noise: expected features of ${clean.length} examples; got shape [${features.shape.join(", ")}]`,
    );
  }
  return { clean: Int32Array.from(clean), classes, classNames, features };
}

/** The features of a target. @throws OrreryError `argument` when it has none. */
export function requireFeatures(where: string, target: { readonly features?: NdArray }): NdArray {
  if (target.features !== undefined) return target.features;
  throw new OrreryError("argument", `${where}: this noise depends on the examples' features; got none`, {
    hint: "Pass features [n, d]: an embedding, principal components or pixels.",
  });
}

/** Measures what was drawn. */
export function measure(kind: string, target: CheckedTarget, drawn: Drawn): NoisyLabels {
  const { nominalRate, matrix, rows, replaced, notes = [], labels, ...rest } = drawn;
  const clean = rows === undefined ? target.clean : Int32Array.from(rows, (row) => target.clean[row]);
  const flipped = Uint8Array.from(labels, (label, i) => (label === clean[i] ? 0 : 1));
  const isOpen = new Uint8Array(labels.length);
  for (const row of replaced?.rows ?? []) isOpen[row] = flipped[row] = 1;
  const closed = Array.from({ length: labels.length }, (_, i) => i).filter((i) => isOpen[i] === 0);
  const counts = transitionCounts(
    closed.map((i) => clean[i]),
    closed.map((i) => labels[i]),
    target.classes,
  );
  return {
    ...rest,
    kind,
    classNames: target.classNames,
    clean,
    labels,
    flipped,
    nominalRate,
    expectedRate: matrix === undefined ? null : expectedRate(clean, matrix),
    realizedRate: flipped.reduce((sum, wrong) => sum + wrong, 0) / labels.length,
    counts,
    transition: normalizeRows(counts),
    ...(matrix && { matrix }),
    ...(replaced && { replaced }),
    ...(rows && { rows }),
    notes,
  };
}

function expectedRate(clean: Int32Array, matrix: Matrix): number {
  return clean.reduce((sum, y) => sum + 1 - matrix[y][y], 0) / clean.length;
}
