import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { type ConfidentJoint, confidentJoint, thresholdSlack } from "./confident-joint.ts";
import { type LabelScore, scoreLabels } from "./label-scores.ts";
import { checkShapes, type LabelledProbabilities, likeliestClasses, rowsByLabel } from "./labelled-probabilities.ts";
import { pruneCounts } from "./prune-counts.ts";
import { largest } from "./selection.ts";

/** The seven ways to say which labels are wrong. */
export const issueFilters = [
  "prune-by-noise-rate",
  "prune-by-class",
  "both",
  "confident-learning",
  "predicted-neq-given",
  "low-self-confidence",
  "low-normalized-margin",
] as const;

/** The name of a filter. */
export type IssueFilter = (typeof issueFilters)[number];

/** How labels are filtered. */
export interface IssueOptions {
  /** The filter; `prune-by-noise-rate` when left out. */
  readonly filter?: IssueFilter;
  /** The joint, where it is known already. */
  readonly joint?: ConfidentJoint;
  /** Pruning filters: the part of the estimated wrong labels that is wanted, in (0, 1]. */
  readonly fraction?: number;
  /** Pruning filters: rows that every class keeps at least. */
  readonly leastPerClass?: number;
}

/** @throws OrreryError `not-found` for an unknown filter. */
export function checkFilter(filter: IssueFilter): void {
  if (issueFilters.includes(filter)) return;
  throw new OrreryError("not-found", `label issues: no filter "${filter}"`, {
    hint: hintForName(filter, issueFilters, "Filters"),
  });
}

/** For each class the rows labelled so with the least probability of it, as many as the joint calls wrong. */
function pruneByClass(labelled: LabelledProbabilities, counts: Int32Array, least: number): Uint8Array {
  const { data, shape } = labelled.probabilities;
  const classes = shape[1];
  const { starts, rows } = rowsByLabel(labelled.labels, classes);
  const issues = new Uint8Array(labelled.labels.length);
  for (let k = 0; k < classes; k++) {
    const members = rows.subarray(starts[k], starts[k + 1]);
    if (members.length <= least || members.length < 2) continue;
    const doubts = Float64Array.from(members, (row) => -data[row * classes + k]);
    largest(doubts, members.length - counts[k * classes + k], (i) => {
      issues[members[i]] = 1;
    });
  }
  return issues;
}

/** For each label i and class j ≠ i the rows labelled i with the largest margin `p_j − p_i`, as many as the joint says. */
function pruneByNoiseRate(labelled: LabelledProbabilities, counts: Int32Array, least: number): Uint8Array {
  const { data, shape } = labelled.probabilities;
  const classes = shape[1];
  const { starts, rows } = rowsByLabel(labelled.labels, classes);
  const issues = new Uint8Array(labelled.labels.length);
  for (let i = 0; i < classes; i++) {
    const members = rows.subarray(starts[i], starts[i + 1]);
    if (members.length <= least || members.length < 2) continue;
    const margins = new Float64Array(members.length);
    for (let j = 0; j < classes; j++) {
      const count = counts[i * classes + j];
      if (i === j || count === 0) continue;
      for (let m = 0; m < members.length; m++) {
        const first = members[m] * classes;
        margins[m] = data[first + j] - data[first + i];
      }
      largest(margins, count, (m) => {
        issues[members[m]] = 1;
      });
    }
  }
  return issues;
}

/** 1 where the label is the likeliest class, ahead by the slack: such rows are no issues whatever a filter says. */
function agreeing({ probabilities, labels }: LabelledProbabilities): Uint8Array {
  const { data, shape } = probabilities;
  const classes = shape[1];
  const likeliest = likeliestClasses(probabilities);
  return Uint8Array.from(labels, (label, row) => {
    const lead = data[row * classes + label] + thresholdSlack - data[row * classes + likeliest[row]];
    return lead > 0 || likeliest[row] === label || (lead === 0 && label < likeliest[row]) ? 1 : 0;
  });
}

function without(issues: Uint8Array, kept: Uint8Array): Uint8Array {
  return issues.map((issue, row) => issue & (1 - kept[row]));
}

function offDiagonal(labels: Int32Array, { confidentClasses }: ConfidentJoint): Uint8Array {
  return Uint8Array.from(labels, (label, row) => Number(confidentClasses[row] >= 0 && confidentClasses[row] !== label));
}

/** As many rows with the lowest scores as confident learning finds off the diagonal. */
function lowest(labelled: LabelledProbabilities, joint: ConfidentJoint, score: LabelScore): Uint8Array {
  const found = without(offDiagonal(labelled.labels, joint), agreeing(labelled));
  const issues = new Uint8Array(found.length);
  const doubts = scoreLabels(labelled, { score }).map((value) => -value);
  largest(
    doubts,
    found.reduce((sum, issue) => sum + issue, 0),
    (row) => {
      issues[row] = 1;
    },
  );
  return issues;
}

function pruned(filter: IssueFilter, labelled: LabelledProbabilities, joint: ConfidentJoint, options: IssueOptions) {
  const { fraction = 1, leastPerClass = 1 } = options;
  if (!(fraction > 0 && fraction <= 1) || !Number.isInteger(leastPerClass) || leastPerClass < 0) {
    throw new OrreryError(
      "argument",
      `label issues: expected a fraction in (0, 1] and leastPerClass a count; got ${fraction} and ${leastPerClass}`,
    );
  }
  const counts = pruneCounts(joint, { fraction, leastPerClass });
  if (filter === "prune-by-class") return pruneByClass(labelled, counts, leastPerClass);
  const byRate = pruneByNoiseRate(labelled, counts, leastPerClass);
  if (filter === "prune-by-noise-rate") return byRate;
  const byClass = pruneByClass(labelled, counts, leastPerClass);
  return byRate.map((issue, row) => issue & byClass[row]);
}

/**
 * `[n]`: 1 for every row whose label is likely wrong, by out-of-sample probabilities; the filters of cleanlab 2.9:
 * - `prune-by-noise-rate`: for every label i and class j the rows of label i with the largest margin `p_j − p_i`, as many as the calibrated joint;
 * - `prune-by-class`: of every label the rows with the least `p_i`, as many as the joint has off the diagonal;
 * - `both`: what both find;
 * - `confident-learning`: rows off the diagonal of the confident joint;
 * - `predicted-neq-given`: rows whose likeliest class is another;
 * - `low-self-confidence`, `low-normalized-margin`: the lowest scores, as many as confident learning finds.
 *
 * But for the last two, no row is found whose label is its likeliest class. Of equals the earlier row comes first.
 * @throws OrreryError `shape`, `not-found` for an unknown filter, `argument` for options out of range or rows that hold no probabilities.
 */
export function labelIssues(labelled: LabelledProbabilities, options: IssueOptions = {}): Uint8Array {
  const { filter = "prune-by-noise-rate" } = options;
  checkShapes("label issues", labelled);
  checkFilter(filter);
  const joint = options.joint ?? confidentJoint(labelled);
  if (filter === "low-self-confidence") return lowest(labelled, joint, "self-confidence");
  if (filter === "low-normalized-margin") return lowest(labelled, joint, "normalized-margin");
  if (filter === "confident-learning") return without(offDiagonal(labelled.labels, joint), agreeing(labelled));
  if (filter === "predicted-neq-given")
    return without(new Uint8Array(labelled.labels.length).fill(1), agreeing(labelled));
  return without(pruned(filter, labelled, joint, options), agreeing(labelled));
}
