import { type NumberColumn, numberColumn, readCsv, type Table, type TextColumn } from "../../../data/index.ts";
import { OrreryError } from "../../../errors.ts";
import { rounded } from "../report/plane.ts";
import type { State } from "../stl/index.ts";
import { isName } from "../stl/tokens.ts";
import { isComparable, parseUnit } from "../stl/units.ts";

/** A recorded trace. */
export interface Recording {
  readonly source: string;
  /** Seconds, increasing. */
  readonly times: readonly number[];
  readonly states: readonly State[];
  /** The values of every state; NaN where there is none. */
  readonly columns: Readonly<Record<string, readonly number[]>>;
  /** What stands first among the values of a state that is no number, by state. */
  readonly texts: Readonly<Record<string, { readonly row: number; readonly text: string }>>;
  /** Columns whose names formulas cannot use. */
  readonly unnamed: readonly string[];
}

/**
 * Reads a CSV file with a column of times and one for every state. A header may have a unit: `height (m)`, `time [ms]`.
 * @throws OrreryError `format` for no rows, rows of other lengths, or times that do not increase, naming the row.
 */
export async function readRecording(source: string, time: string): Promise<Recording> {
  const table = await readCsv(source);
  refuseRejected(table);
  const { name, factor } = timeColumn(table, time);
  const times = Array.from(numberColumn(table, name), (t) => t * factor);
  if (times.length === 0) throw new OrreryError("format", `${source}: expected at least one row; got none`);
  const k = times.findIndex((t, i) => !(Number.isFinite(t) && (i === 0 || t > times[i - 1])));
  if (k >= 0) {
    const expected = k === 0 ? "a time" : `a time after ${times[k - 1]} s`;
    throw new OrreryError("format", `${source}, row ${k + 1}, ${time}: expected ${expected}; got ${times[k]} s`, {
      hint: "Sort the rows by time and keep one for each.",
    });
  }
  const states: State[] = [];
  const columns: Record<string, readonly number[]> = {};
  const texts: Record<string, { row: number; text: string }> = {};
  const unnamed: string[] = [];
  for (const column of table.columns) {
    if (column.name === name || column.kind === "vector") continue;
    const state = stateOf(column.name);
    if (state === undefined || Object.hasOwn(columns, state.name)) {
      unnamed.push(column.name);
      continue;
    }
    const values = numbersOf(column);
    states.push(state);
    columns[state.name] = values;
    const row =
      column.kind === "number" ? -1 : column.values.findIndex((v, i) => v !== null && Number.isNaN(values[i]));
    if (row >= 0) texts[state.name] = { row, text: String(column.values[row]) };
  }
  return { source, times, states, columns, texts, unnamed };
}

/** @throws OrreryError `format` naming the first row that has more or fewer fields than the header: left out, it would be a gap. */
function refuseRejected({ source, rejected }: Table): void {
  if (rejected.length === 0) return;
  const [{ row, reason }] = rejected;
  const more = rejected.length > 1 ? ` and ${rejected.length - 1} rows more` : "";
  throw new OrreryError("format", `${source}, row ${row}${more}: ${reason}`, {
    hint: "Mend or remove it: a trace without it would hold the values before it for longer.",
  });
}

/** The column of times, which may have a unit of time in its header, and what brings them to seconds. */
function timeColumn({ columns }: Table, wanted: string): { readonly name: string; readonly factor: number } {
  if (columns.some(({ name }) => name === wanted)) return { name: wanted, factor: 1 };
  for (const { name } of columns) {
    const state = stateOf(name);
    if (state?.name !== wanted) continue;
    const unit = parseUnit(state.unit ?? "s");
    if (unit !== undefined && isComparable(unit, parseUnit("s")!)) return { name, factor: unit.factor };
  }
  return { name: wanted, factor: 1 };
}

/** The name and unit in a header; undefined where it has no name that formulas can use. */
function stateOf(header: string): State | undefined {
  const [, name = "", unit = ""] = /^\s*([^\s([]+)\s*(?:[([]\s*([^)\]]*?)\s*[)\]])?\s*$/.exec(header) ?? [];
  if (!isName(name)) return undefined;
  return unit === "" || parseUnit(unit) === undefined ? { name } : { name, unit };
}

function numbersOf(column: NumberColumn | TextColumn): readonly number[] {
  if (column.kind === "number") return [...column.values];
  return Array.from(column.values, (value) => (value === null || value === "" ? Number.NaN : Number(value)));
}

/** @throws OrreryError `format` naming the first row without a number of a state that the formula reads. */
export function checkNumbers({ source, times, columns, texts }: Recording, needed: readonly string[]): void {
  for (const name of needed) {
    const k = Object.hasOwn(texts, name) ? texts[name].row : columns[name].findIndex(Number.isNaN);
    if (k < 0) continue;
    const got = Object.hasOwn(texts, name) ? JSON.stringify(texts[name].text) : "none";
    throw new OrreryError("format", `${source}, row ${k + 1} (${times[k]} s), ${name}: expected a number; got ${got}`, {
      hint: "Fill or cut the gap: a formula has no value there.",
    });
  }
}

/**
 * The time between samples, with no more digits than the times tell.
 * @throws OrreryError `argument` naming the first row that comes earlier or later after the one before than most do.
 */
export function equalStep(times: readonly number[]): number {
  if (times.length < 2) return 1;
  const last = times[times.length - 1];
  const mean = (last - times[0]) / (times.length - 1);
  const rounding = roundingOf(times);
  const isOdd = (t: number, i: number) => Math.abs(t - times[0] - i * mean) > 1e-6 * mean + rounding;
  if (!times.some(isOdd)) return shortest(mean, rounding / (times.length - 1));
  const gaps = times.slice(1).map((t, i) => t - times[i]);
  const usual = [...gaps].sort((a, b) => a - b)[gaps.length >> 1];
  const k = Math.max(
    0,
    gaps.findIndex((gap) => Math.abs(gap - usual) > 1e-6 * usual + rounding),
  );
  throw new OrreryError(
    "argument",
    `trace: expected equally spaced times; got ${rounded(gaps[k])} s between rows ${k + 1} and ${k + 2} where most are ${rounded(usual)} s apart`,
    { hint: "Use --mode dense for samples at any times." },
  );
}

/** How far differences of times may be off for the digits that numbers have: 1 µs for seconds since 1970. */
export function roundingOf(times: readonly number[]): number {
  return 4 * Number.EPSILON * Math.max(Math.abs(times[0]), Math.abs(times[times.length - 1]));
}

/** The number with the fewest digits that is as near as can be told. */
function shortest(value: number, error: number): number {
  for (let digits = 1; digits < 15; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.abs(candidate - value) <= error + 1e-12 * value) return candidate;
  }
  return value;
}

/** A climb to a height that is kept but for two gusts. */
export function exampleRecording(): Recording {
  const times = Array.from({ length: 121 }, (_, k) => k / 4);
  const gust = (t: number, at: number, depth: number) => depth * Math.exp(-((t - at) ** 2));
  const height = times.map((t) => 26 * (1 - Math.exp(-t / 1.5)) - gust(t, 12, 9) - gust(t, 21, 4));
  const states = [{ name: "height" }];
  return { source: "the example", times, states, columns: { height }, texts: {}, unnamed: [] };
}
