import { formatError } from "../../../data/format-error.ts";
import { columnNames, type Table } from "../../../data/index.ts";
import { parseJson } from "../../../data/json-text.ts";

/** A graph as a file has it, nodes counted from 0. */
export interface FileGraph {
  readonly nodes: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly weights?: readonly number[];
  /** What the nodes are called; their numbers when left out. */
  readonly names?: readonly string[];
}

/** What the columns of two ends are called, by pairs. */
const endNames: readonly (readonly [string, string])[] = [
  ["source", "target"],
  ["from", "to"],
  ["src", "dst"],
  ["head", "tail"],
  ["i", "j"],
  ["u", "v"],
  ["node1", "node2"],
  ["node_1", "node_2"],
];

/** The two columns of a table that are ends of edges: called so, or the first of two or three without names that hold whole numbers. */
function endsOf(table: Table): readonly [number, number] | undefined {
  const names = columnNames(table).map((name) => name.toLowerCase());
  for (const [a, b] of endNames)
    if (names.includes(a) && names.includes(b)) return [names.indexOf(a), names.indexOf(b)];
  const isBare = names.every((name, i) => name === `column_${i + 1}`) && [2, 3].includes(names.length);
  const isWhole = (at: number) => {
    const { kind, values } = table.columns[at];
    return kind === "number" && values.every((value) => Number.isInteger(value) && value >= 0);
  };
  return isBare && isWhole(0) && isWhole(1) ? [0, 1] : undefined;
}

/** The graph that a table lists edge by edge; undefined for a table of anything else. A third column of numbers is the weights. */
export function graphOfTable(table: Table): FileGraph | undefined {
  const ends = endsOf(table);
  if (ends === undefined || table.columns.some(({ kind }) => kind === "vector")) return undefined;
  const numbers = new Map<unknown, number>();
  const numberOf = (name: unknown) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name) as number;
  };
  const [from, to] = ends.map((at) => Array.from(table.columns[at].values as ArrayLike<unknown>, numberOf));
  const third = table.columns.find(({ kind }, at) => kind === "number" && !ends.includes(at));
  return {
    ...{ nodes: numbers.size, from, to, names: [...numbers.keys()].map(String) },
    ...(third === undefined ? {} : { weights: Array.from(third.values as Float64Array) }),
  };
}

/** Reads whole numbers from a line of Matrix Market, telling line and column of the first that is none. */
function readWords(text: string, source: string, line: number): { readonly text: string; readonly column: number }[] {
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
  const wrong = words.find((word) => Number.isNaN(Number(word.text)));
  if (wrong === undefined) return words;
  throw formatError(`${source}:${line}:${wrong.column}`, { expected: "a number", got: JSON.stringify(wrong.text) });
}

/**
 * The graph whose adjacency matrix a Matrix Market file has in coordinates: its rows and columns are the nodes.
 * @throws OrreryError `format` with line and column.
 */
export function decodeMatrixMarket(text: string, source: string): FileGraph {
  const lines = text.split(/\r?\n/);
  if (!/^%%MatrixMarket\s+matrix\s+coordinate\s+(real|integer|pattern)\b/i.test(lines[0])) {
    const expected = 'a first line "%%MatrixMarket matrix coordinate real|integer|pattern …"';
    throw formatError(`${source}:1:1`, { expected, got: JSON.stringify(lines[0].slice(0, 60)) });
  }
  const isPattern = /\bpattern\b/i.test(lines[0]);
  const [from, to, weights]: [number[], number[], number[]] = [[], [], []];
  let size: { readonly rows: number; readonly columns: number; readonly entries: number } | undefined;
  lines.forEach((content, i) => {
    if (content.startsWith("%") || content.trim() === "") return;
    const words = readWords(content, source, i + 1);
    const expected = size === undefined ? 3 : isPattern ? 2 : 3;
    if (words.length !== expected)
      throw formatError(`${source}:${i + 1}:1`, { expected: `${expected} numbers`, got: `${words.length}` });
    const [a, b, w] = words.map((word) => Number(word.text));
    if (size === undefined) {
      size = { rows: a, columns: b, entries: w };
      return;
    }
    const bounds = [size.rows, size.columns];
    const wrong = [a, b].findIndex((index, at) => !Number.isInteger(index) || index < 1 || index > bounds[at]);
    if (wrong >= 0) {
      const place = `${source}:${i + 1}:${words[wrong].column}`;
      throw formatError(place, { expected: `an index from 1 to ${bounds[wrong]}`, got: words[wrong].text });
    }
    from.push(a - 1);
    to.push(b - 1);
    if (!isPattern) weights.push(w);
  });
  if (size === undefined || size.entries !== from.length) {
    const expected = size === undefined ? "a line of rows, columns and entries" : `${size.entries} entries`;
    throw formatError(`${source}:${lines.length}:1`, { expected, got: size === undefined ? "none" : `${from.length}` });
  }
  const nodes = Math.max(size.rows, size.columns);
  const names = Array.from({ length: nodes }, (_, i) => String(i + 1));
  return { nodes, from, to, names, ...(isPattern ? {} : { weights }) };
}

/**
 * The graph in a JSON text that has `edges` as pairs of numbers, with `nodes` a number or a list; undefined for any other JSON.
 * @throws OrreryError `format` with line and column where the text is no JSON, else with the number of the edge.
 */
export function decodeGraphJson(text: string, source: string): FileGraph | undefined {
  const { edges, nodes } = (parseJson(text, source) ?? {}) as { readonly edges?: unknown; readonly nodes?: unknown };
  if (!Array.isArray(edges)) return undefined;
  const [from, to]: [number[], number[]] = [[], []];
  edges.forEach((edge: unknown, i) => {
    const [a, b] = Array.isArray(edge) ? edge : [];
    if (!Number.isInteger(a) || !Number.isInteger(b) || a < 0 || b < 0)
      throw formatError(`${source}: edges[${i}]`, { expected: "two node numbers from 0", got: JSON.stringify(edge) });
    from.push(a);
    to.push(b);
  });
  const largest = [...from, ...to].reduce((most, node) => Math.max(most, node), -1);
  const count = Array.isArray(nodes) ? nodes.length : Number.isInteger(nodes) ? (nodes as number) : largest + 1;
  if (largest >= count) throw formatError(`${source}: edges`, { expected: `nodes below ${count}`, got: `${largest}` });
  return { nodes: count, from, to };
}
