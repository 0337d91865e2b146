import type { RejectedRow } from "../../../data/index.ts";
import { OrreryError } from "../../../errors.ts";

/** The labels that several annotators gave to the same rows, some missing. */
export interface AnnotatorLabels {
  readonly rows: number;
  readonly classes: number;
  readonly names: readonly string[];
  /** `[rows, annotators]`: whole numbers in [0, K); −1 where an annotator gave none. */
  readonly labels: Int32Array;
}

/** A table of annotators' labels before it is checked. */
export interface AnnotatorColumns {
  /** For each annotator the label of every row; null, undefined, NaN or −1 where there is none. */
  readonly columns: readonly ArrayLike<number | null | undefined>[];
  readonly names?: readonly string[];
  readonly classes: number;
}

const isMissing = (label: number | null | undefined) =>
  label === null || label === undefined || Number.isNaN(label) || label === -1;

function checkColumns({ columns, names, classes }: AnnotatorColumns): void {
  const problem = (text: string, hint?: string) => new OrreryError("argument", `annotators: ${text}`, { hint });
  if (columns.length < 2) throw problem(`expected at least two annotators; got ${columns.length}`);
  if (names !== undefined && names.length !== columns.length) {
    throw problem(`expected ${columns.length} names, one for each annotator; got ${names.length}`);
  }
  const ragged = columns.findIndex(({ length }) => length !== columns[0].length);
  if (ragged >= 0) {
    throw problem(
      `expected ${columns[0].length} labels of every annotator; got ${columns[ragged].length} of annotator ${names?.[ragged] ?? ragged + 1}`,
      "Write an empty cell, not a shorter column, where an annotator gave no label.",
    );
  }
  if (columns[0].length === 0) throw problem("expected at least one row; got none");
  if (!Number.isInteger(classes) || classes < 2) throw problem(`expected at least two classes; got ${classes}`);
  const doubled = names?.find((name, i) => names.indexOf(name) !== i);
  if (doubled !== undefined) throw problem(`two annotators are called "${doubled}"`);
}

/**
 * Checks a table of annotators' labels. Rows with an unknown class or without any label are rejected with the reason; `kept` are the others.
 * @throws OrreryError `argument` for columns of different length, fewer than two annotators, doubled names, or an annotator without labels.
 */
export function checkAnnotators(given: AnnotatorColumns): {
  readonly annotators: AnnotatorLabels;
  /** The table's rows that are kept, ascending. */
  readonly kept: Int32Array;
  readonly rejected: readonly RejectedRow[];
} {
  checkColumns(given);
  const { columns, classes } = given;
  const names = given.names ?? columns.map((_, a) => `annotator ${a + 1}`);
  const kept: number[] = [];
  const rejected: RejectedRow[] = [];
  for (let row = 0; row < columns[0].length; row++) {
    const labels = columns.map((column) => (isMissing(column[row]) ? -1 : (column[row] as number)));
    const wrong = labels.findIndex(
      (label) => label !== -1 && !(Number.isInteger(label) && label >= 0 && label < classes),
    );
    const reason =
      wrong >= 0
        ? `${names[wrong]}: expected a class in [0, ${classes}); got ${labels[wrong]}`
        : labels.every((label) => label === -1)
          ? "no annotator gave a label"
          : undefined;
    if (reason === undefined) kept.push(row);
    else rejected.push({ row: row + 1, reason });
  }
  const table = new Int32Array(kept.length * columns.length);
  kept.forEach((row, i) => {
    columns.forEach((column, a) => {
      table[i * columns.length + a] = isMissing(column[row]) ? -1 : (column[row] as number);
    });
  });
  const idle = columns.findIndex((_, a) => !kept.some((_row, i) => table[i * columns.length + a] >= 0));
  if (idle >= 0) {
    throw new OrreryError("argument", `annotators: ${names[idle]} gave no label that can be used`, {
      hint: "Leave that annotator out.",
    });
  }
  return { annotators: { rows: kept.length, classes, names, labels: table }, kept: Int32Array.from(kept), rejected };
}

/** How many labels each row has. */
export function labelsPerRow({ rows, names, labels }: AnnotatorLabels): Int32Array {
  const counts = new Int32Array(rows);
  for (let i = 0; i < labels.length; i++) if (labels[i] >= 0) counts[Math.floor(i / names.length)]++;
  return counts;
}
