import { OrreryError } from "../../../errors.ts";

/** How several annotators err together. */
export interface Agreement {
  /** `[a]`: each annotator's rate of error. */
  readonly rates: readonly number[];
  /** `[annotators + 1]`: the fraction of examples on which 0, 1, 2 … annotators are wrong. */
  readonly wrongCounts: readonly number[];
  /** P(both wrong) / (P(first wrong) · P(second wrong)), the mean over pairs of annotators: 1 when they err independently. */
  readonly bothWrongLift: number | null;
  /** P(same wrong label | both wrong), over all pairs. */
  readonly sameWrongLabel: number | null;
  /** The fraction of examples on which all annotators differ from each other. */
  readonly allDifferent: number;
}

/** @throws OrreryError `shape` unless there are at least two annotators with a label for each example. */
export function annotatorAgreement(clean: ArrayLike<number>, annotators: readonly ArrayLike<number>[]): Agreement {
  const n = clean.length;
  if (annotators.length < 2 || annotators.some((labels) => labels.length !== n)) {
    throw new OrreryError(
      "shape",
      `annotator agreement: expected ${n} labels of each of two or more annotators; got ${annotators.map((labels) => labels.length).join(", ")}`,
    );
  }
  const count = annotators.length;
  const wrongCounts = new Array<number>(count + 1).fill(0);
  const wrongBy = new Array<number>(count).fill(0);
  let allDifferent = 0;
  for (let i = 0; i < n; i++) {
    let [wrong, isDifferent] = [0, true];
    for (let a = 0; a < count; a++) {
      const label = annotators[a][i];
      if (label !== clean[i]) {
        wrong++;
        wrongBy[a]++;
      }
      for (let b = 0; b < a; b++) if (annotators[b][i] === label) isDifferent = false;
    }
    wrongCounts[wrong]++;
    if (isDifferent) allDifferent++;
  }
  const rates = wrongBy.map((wrong) => wrong / n);
  return {
    rates,
    wrongCounts: wrongCounts.map((count) => count / n),
    allDifferent: allDifferent / n,
    ...pairStatistics(clean, annotators, rates),
  };
}

function countOf(n: number, is: (i: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < n; i++) if (is(i)) count++;
  return count;
}

function pairStatistics(clean: ArrayLike<number>, annotators: readonly ArrayLike<number>[], rates: readonly number[]) {
  const n = clean.length;
  const lifts: number[] = [];
  let [both, same] = [0, 0];
  for (const [a, first] of annotators.entries()) {
    for (const [b, second] of annotators.entries()) {
      if (b <= a) continue;
      const wrong = countOf(n, (i) => first[i] !== clean[i] && second[i] !== clean[i]);
      both += wrong;
      same += countOf(n, (i) => first[i] !== clean[i] && first[i] === second[i]);
      if (rates[a] > 0 && rates[b] > 0) lifts.push(wrong / n / (rates[a] * rates[b]));
    }
  }
  return {
    bothWrongLift: lifts.length > 0 ? lifts.reduce((sum, lift) => sum + lift, 0) / lifts.length : null,
    sameWrongLabel: both > 0 ? same / both : null,
  };
}
