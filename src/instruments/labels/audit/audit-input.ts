import { type Dataset, type RejectedRow, takeRows } from "../../../data/index.ts";
import { formatShape, type NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Probabilities } from "../confident-learning/index.ts";
import { probabilityProblems } from "../confident-learning/labelled-probabilities.ts";
import { type AnnotatorColumns, type AnnotatorLabels, checkAnnotators } from "./annotator-labels.ts";

/** What is to be audited; a data set as the readers give it is one. Either inputs or probabilities must be there. */
export interface AuditInput {
  /** `[n]`: the given labels. */
  readonly labels: NdArray<"int32">;
  readonly classNames: readonly string[];
  /** `[n, d]` features or `[n, channels, height, width]` images. */
  readonly inputs?: NdArray;
  /** `[n, K]`: probabilities of a model of the user's own, for rows that it was not trained on. */
  readonly probabilities?: Probabilities;
  /** `[n, e]`: what rows are compared by, e.g. a network's embedding; made of the inputs when left out. */
  readonly embedding?: NdArray;
  /** What several annotators said of the rows. */
  readonly annotators?: Omit<AnnotatorColumns, "classes">;
  /** A name of each row, which none shares. */
  readonly ids?: readonly string[];
  /** The row of each example in its source, 1-based; counted when left out. */
  readonly rows?: Int32Array;
  readonly files?: readonly string[];
  readonly featureNames?: readonly string[];
  /** Rows that were rejected before. */
  readonly rejected?: readonly RejectedRow[];
}

/** Checked rows, and those that are not among them. */
export interface CheckedInput extends Omit<AuditInput, "annotators" | "rejected" | "rows"> {
  readonly rows: Int32Array;
  readonly annotators?: AnnotatorLabels;
  /** Rows of the source that cannot be used, each with the reason, in the source's order. */
  readonly rejected: readonly RejectedRow[];
  /** What the user should know of the data. */
  readonly notes: readonly string[];
}

const where = "labels audit";

function checkLengths({ labels, inputs, probabilities, embedding, annotators, ids, rows, files }: AuditInput): void {
  const count = labels.size;
  const lengths = {
    ...{ inputs: inputs?.shape[0], probabilities: probabilities?.shape[0], embedding: embedding?.shape[0] },
    ...{
      ids: ids?.length,
      rows: rows?.length,
      files: files?.length,
      "annotators' labels": annotators?.columns[0]?.length,
    },
  };
  for (const [name, length] of Object.entries(lengths)) {
    if (length === undefined || length === count) continue;
    throw new OrreryError("shape", `${where}: expected ${count} ${name}, one for each label; got ${length}`, {
      hint: "They belong together row by row, in the same order.",
    });
  }
}

function checkWhole(input: AuditInput): void {
  const { labels, classNames, inputs, probabilities } = input;
  if (classNames.length < 2) {
    throw new OrreryError("argument", `${where}: expected at least two classes; got ${classNames.length}`);
  }
  if (inputs === undefined && probabilities === undefined) {
    throw new OrreryError("argument", `${where}: expected inputs or probabilities; got labels alone`, {
      hint: "Give features or images to train on, or the probabilities of your own model.",
    });
  }
  if (
    probabilities !== undefined &&
    (probabilities.shape.length !== 2 || probabilities.shape[1] !== classNames.length)
  ) {
    throw new OrreryError(
      "shape",
      `${where}: expected probabilities [${labels.size}, ${classNames.length}], a column for each class; got ${formatShape(probabilities.shape)}`,
      {
        hint: `The columns stand in the order of the classes: ${classNames.slice(0, 5).join(", ")}${classNames.length > 5 ? ", …" : ""}.`,
      },
    );
  }
  checkLengths(input);
}

/** Why rows cannot be used, by their place. */
function problemsOf(input: AuditInput): Map<number, string> {
  const { labels, classNames, inputs, probabilities, ids, rows } = input;
  const problems = new Map<number, string>();
  const add = (row: number, reason: string) => problems.set(row, problems.get(row) ?? reason);
  labels.data.forEach((label, row) => {
    if (!(label >= 0 && label < classNames.length))
      add(row, `label: expected a class in [0, ${classNames.length}); got ${label}`);
  });
  if (inputs !== undefined && (inputs.dtype === "float32" || inputs.dtype === "float64")) {
    const width = inputs.size / Math.max(labels.size, 1);
    for (let i = 0; i < inputs.size; i++) {
      if (!Number.isFinite(inputs.data[i])) {
        add(Math.floor(i / width), `input ${i % width}: expected a finite number; got ${inputs.data[i]}`);
      }
    }
  }
  if (probabilities !== undefined) {
    for (const { row, reason } of probabilityProblems(where, { probabilities, labels: labels.data })) add(row, reason);
  }
  const seen = new Map<string, number>();
  ids?.forEach((id, row) => {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, row);
    else add(row, `id ${JSON.stringify(id)} stands already in row ${rows?.[first] ?? first + 1}`);
  });
  return problems;
}

/** Names of features that are the same in every row. */
function constantFeatures({ inputs, featureNames }: AuditInput): string[] {
  if (inputs === undefined || inputs.shape.length !== 2) return [];
  const [count, width] = inputs.shape;
  const names: string[] = [];
  for (let j = 0; j < width; j++) {
    let row = 1;
    while (row < count && inputs.data[row * width + j] === inputs.data[j]) row++;
    if (row >= count) names.push(featureNames?.[j] ?? `feature ${j}`);
  }
  if (names.length === width) {
    throw new OrreryError("argument", `${where}: every feature is the same in all rows`, {
      hint: "Check which columns were read as features.",
    });
  }
  return names;
}

function taken(input: AuditInput, kept: Int32Array): Omit<CheckedInput, "rejected" | "notes" | "annotators"> {
  const { labels, classNames, inputs, probabilities, embedding, ids, files, featureNames } = input;
  const rows = input.rows ?? Int32Array.from({ length: labels.size }, (_, row) => row + 1);
  if (kept.length === labels.size)
    return { labels, classNames, inputs, probabilities, embedding, ids, rows, files, featureNames };
  const pick = <T>(values: readonly T[] | undefined) => values && Array.from(kept, (row) => values[row]);
  return {
    ...{ labels: takeRows(labels, kept), classNames, rows: Int32Array.from(kept, (row) => rows[row]) },
    ...{ ids: pick(ids), files: pick(files), featureNames },
    inputs: inputs && takeRows(inputs, kept),
    probabilities: probabilities && takeRows(probabilities, kept),
    embedding: embedding && takeRows(embedding, kept),
  };
}

/** Names for a sentence: a few of them, and how many more there are. */
function some(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 8), names.length - 8];
  return more > 0 ? `${shown.join(", ")} and ${more.toLocaleString("en-US")} more` : shown.join(", ");
}

/** Notes on classes that an audit cannot do much with, or that are likely meant to be one. */
function classNotes({ labels, classNames }: AuditInput): string[] {
  const counts = new Int32Array(classNames.length);
  for (const label of labels.data) counts[label]++;
  const named = (test: (count: number) => boolean) => classNames.filter((_, k) => test(counts[k]));
  const absent = named((count) => count === 0);
  const few = named((count) => count > 0 && count < 10);
  const alike = new Map<string, string[]>();
  for (const name of classNames) {
    const plain = name.trim().toLowerCase();
    alike.set(plain, [...(alike.get(plain) ?? []), JSON.stringify(name)]);
  }
  const pairs = [...alike.values()].filter((names) => names.length > 1).map((names) => names.join(" and "));
  return [
    ...(absent.length > 0 ? [`No row is labelled ${some(absent)}.`] : []),
    ...(few.length > 0 ? [`Fewer than ten rows are labelled ${some(few)}: too few to judge their labels.`] : []),
    ...(pairs.length > 0
      ? [`Classes whose names differ in spaces or capitals alone: ${some(pairs)}. Should they be one?`]
      : []),
  ];
}

/** Notes on features that say where a row stands rather than what it is. */
function featureNotes({ inputs, featureNames }: AuditInput): string[] {
  if (inputs === undefined || inputs.shape.length !== 2 || featureNames === undefined || inputs.shape[0] < 10)
    return [];
  const [count, width] = inputs.shape;
  const numbers = featureNames.filter((_, j) => {
    const step = Number(inputs.data[width + j]) - Number(inputs.data[j]);
    for (let row = 1; row < count; row++) {
      if (Number(inputs.data[row * width + j]) - Number(inputs.data[(row - 1) * width + j]) !== step) return false;
    }
    return step !== 0;
  });
  const ids = featureNames.filter((name) => /^(id|index|row|unnamed.*)$/i.test(name.trim()) && !numbers.includes(name));
  return [
    ...(numbers.length > 0
      ? [`Counts the rows and is taken as a feature: ${some(numbers)}. Leave it out with ignore.`]
      : []),
    ...(ids.length > 0
      ? [`Looks like a name of rows and is taken as a feature: ${some(ids)}. Leave it out with ignore.`]
      : []),
  ];
}

/**
 * Checks what is to be audited. Rows with an unknown label, numbers that are not finite, no probabilities, or an id that was there before are
 * rejected with the reason and the others kept.
 * @throws OrreryError `argument`, `shape` where everything is wrong: lengths, columns, one class, constant features, no row left.
 */
export function checkInput(input: AuditInput): CheckedInput {
  checkWhole(input);
  const { classNames } = input;
  const problems = problemsOf(input);
  const table = input.annotators && checkAnnotators({ ...input.annotators, classes: classNames.length });
  for (const { row, reason } of table?.rejected ?? []) problems.set(row - 1, problems.get(row - 1) ?? reason);
  const all = Int32Array.from({ length: input.labels.size }, (_, row) => row);
  const kept = all.filter((row) => !problems.has(row));
  const [first] = problems;
  if (kept.length < 2) {
    const got =
      first === undefined
        ? String(kept.length)
        : `${problems.size} rejected, the first (row ${first[0] + 1}): ${first[1]}`;
    throw new OrreryError("argument", `${where}: expected at least two usable rows; got ${got}`, {
      hint: /^probabilit/.test(first?.[1] ?? "")
        ? "Scores and logits become probabilities by a softmax over each row."
        : undefined,
    });
  }
  const usable = taken(input, kept);
  if (new Set(usable.labels.data).size < 2) {
    throw new OrreryError("argument", `${where}: all rows have one label`, {
      hint: "Check the column that the labels were read from.",
    });
  }
  const constant = constantFeatures(usable);
  const sourceRows = input.rows ?? all.map((row) => row + 1);
  const rejected = [...problems].map(
    ([row, reason]): RejectedRow => ({ row: sourceRows[row], file: input.files?.[row], reason }),
  );
  return {
    ...usable,
    annotators: table && annotatorsOfKept(table, kept),
    rejected: [...(input.rejected ?? []), ...rejected].sort((a, b) => a.row - b.row),
    notes: [
      ...classNotes(usable),
      ...featureNotes(usable),
      ...(constant.length > 0 ? [`The same in every row, so of no use: ${some(constant)}.`] : []),
    ],
  };
}

/** The annotators' labels of the rows that are kept in the end. */
function annotatorsOfKept(
  { annotators, kept }: ReturnType<typeof checkAnnotators>,
  wanted: Int32Array,
): AnnotatorLabels {
  const width = annotators.names.length;
  const places = new Map(Array.from(kept, (row, i) => [row, i]));
  const labels = new Int32Array(wanted.length * width);
  wanted.forEach((row, i) => {
    const place = places.get(row) as number;
    labels.set(annotators.labels.subarray(place * width, (place + 1) * width), i * width);
  });
  return { ...annotators, rows: wanted.length, labels };
}

/** The rows as a data set to train on. */
export function datasetOf({ inputs, labels, classNames }: CheckedInput): Dataset | undefined {
  return inputs && { inputs, labels, classNames };
}
