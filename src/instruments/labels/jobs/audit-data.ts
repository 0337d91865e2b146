import {
  columnNames,
  type Dataset,
  encodeLabels,
  type RejectedRow,
  readCsv,
  readNpy,
  readNpz,
  readParquet,
  type Table,
  takeRows,
  textColumn,
} from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName, listNames } from "../../../nearest-name.ts";
import type { AuditInput } from "../audit/index.ts";
import type { AuditJobOptions } from "./audit.ts";
import { readInput } from "./input.ts";

/** What is audited, and as a data set where there are inputs. */
export interface AuditedData {
  readonly input: AuditInput;
  readonly dataset?: Dataset;
  readonly name: string;
}

const isTable = (path: string) => /\.(csv|tsv|txt|parquet|pq)(\.gz)?$/i.test(path);
const readTable = (path: string) => (/\.(parquet|pq)$/i.test(path) ? readParquet(path) : readCsv(path));

/** Probabilities `[n, K]` of a file; a table's columns are taken in their order. */
async function readProbabilities(path: string): Promise<NdArray<"float32">> {
  if (/\.npy(\.gz)?$/i.test(path)) return (await readNpy(path)).astype("float32");
  if (/\.npz$/i.test(path)) {
    const npz = await readNpz(path);
    return npz.array(npz.names.find((name) => /^prob/i.test(name)) ?? npz.names[0]).astype("float32");
  }
  const { columns, rowCount } = await readTable(path);
  const data = new Float32Array(rowCount * columns.length);
  columns.forEach((column, j) => {
    if (column.kind !== "number") {
      throw new OrreryError("format", `${path}: column "${column.name}": expected probabilities; got ${column.kind}`);
    }
    for (let i = 0; i < rowCount; i++) data[i * columns.length + j] = column.values[i];
  });
  return new NdArray(data, [rowCount, columns.length], "float32");
}

/** The probabilities of the rows that are used, where they were given for all rows of the source. */
function ofRows(
  probabilities: NdArray<"float32">,
  { rows = new Int32Array(), rejected = [] }: Pick<AuditInput, "rows" | "rejected">,
): NdArray<"float32"> {
  const isOfAll = rejected.length > 0 && probabilities.shape[0] === rows.length + rejected.length;
  return isOfAll
    ? takeRows(
        probabilities,
        rows.map((row) => row - 1),
      )
    : probabilities;
}

/** A table's column of text for the rows that are used. */
function columnOf(table: Table, name: string, rows: Int32Array): (string | null)[] {
  const known = columnNames(table);
  if (!known.includes(name)) {
    throw new OrreryError("not-found", `${table.source}: no column "${name}"`, {
      hint: hintForName(name, known, "The columns are"),
    });
  }
  const values = textColumn(table, name);
  const places = new Map(Array.from(table.rows, (row, i) => [row, i]));
  return Array.from(rows, (row) => values[places.get(row) ?? -1] ?? null);
}

function annotatorsOf(
  table: Table,
  names: readonly string[],
  { rows, classNames }: { readonly rows: Int32Array; readonly classNames: readonly string[] },
) {
  const columns = names.map((name) =>
    columnOf(table, name, rows).map((value, i) => {
      if (value === null || value === "") return null;
      const index = classNames.indexOf(value);
      if (index >= 0) return index;
      throw new OrreryError(
        "argument",
        `${table.source}: row ${rows[i]}: column "${name}": expected a class; got ${JSON.stringify(value)}`,
        {
          hint: hintForName(value, classNames, "Classes"),
        },
      );
    }),
  );
  return { names, columns };
}

/** Labels alone, where the user's model brings the probabilities and the table has no features. */
async function labelsOnly(options: AuditJobOptions, path: string): Promise<AuditedData> {
  const table = await readTable(path);
  const names = columnNames(table);
  const label = options.label ?? ["label", "labels", "class", "target", "y"].find((name) => names.includes(name));
  if (label === undefined) {
    throw new OrreryError("argument", `${path}: expected a column of labels among ${names.join(", ")}`, {
      hint: "Name it with --label.",
    });
  }
  const all = columnOf(table, label, table.rows);
  const { classes, classNames } = encodeLabels(all, options.classes.length > 0 ? options.classes : undefined);
  const unusable = Array.from(classes.keys()).filter((i) => classes[i] < 0);
  const rows = table.rows.filter((_, i) => classes[i] >= 0);
  const rejected = unusable.map((i): RejectedRow => {
    const got =
      all[i] === null
        ? "the label is missing"
        : `label: expected one of ${listNames(classNames, 5)}; got ${JSON.stringify(all[i])}`;
    return { row: table.rows[i], line: table.lines?.[i], reason: got };
  });
  const labels = new NdArray(
    classes.filter((k) => k >= 0),
    [rows.length],
    "int32",
  );
  const ids = options.id === undefined ? undefined : columnOf(table, options.id, rows).map((id) => id ?? "");
  const input: AuditInput = { labels, classNames, rows, rejected: [...table.rejected, ...rejected], ids };
  const annotators =
    options.annotators.length === 0 ? undefined : annotatorsOf(table, options.annotators, { rows, classNames });
  return { input: { ...input, annotators }, name: path };
}

/** Reads what is to be audited: data, probabilities, annotators' labels, ids. @throws OrreryError for what does not fit together. */
export async function auditedData(options: AuditJobOptions): Promise<AuditedData> {
  const path = options.data as string;
  const probabilities =
    options.probabilities === undefined ? undefined : await readProbabilities(options.probabilities);
  if (probabilities !== undefined && isTable(path) && options.features.length === 0 && options.image === undefined) {
    const { input, name } = await labelsOnly(options, path);
    return { input: { ...input, probabilities: ofRows(probabilities, input) }, name };
  }
  const ignore = [...options.ignore, ...options.annotators, ...(options.id === undefined ? [] : [options.id])];
  const { dataset, loaded, name, rejected } = await readInput({ ...options, ignore });
  const rows = loaded?.rows ?? Int32Array.from(dataset.labels.data, (_, i) => i + 1);
  const input: AuditInput = {
    ...dataset,
    rows,
    rejected,
    files: loaded?.files,
    featureNames: loaded?.featureNames,
    probabilities: probabilities && ofRows(probabilities, { rows, rejected }),
  };
  if (!isTable(path) || (options.annotators.length === 0 && options.id === undefined)) return { input, dataset, name };
  const table = await readTable(path);
  const { classNames } = dataset;
  return {
    input: {
      ...input,
      ...(options.annotators.length === 0
        ? {}
        : { annotators: annotatorsOf(table, options.annotators, { rows, classNames }) }),
      ...(options.id === undefined ? {} : { ids: columnOf(table, options.id, rows).map((id) => id ?? "") }),
    },
    ...{ dataset, name },
  };
}
