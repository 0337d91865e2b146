import { setImmediate as nextTurn } from "node:timers/promises";
import { type FileMetaData, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { OrreryError } from "../errors.ts";
import { hintForName } from "../nearest-name.ts";
import type { RejectedRow } from "./dataset.ts";
import { readRange, sizeOfFile } from "./file.ts";
import { formatError } from "./format-error.ts";
import type { Column, Table } from "./table.ts";

/** How a parquet file is read. */
export interface ParquetOptions {
  /** The columns to read, in this order; default: all. */
  readonly columns?: readonly string[];
}

type Vector = ArrayLike<number>;

function isVector(value: unknown): value is Vector {
  if (ArrayBuffer.isView(value)) return true;
  return Array.isArray(value) && value.every((item) => item === null || typeof item === "number");
}

/** The most frequent length of the vectors in a column. */
function usualWidth(values: readonly unknown[]): number {
  const counts = new Map<number, number>();
  for (const value of values) if (isVector(value)) counts.set(value.length, (counts.get(value.length) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || b - a)[0][0];
}

function numbersOf(name: string, values: readonly unknown[]): Column {
  const isExact = values.every((value) => typeof value !== "bigint" || Number.isSafeInteger(Number(value)));
  if (!isExact) return { kind: "text", name, values: values.map((value) => (value == null ? null : String(value))) };
  const toNumber = (value: unknown): number => (value == null ? Number.NaN : Number(value));
  return { kind: "number", name, values: Float64Array.from(values, toNumber) };
}

function vectorsOf(name: string, values: readonly unknown[], width: number): Column {
  const data = new Float32Array(values.length * width).fill(Number.NaN);
  values.forEach((value, i) => {
    if (!isVector(value)) return;
    for (let j = 0; j < width; j++) data[i * width + j] = value[j] ?? Number.NaN;
  });
  return { kind: "vector", name, width, values: data };
}

/** A column as it comes from the file: every value has the same JavaScript type, or is null or undefined. */
function toColumn(name: string, values: readonly unknown[], source: string): Column {
  const first = values.find((value) => value != null);
  if (typeof first === "string")
    return { kind: "text", name, values: values.map((value) => (value as string) ?? null) };
  if (first instanceof Date) {
    return {
      kind: "text",
      name,
      values: values.map((value) => (value == null ? null : (value as Date).toISOString())),
    };
  }
  if (isVector(first)) return vectorsOf(name, values, usualWidth(values));
  if (typeof first !== "object") return numbersOf(name, values);
  throw formatError(source, {
    expected: `numbers, text, dates or lists of numbers in column "${name}"`,
    got: `nested values such as ${JSON.stringify(first, (_, value) => (typeof value === "bigint" ? String(value) : value)).slice(0, 60)}`,
    hint: "Choose the other columns with { columns: [...] }.",
  });
}

/** What is wrong with a value of a column, as a function of the value. */
function doubtsOf(values: readonly unknown[]): (value: unknown) => string | undefined {
  const first = values.find((value) => value != null);
  if (first instanceof Date) {
    return (value) =>
      value instanceof Date && Number.isNaN(value.getTime())
        ? "expected a time within 100 million days of 1970; got one outside"
        : undefined;
  }
  if (!isVector(first)) return () => undefined;
  const width = usualWidth(values);
  return (value) =>
    isVector(value) && value.length !== width ? `expected a list of ${width} numbers; got ${value.length}` : undefined;
}

/** Rows whose vector has not the usual length of its column, or whose time no date holds, with the reason. */
function unreadableRows(raw: ReadonlyMap<string, readonly unknown[]>): Map<number, string> {
  const reasons = new Map<number, string>();
  for (const [name, values] of raw) {
    const doubt = doubtsOf(values);
    values.forEach((value, i) => {
      const reason = doubt(value);
      if (reason !== undefined && !reasons.has(i)) reasons.set(i, `column ${JSON.stringify(name)}: ${reason}`);
    });
  }
  return reasons;
}

function chosenColumns(path: string, metadata: FileMetaData, wanted: readonly string[] | undefined): readonly string[] {
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown === undefined) return wanted ?? names;
  throw new OrreryError("not-found", `${path}: no column "${unknown}"`, {
    hint: hintForName(unknown, names, "The columns are"),
  });
}

type ReadOptions = Parameters<typeof parquetRead>[0];

/**
 * Throws what a reading would throw while it is planned. The reader plans column by column and starts to read each at once: were a later one
 * impossible, nobody would wait for those before, and where they fail too the process would end.
 */
async function checkPlan(options: ReadOptions): Promise<void> {
  const never = new Promise<ArrayBuffer>(() => {});
  const file = { byteLength: options.file.byteLength, slice: () => never };
  await Promise.race([parquetRead({ ...options, file }), nextTurn()]);
}

/** @throws OrreryError `format` where the file's parts have another number of rows than the file. */
function countRows(path: string, { num_rows: total, row_groups: groups }: FileMetaData): number {
  const sum = groups.reduce((rows, group) => rows + Number(group.num_rows), 0);
  if (sum === Number(total)) return sum;
  throw formatError(path, {
    expected: `${total} rows, as the file says`,
    got: `${sum} in its ${groups.length} parts`,
    hint: "The file is damaged or was cut off.",
  });
}

async function readRaw(path: string, wanted: readonly string[] | undefined): Promise<Map<string, unknown[]>> {
  const byteLength = await sizeOfFile(path);
  const file = {
    byteLength,
    slice: async (start: number, end = byteLength) => (await readRange(path, start, end)).buffer,
  };
  try {
    // Marking geographic columns never ends on a damaged schema.
    const metadata = await parquetMetadataAsync(file, { geoparquet: false });
    const columns = chosenColumns(path, metadata, wanted);
    const rowCount = countRows(path, metadata);
    const raw = new Map(columns.map((name) => [name, new Array<unknown>(rowCount).fill(null)]));
    const plan: ReadOptions = { file, metadata, columns: [...columns], compressors };
    await checkPlan(plan);
    await parquetRead({
      ...plan,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const target = raw.get(columnName);
        for (let i = 0; target !== undefined && i < columnData.length; i++) target[rowStart + i] = columnData[i];
      },
    });
    return raw;
  } catch (cause) {
    if (cause instanceof OrreryError) throw cause;
    throw formatError(path, {
      expected: "a parquet file",
      got: `"${(cause as Error).message}" in ${byteLength} bytes`,
      hint: "The file is damaged, was cut off or has another format.",
      cause,
    });
  }
}

/**
 * The table in a parquet file (plain, snappy, gzip, zstd, brotli or lz4). Numbers and booleans become number columns,
 * 64-bit integers that a float64 cannot hold and dates (ISO 8601) text, lists of numbers vectors. Rows whose list has
 * another length than most in its column, or whose time no date can hold, are rejected with the reason.
 * @throws OrreryError `not-found` for the file or a column, `format` for a damaged file or nested columns.
 */
export async function readParquet(path: string, options: ParquetOptions = {}): Promise<Table> {
  const raw = await readRaw(path, options.columns);
  const total = raw.values().next().value?.length ?? 0;
  const reasons = unreadableRows(raw);
  const kept = Array.from({ length: total }, (_, i) => i).filter((i) => !reasons.has(i));
  const rejected: RejectedRow[] = [...reasons].sort(([a], [b]) => a - b).map(([i, reason]) => ({ row: i + 1, reason }));
  const columns = Array.from(raw, ([name, values]) =>
    toColumn(name, reasons.size === 0 ? values : kept.map((i) => values[i]), path),
  );
  return { source: path, columns, rowCount: kept.length, rows: Int32Array.from(kept, (i) => i + 1), rejected };
}
