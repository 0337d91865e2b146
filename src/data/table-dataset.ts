import { NdArray } from "../engine/ndarray.ts";
import { OrreryError } from "../errors.ts";
import { checkSomeRows, type Loaded, type LoadedDataset, type RegressionDataset, type RejectedRow } from "./dataset.ts";
import { encodeLabels, labelProblem } from "./labels.ts";
import { type Column, column, isMissing, notNumbers, placeOfRow, type Table, textColumn } from "./table.ts";

/** Which columns of a table are features. */
export interface FeatureChoice {
  /** Feature columns in order; default: all that are neither labels nor ignored. */
  readonly features?: readonly string[];
  /** Columns to leave out, such as identifiers. */
  readonly ignore?: readonly string[];
}

/** Which columns of a table are features and which is the label. */
export interface LabelChoice extends FeatureChoice {
  readonly label: string;
  /** The classes in order; default: the distinct labels, sorted. */
  readonly classNames?: readonly string[];
}

type NumericColumn = Exclude<Column, { kind: "text" }>;

function featureColumns(
  table: Table,
  { features, ignore = [] }: FeatureChoice,
  outputs: readonly string[],
): NumericColumn[] {
  for (const name of ignore) column(table, name);
  const left = table.columns.filter(({ name }) => !outputs.includes(name) && !ignore.includes(name));
  const chosen = features?.map((name) => column(table, name)) ?? left;
  if (chosen.length === 0) {
    throw new OrreryError("argument", `${table.source}: expected at least one feature column; got none`);
  }
  return chosen.map((candidate) => {
    if (candidate.kind === "text") throw notNumbers(table, candidate);
    return candidate;
  });
}

function widthOf(column: NumericColumn): number {
  return column.kind === "vector" ? column.width : 1;
}

/** The names of the features: a vector column of width 3 gives `name.0`, `name.1`, `name.2`. */
function featureNamesOf(columns: readonly NumericColumn[]): string[] {
  return columns.flatMap((column) =>
    column.kind === "number" ? [column.name] : Array.from({ length: column.width }, (_, j) => `${column.name}.${j}`),
  );
}

/** Why row `i` cannot be used: its first missing or infinite value. */
function rowProblem(columns: readonly NumericColumn[], i: number): string | undefined {
  for (const column of columns) {
    if (isMissing(column, i)) return `${JSON.stringify(column.name)} is missing`;
    const width = widthOf(column);
    for (let j = i * width; j < (i + 1) * width; j++) {
      const value = column.values[j];
      if (!Number.isFinite(value)) return `${JSON.stringify(column.name)}: expected a finite number; got ${value}`;
    }
  }
  return undefined;
}

/** The columns side by side, float32 `[rows, width]`. */
function matrixOf(columns: readonly NumericColumn[], rows: readonly number[]): NdArray<"float32"> {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const data = new Float32Array(rows.length * width);
  let first = 0;
  for (const column of columns) {
    const own = widthOf(column);
    rows.forEach((row, i) => {
      for (let j = 0; j < own; j++) data[i * width + first + j] = column.values[row * own + j];
    });
    first += own;
  }
  return new NdArray(data, [rows.length, width], "float32");
}

/** The rows of a table that can be used: `kept` are indices into the table. */
export interface UsableRows extends Loaded {
  readonly kept: readonly number[];
}

/**
 * The rows for which `problem` finds none; the others join the table's rejected ones, with the reason.
 * @throws OrreryError `format` when no row is left.
 */
export function usableRows(table: Table, problem: (i: number) => string | undefined): UsableRows {
  const kept: number[] = [];
  const rejected: RejectedRow[] = [...table.rejected];
  for (let i = 0; i < table.rowCount; i++) {
    const reason = problem(i);
    if (reason === undefined) kept.push(i);
    else rejected.push({ row: table.rows[i], line: table.lines?.[i], reason });
  }
  checkSomeRows(table.source, kept.length, rejected);
  rejected.sort((a, b) => a.row - b.row);
  return { kept, rows: Int32Array.from(kept, (i) => table.rows[i]), rejected };
}

/** The label column as text. @throws OrreryError `not-found`, or `format` for fractions: measurements are no classes. */
export function labelTexts(table: Table, label: string): readonly (string | null)[] {
  const found = column(table, label);
  if (found.kind === "number") {
    const fraction = found.values.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
    if (fraction >= 0) {
      const place = placeOfRow(table, fraction);
      throw new OrreryError(
        "format",
        `${place}: column "${label}": expected class names or whole numbers; got ${found.values[fraction]}`,
        {
          hint: "Real-valued targets are read with regressionFromTable.",
        },
      );
    }
  }
  return textColumn(table, label);
}

/**
 * The labelled data set in a table: inputs float32 `[n, d]` of the feature columns, labels of the column `label`, which
 * may hold names or whole numbers. Rows with a missing or infinite feature, or a missing or unknown label, are added to
 * the table's rejected ones.
 * @throws OrreryError `not-found` for an unknown column, `format` when a feature column is text or no row is left.
 */
export function datasetFromTable(
  table: Table,
  choice: LabelChoice,
): LoadedDataset & { readonly featureNames: readonly string[] } {
  const texts = labelTexts(table, choice.label);
  const columns = featureColumns(table, choice, [choice.label]);
  const { classes, classNames } = encodeLabels(texts, choice.classNames);
  const { kept, ...origin } = usableRows(table, (i) =>
    classes[i] < 0 ? labelProblem(texts[i], classNames) : rowProblem(columns, i),
  );
  return {
    inputs: matrixOf(columns, kept),
    labels: new NdArray(Int32Array.from(kept, (i) => classes[i])),
    classNames,
    featureNames: featureNamesOf(columns),
    ...origin,
  };
}

/** Which columns of a table are features and which are real-valued targets. */
export interface TargetChoice extends FeatureChoice {
  readonly targets: readonly string[];
}

/**
 * The regression data set in a table: inputs float32 `[n, d]`, targets float32 `[n, m]`. Rows with a missing or infinite
 * value are added to the table's rejected ones.
 * @throws OrreryError `not-found` for an unknown column, `format` when a chosen column is text or no row is left.
 */
export function regressionFromTable(table: Table, choice: TargetChoice): RegressionDataset & Loaded {
  const targets = featureColumns(table, { features: choice.targets }, []);
  const columns = featureColumns(table, choice, choice.targets);
  const { kept, ...origin } = usableRows(table, (i) => rowProblem(targets, i) ?? rowProblem(columns, i));
  return {
    inputs: matrixOf(columns, kept),
    targets: matrixOf(targets, kept),
    featureNames: featureNamesOf(columns),
    targetNames: featureNamesOf(targets),
    ...origin,
  };
}
