import { type Key, sampleIntegers, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { checkRate } from "./check.ts";
import type { CheckedTarget, Drawn } from "./labelling.ts";
import { checkTransition, drawFromRow, type Matrix, matrixOf, symmetricTransition } from "./transition.ts";

/**
 * How one annotator labels. A `hammer` is right with chance `accuracy` (0.95) and else errs evenly; a `spammer` answers
 * without looking, each class equally often or always `answer`; an `adversary` knows the class and names another with
 * chance 1 − `accuracy` (0.1); a `confusion` annotator has a matrix of their own.
 */
export type Annotator =
  | { readonly type: "hammer"; readonly accuracy?: number }
  | { readonly type: "spammer"; readonly answer?: number }
  | { readonly type: "adversary"; readonly accuracy?: number }
  | { readonly type: "confusion"; readonly matrix: Matrix };

/**
 * How several labels become one: `majority` (a tie is decided at random among the tied), `any-wrong` (a wrong one if
 * there is any, as CIFAR-10N's "worst"), `random` (one annotator's).
 */
export type Aggregation = "majority" | "any-wrong" | "random";

/** The matrix by which an annotator labels examples of ordinary difficulty. @throws OrreryError `argument`, `shape`. */
export function annotatorMatrix(annotator: Annotator, classes: number): Matrix {
  switch (annotator.type) {
    case "hammer":
      return symmetricTransition(classes, wrongRate("hammer", annotator.accuracy ?? 0.95));
    case "adversary":
      return symmetricTransition(classes, wrongRate("adversary", annotator.accuracy ?? 0.1));
    case "spammer": {
      const { answer } = annotator;
      if (answer !== undefined && !(Number.isInteger(answer) && answer >= 0 && answer < classes)) {
        throw new OrreryError("argument", `spammer: expected an answer in [0, ${classes}); got ${answer}`);
      }
      return matrixOf(classes, (_, j) => (answer === undefined ? 1 / classes : j === answer ? 1 : 0));
    }
    case "confusion":
      checkTransition("annotator's confusion matrix", annotator.matrix, classes);
      return annotator.matrix;
  }
}

function wrongRate(where: string, accuracy: number): number {
  checkRate(`${where}: accuracy`, accuracy);
  return 1 - accuracy;
}

/** What `annotatorNoise` simulates. */
export interface AnnotatorsOptions {
  readonly annotators: readonly Annotator[];
  readonly aggregation?: Aggregation;
  /** σ of the examples' difficulty: an example's chances of error are multiplied by `exp(σz − σ²/2)`, the same for all annotators. */
  readonly difficulty?: number;
}

/**
 * Labels of several simulated annotators and their aggregate. The nominal rate is the annotators' mean rate of error.
 * @throws OrreryError `argument` without annotators or for a negative difficulty.
 */
export function annotatorNoise(target: CheckedTarget, options: AnnotatorsOptions, key: Key): Drawn {
  const { annotators, aggregation = "majority", difficulty = 0 } = options;
  if (annotators.length === 0 || !(difficulty >= 0)) {
    throw new OrreryError(
      "argument",
      `annotators: expected at least one annotator and a difficulty from 0; got ${annotators.length} and ${difficulty}`,
    );
  }
  const { clean, classes } = target;
  const [difficultyKey, labelKey, aggregateKey] = key.split(3);
  const factors = sampleNormal(difficultyKey, clean.length, "float64").map((z) =>
    Math.exp(difficulty * z - (difficulty * difficulty) / 2),
  );
  const matrices = annotators.map((annotator) => annotatorMatrix(annotator, classes));
  const votes = matrices.map((matrix, a) => {
    const uniform = sampleUniform(labelKey.fold(a), clean.length, "float64");
    return clean.map((y, n) => drawFromRow(harder(matrix[y], y, factors[n]), uniform[n], y));
  });
  const rates = matrices.map((matrix) => clean.reduce((sum, y) => sum + 1 - matrix[y][y], 0) / clean.length);
  return {
    labels: aggregateLabels(clean, votes, aggregation, aggregateKey),
    nominalRate: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    annotators: votes,
    notes: [`the nominal rate is the mean of ${annotators.length} annotators, before aggregation by ${aggregation}`],
  };
}

/** A row with its chances of error multiplied, at most until nothing is right. */
function harder(row: readonly number[], y: number, factor: number): readonly number[] {
  const wrong = 1 - row[y];
  if (wrong <= 0) return row;
  const scale = Math.min(factor, 1 / wrong);
  return row.map((value, j) => (j === y ? 1 - wrong * scale : value * scale));
}

/** One label for each example from several; see `Aggregation`. */
export function aggregateLabels(
  clean: ArrayLike<number>,
  votes: readonly Int32Array[],
  aggregation: Aggregation,
  key: Key,
): Int32Array {
  const draw = sampleIntegers(key, clean.length, 0, 2 ** 31 - 1);
  return Int32Array.from(clean, (y, n) => {
    const given = votes.map((labels) => labels[n]);
    let choices = given;
    if (aggregation === "any-wrong") choices = given.filter((label) => label !== y);
    if (aggregation === "majority") {
      const votesFor = (label: number) => given.filter((other) => other === label).length;
      const most = Math.max(...given.map(votesFor));
      choices = [...new Set(given)].filter((label) => votesFor(label) === most);
    }
    return choices.length === 0 ? y : choices[draw[n] % choices.length];
  });
}
