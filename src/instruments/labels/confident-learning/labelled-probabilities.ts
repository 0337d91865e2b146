import { formatShape, type NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";

/** Probabilities that some model gives to the classes: `[n, K]`, a row for each example. */
export type Probabilities = NdArray<"float32" | "float64">;

/** Out-of-sample probabilities and the labels that they are held against. */
export interface LabelledProbabilities {
  /** `[n, K]`, rows summing to 1, of a model that has not learned the row's own label. */
  readonly probabilities: Probabilities;
  /** `[n]`: the given labels, whole numbers in [0, K). */
  readonly labels: Int32Array;
}

/** How far the sum of a row may be from 1: what single precision loses over a few hundred classes. */
const sumTolerance = 1e-3;

/** @throws OrreryError `shape` unless probabilities are `[n, K]` with n ≥ 1, K ≥ 2 and a label for each row. */
export function checkShapes(where: string, { probabilities, labels }: LabelledProbabilities): void {
  const { shape } = probabilities;
  if (shape.length !== 2 || shape[0] < 1 || shape[1] < 2) {
    throw new OrreryError(
      "shape",
      `${where}: expected probabilities [n, K] of at least two classes; got shape ${formatShape(shape)}`,
      { hint: shape[1] === 1 ? "For two classes give both columns, 1 − p and p." : undefined },
    );
  }
  if (shape[0] === labels.length) return;
  throw new OrreryError("shape", `${where}: expected a label for each of ${shape[0]} rows; got ${labels.length}`);
}

/** Why row `row` holds no probabilities; undefined when it does. */
function rowProblem({ data, shape: [, classes] }: Probabilities, row: number): string | undefined {
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const p = data[row * classes + k];
    if (!(p >= 0 && p <= 1 + sumTolerance)) return `probability of class ${k}: expected a number in [0, 1]; got ${p}`;
    sum += p;
  }
  if (Math.abs(sum - 1) <= sumTolerance) return undefined;
  return `probabilities: expected a sum of 1; got ${Number(sum.toPrecision(6))}`;
}

/** The rows that hold no probabilities, ascending, each with the reason. @throws OrreryError `shape`. */
export function probabilityProblems(
  where: string,
  { probabilities, labels }: LabelledProbabilities,
): { readonly row: number; readonly reason: string }[] {
  checkShapes(where, { probabilities, labels });
  const { data, shape } = probabilities;
  const [count, classes] = shape;
  const problems: { row: number; reason: string }[] = [];
  for (let row = 0; row < count; row++) {
    let sum = 0;
    let isInside = true;
    for (let j = row * classes; j < (row + 1) * classes; j++) {
      sum += data[j];
      isInside &&= data[j] >= 0;
    }
    // A sum within the tolerance of numbers that are not negative leaves none above 1; NaN fails both comparisons.
    if (isInside && Math.abs(sum - 1) <= sumTolerance) continue;
    problems.push({ row, reason: rowProblem(probabilities, row) ?? "expected probabilities" });
  }
  return problems;
}

/** @throws OrreryError `shape`, or `argument` naming the first row whose label or probabilities are none. */
export function checkLabelledProbabilities(where: string, labelled: LabelledProbabilities): void {
  const [problem] = probabilityProblems(where, labelled);
  if (problem !== undefined) {
    throw new OrreryError("argument", `${where}: row ${problem.row + 1}: ${problem.reason}`, {
      hint: "Scores and logits become probabilities by a softmax over each row.",
    });
  }
  const classes = labelled.probabilities.shape[1];
  const wrong = labelled.labels.findIndex((label) => !(label >= 0 && label < classes));
  if (wrong < 0) return;
  throw new OrreryError(
    "argument",
    `${where}: row ${wrong + 1}: expected a label in [0, ${classes}); got ${labelled.labels[wrong]}`,
  );
}

/** The rows of every label, ascending: those of label k are `rows[starts[k] … starts[k + 1])`. */
export interface RowsByLabel {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/** Groups rows by their label. */
export function rowsByLabel(labels: Int32Array, classes: number): RowsByLabel {
  const starts = new Int32Array(classes + 1);
  for (const label of labels) starts[label + 1]++;
  for (let k = 0; k < classes; k++) starts[k + 1] += starts[k];
  const next = starts.slice(0, classes);
  const rows = new Int32Array(labels.length);
  for (let row = 0; row < labels.length; row++) rows[next[labels[row]]++] = row;
  return { starts, rows };
}

/** The likeliest class of every row, the first among equals. */
export function likeliestClasses({ data, shape: [count, classes] }: Probabilities): Int32Array {
  const result = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    const first = row * classes;
    let best = first;
    for (let j = first + 1; j < first + classes; j++) if (data[j] > data[best]) best = j;
    result[row] = best - first;
  }
  return result;
}
