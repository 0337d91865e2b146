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
    const size = members.length;
    if (size <= least || size < 2) continue;
    // Class after class, so that the selection reads neighbouring numbers.
    const columns = new Float64Array(classes * size);
    for (let m = 0; m < size; m++) {
      const first = members[m] * classes;
      for (let j = 0, to = m; j < classes; j++, to += size) columns[to] = data[first + j] - data[first + i];
    }
    for (let j = 0; j < classes; j++) {
      if (i === j) continue;
      largest(columns.subarray(j * size, (j + 1) * size), counts[i * classes + j], (m) => {
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
function lowest(labelled: LabelledProbabilities, found: Uint8Array, score: LabelScore): Uint8Array {
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

const both = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((issue, row) => issue & b[row]);

/** What each filter finds; nothing is computed before it is asked for, and nothing twice. */
function filtersOf(
  labelled: LabelledProbabilities,
  joint: ConfidentJoint,
  options: IssueOptions,
): Record<IssueFilter, () => Uint8Array> {
  const { fraction = 1, leastPerClass = 1 } = options;
  const once = <T>(make: () => T): (() => T) => {
    let made: T | undefined;
    return () => {
      made ??= make();
      return made;
    };
  };
  const kept = once(() => agreeing(labelled));
  const counts = once(() => pruneCounts(joint, { fraction, leastPerClass }));
  const disagreeing = (make: () => Uint8Array) => once(() => without(make(), kept()));
  const byRate = disagreeing(() => pruneByNoiseRate(labelled, counts(), leastPerClass));
  const byClass = disagreeing(() => pruneByClass(labelled, counts(), leastPerClass));
  const confident = disagreeing(() => offDiagonal(labelled.labels, joint));
  return {
    "prune-by-noise-rate": byRate,
    "prune-by-class": byClass,
    both: () => both(byRate(), byClass()),
    "confident-learning": confident,
    "predicted-neq-given": () => kept().map((mark) => 1 - mark),
    "low-self-confidence": () => lowest(labelled, confident(), "self-confidence"),
    "low-normalized-margin": () => lowest(labelled, confident(), "normalized-margin"),
  };
}

function checkOptions({ fraction = 1, leastPerClass = 1 }: IssueOptions): void {
  if (fraction > 0 && fraction <= 1 && Number.isInteger(leastPerClass) && leastPerClass >= 0) return;
  throw new OrreryError(
    "argument",
    `label issues: expected a fraction in (0, 1] and leastPerClass a count; got ${fraction} and ${leastPerClass}`,
  );
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
  checkOptions(options);
  const joint = options.joint ?? confidentJoint(labelled);
  return filtersOf(labelled, joint, options)[filter]();
}

/** What all filters find, in less time than one after the other; see `labelIssues`. */
export function labelIssuesByFilter(
  labelled: LabelledProbabilities,
  options: Omit<IssueOptions, "filter"> = {},
): Record<IssueFilter, Uint8Array> {
  checkShapes("label issues", labelled);
  checkOptions(options);
  const found = filtersOf(labelled, options.joint ?? confidentJoint(labelled), options);
  return Object.fromEntries(issueFilters.map((name) => [name, found[name]()])) as Record<IssueFilter, Uint8Array>;
}
