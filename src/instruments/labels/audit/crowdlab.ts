import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type Probabilities, scoreLabels } from "../confident-learning/index.ts";
import { likeliestClasses } from "../confident-learning/labelled-probabilities.ts";
import { type AnnotatorLabels, labelsPerRow } from "./annotator-labels.ts";
import { majorityVote } from "./majority-vote.ts";

/** One annotator as CROWDLAB sees it. */
export interface AnnotatorQuality {
  readonly name: string;
  /** In [0, 1]: how far its labels are right, by model and other annotators. */
  readonly quality: number;
  /** The part of its labels that are the consensus. */
  readonly agreement: number;
  /** The label it gives that is the consensus least often. */
  readonly worstClass: number;
  /** Rows that it labelled. */
  readonly labelled: number;
  /** How much its label counts beside the others and the model. */
  readonly weight: number;
}

/** A consensus of annotators and a model. */
export interface Crowdlab {
  /** `[rows]`: the best label. */
  readonly consensus: Int32Array;
  /** `[rows]`: P(consensus is right). */
  readonly quality: Float64Array;
  /** `[rows]`: the part of a row's labels that are the consensus. */
  readonly agreement: Float64Array;
  /** `[rows, K]`. */
  readonly posterior: NdArray<"float64">;
  readonly annotators: readonly AnnotatorQuality[];
  readonly modelWeight: number;
}

const least = 1e-6;

interface Weights {
  readonly model: number;
  readonly annotators: Float64Array;
  /** P(an annotator's label is the consensus). */
  readonly likelihood: number;
}

/** The part of each row's labels that are the given one. */
function agreementOf(
  { rows, names, labels }: AnnotatorLabels,
  consensus: Int32Array,
  counts: Int32Array,
): Float64Array {
  const result = new Float64Array(rows);
  for (let i = 0; i < labels.length; i++) {
    const row = Math.floor(i / names.length);
    if (labels[i] === consensus[row]) result[row] += 1 / counts[row];
  }
  return result;
}

/** How often each annotator agrees with another one; the mean where one shares no row with others. */
function agreementBetween({ rows, names, labels }: AnnotatorLabels, counts: Int32Array): Float64Array {
  const same = new Float64Array(names.length);
  const pairs = new Float64Array(names.length);
  for (let row = 0; row < rows; row++) {
    if (counts[row] < 2) continue;
    const own = labels.subarray(row * names.length, (row + 1) * names.length);
    for (let a = 0; a < names.length; a++) {
      if (own[a] < 0) continue;
      pairs[a] += counts[row] - 1;
      for (let b = 0; b < names.length; b++) if (b !== a && own[b] === own[a]) same[a]++;
    }
  }
  const rates = same.map((count, a) => (pairs[a] > 0 ? count / pairs[a] : Number.NaN));
  const known = rates.filter((rate) => !Number.isNaN(rate));
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  return rates.map((rate) => (Number.isNaN(rate) ? mean : rate));
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Weights relative to always saying the commonest label, from rows with several labels. */
function weightsOf(
  table: AnnotatorLabels,
  probabilities: Probabilities,
  consensus: Int32Array,
  counts: Int32Array,
): Weights {
  const several = Int32Array.from(counts.keys()).filter((row) => counts[row] !== 1);
  const agreement = agreementOf(table, consensus, counts);
  const likelihood = mean(Float64Array.from(several, (row) => agreement[row]));
  const tallies = new Int32Array(table.classes);
  for (const row of several) tallies[consensus[row]]++;
  const commonest = tallies.indexOf(tallies.reduce((a, b) => Math.max(a, b)));
  const chance = Math.max(mean(Float64Array.from(several, (row) => Number(consensus[row] !== commonest))), least);
  const likeliest = likeliestClasses(probabilities);
  const modelError = mean(Float64Array.from(several, (row) => Number(likeliest[row] !== consensus[row])));
  return {
    model: Math.max(1 - modelError / chance, least) * Math.sqrt(mean(counts)),
    annotators: agreementBetween(table, counts).map((rate) => Math.max(1 - (1 - rate) / chance, least)),
    likelihood,
  };
}

/** `[rows, K]`: the weighted mean of the model's probabilities and what each label says. */
function posteriorOf(
  { rows, classes, names, labels }: AnnotatorLabels,
  probabilities: Probabilities,
  weights: Weights,
): Float64Array {
  const result = new Float64Array(rows * classes);
  const other = (1 - weights.likelihood) / (classes - 1);
  for (let row = 0; row < rows; row++) {
    let total = weights.model;
    for (let k = 0; k < classes; k++) result[row * classes + k] = weights.model * probabilities.data[row * classes + k];
    for (let a = 0; a < names.length; a++) {
      const label = labels[row * names.length + a];
      if (label < 0) continue;
      total += weights.annotators[a];
      for (let k = 0; k < classes; k++) {
        result[row * classes + k] += weights.annotators[a] * (k === label ? weights.likelihood : other);
      }
    }
    for (let k = 0; k < classes; k++) result[row * classes + k] /= total;
  }
  return result;
}

/** The only class of largest probability; the vote where several are largest. */
function bestOf(posterior: Float64Array, classes: number, vote: Int32Array): Int32Array {
  return vote.map((voted, row) => {
    const own = posterior.subarray(row * classes, (row + 1) * classes);
    const most = own.reduce((a, b) => Math.max(a, b));
    const first = own.indexOf(most);
    return own.indexOf(most, first + 1) < 0 ? first : voted;
  });
}

/** The label of an annotator that is the consensus least often; of equals the more frequent one, then the one of surer rows. */
function worstClass(
  own: Int32Array,
  consensus: Int32Array,
  { classes, quality }: { readonly classes: number; readonly quality: Float64Array },
): number {
  const [right, counts, sure] = [new Float64Array(classes), new Float64Array(classes), new Float64Array(classes)];
  own.forEach((label, row) => {
    if (label < 0) return;
    counts[label]++;
    right[label] += Number(label === consensus[row]);
    sure[label] += quality[row];
  });
  const given = Array.from(counts.keys()).filter((k) => counts[k] > 0);
  const order = (a: number, b: number) =>
    right[a] / counts[a] - right[b] / counts[b] ||
    counts[b] - counts[a] ||
    sure[b] / counts[b] - sure[a] / counts[a] ||
    a - b;
  return given.sort(order)[0];
}

function annotatorsOf(
  table: AnnotatorLabels,
  found: Pick<Crowdlab, "consensus" | "quality" | "posterior">,
  weights: Weights,
): AnnotatorQuality[] {
  const { names, labels, classes } = table;
  const counts = labelsPerRow(table);
  const share = (weights.annotators.reduce((a, b) => a + b, 0) * mean(counts)) / names.length;
  const trust = weights.model / (weights.model + share);
  const all = names.map((name, a): AnnotatorQuality => {
    const own = Int32Array.from(counts, (_, row) => labels[row * names.length + a]);
    const given = Int32Array.from(own.keys()).filter((row) => own[row] >= 0);
    const score = mean(Float64Array.from(given, (row) => found.posterior.data[row * classes + own[row]]));
    const isRight = (row: number) => Number(own[row] === found.consensus[row]);
    const shared = mean(
      Float64Array.from(
        given.filter((row) => counts[row] !== 1),
        isRight,
      ),
    );
    return {
      ...{ name, labelled: given.length, weight: weights.annotators[a] },
      quality: trust * score + (1 - trust) * shared,
      agreement: mean(Float64Array.from(given, isRight)),
      worstClass: worstClass(own, found.consensus, { classes, quality: found.quality }),
    };
  });
  return all.sort((a, b) => a.quality - b.quality || a.agreement - b.agreement);
}

/**
 * CROWDLAB (Goh, Tkachenko & Mueller 2022, https://arxiv.org/abs/2210.06812), as cleanlab 2.9 computes it: the consensus of annotators and of a
 * model's out-of-sample probabilities `[rows, K]`, each weighted by how much better it is than always saying the commonest label.
 * @throws OrreryError `shape` when probabilities do not fit, `argument` when no row has two labels.
 */
export function crowdlab(table: AnnotatorLabels, probabilities: Probabilities): Crowdlab {
  const { rows, classes } = table;
  if (String(probabilities.shape) !== String([rows, classes])) {
    throw new OrreryError(
      "shape",
      `crowdlab: expected probabilities [${rows}, ${classes}]; got [${probabilities.shape}]`,
    );
  }
  const counts = labelsPerRow(table);
  if (!counts.some((count) => count > 1)) {
    throw new OrreryError(
      "argument",
      "crowdlab: expected rows with labels of several annotators; got one label a row",
      {
        hint: "With one label a row the audit itself tells which are likely wrong.",
      },
    );
  }
  const vote = majorityVote(table, probabilities);
  const first = posteriorOf(table, probabilities, weightsOf(table, probabilities, vote, counts));
  const consensus = bestOf(first, classes, vote);
  const weights = weightsOf(table, probabilities, consensus, counts);
  const posterior = new NdArray<"float64">(posteriorOf(table, probabilities, weights), [rows, classes]);
  const quality = scoreLabels({ probabilities: posterior, labels: consensus });
  const found = { consensus, quality, posterior };
  return {
    ...{ ...found, agreement: agreementOf(table, consensus, counts), modelWeight: weights.model },
    annotators: annotatorsOf(table, found, weights),
  };
}
