import type { Probabilities } from "../confident-learning/index.ts";
import type { AnnotatorLabels } from "./annotator-labels.ts";

/** `[rows, K]`: how many annotators gave each label. */
function votesOf({ rows, classes, names, labels }: AnnotatorLabels): Int32Array {
  const votes = new Int32Array(rows * classes);
  for (let i = 0; i < labels.length; i++)
    if (labels[i] >= 0) votes[Math.floor(i / names.length) * classes + labels[i]]++;
  return votes;
}

/** The candidates for which `value` is largest. */
function best(candidates: readonly number[], value: (candidate: number) => number): number[] {
  const most = Math.max(...candidates.map(value));
  return candidates.filter((candidate) => value(candidate) === most);
}

/** How often each annotator agrees with the rows that are decided; the mean of the others where one has none of them. */
function agreementWithDecided({ names, labels }: AnnotatorLabels, decided: Int32Array): Float64Array {
  const rates = names.map((_, a) => {
    let [same, count] = [0, 0];
    decided.forEach((label, row) => {
      const own = labels[row * names.length + a];
      if (label < 0 || own < 0) return;
      count++;
      if (own === label) same++;
    });
    return count > 0 ? same / count : Number.NaN;
  });
  const known = rates.filter((rate) => !Number.isNaN(rate));
  const mean = known.reduce((a, b) => a + b, 0) / Math.max(known.length, 1);
  return Float64Array.from(rates, (rate) => (Number.isNaN(rate) ? mean : rate));
}

/**
 * The label that most annotators gave to each row. Ties go to the label that the probabilities (if given) hold likelier, then to the rarer
 * label, then to the one whose givers agree more with undisputed rows, then to the lower class: cleanlab's order, which draws the last.
 */
export function majorityVote(annotators: AnnotatorLabels, probabilities?: Probabilities): Int32Array {
  const { rows, classes, names, labels } = annotators;
  const votes = votesOf(annotators);
  const totals = new Float64Array(classes);
  for (let i = 0; i < votes.length; i++) totals[i % classes] += votes[i];
  const all = Array.from({ length: classes }, (_, k) => k);
  const tied = new Map<number, number[]>();
  const result = new Int32Array(rows).fill(-1);
  for (let row = 0; row < rows; row++) {
    const modes = best(all, (k) => votes[row * classes + k]);
    if (modes.length === 1) result[row] = modes[0];
    else tied.set(row, modes);
  }
  const agreement = agreementWithDecided(annotators, result);
  for (const [row, modes] of tied) {
    const likely = probabilities === undefined ? modes : best(modes, (k) => probabilities.data[row * classes + k]);
    const rare = best(likely, (k) => -totals[k]);
    const own = labels.subarray(row * names.length, (row + 1) * names.length);
    const trusted = best(rare, (k) => {
      const givers = Array.from(names.keys()).filter((a) => own[a] === k);
      const rates = givers.map((a) => agreement[a]);
      return rates.reduce((a, b) => a + b, 0) / rates.length;
    });
    result[row] = trusted[0];
  }
  return result;
}
