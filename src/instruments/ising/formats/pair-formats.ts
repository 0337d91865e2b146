import { formatError } from "../../../data/format-error.ts";
import { isingOfMaxCut, isingOfQubo, maxCutOfIsing, quboOfIsing } from "../conversion.ts";
import { IsingModel, type Sense } from "../model.ts";
import { linesOf, readNumber, readWhole, wordAt, wordError } from "./lines.ts";
import { decodePairs, encodePairs, mostVariables, PairCollector } from "./weighted-pairs.ts";

/** How a file of pairs is read. */
export interface PairOptions {
  /** What to do with a pair that comes twice, either way round; default `error`. */
  readonly duplicates?: "error" | "sum";
  /** Shown in results. */
  readonly name?: string;
}

const named = ({ name }: PairOptions) => (name === undefined ? {} : { name });
const repeated = ({ duplicates }: PairOptions) => (duplicates === undefined ? {} : { duplicates });

/**
 * A graph in the format of rudy and of the Gset, `N M` and lines `i j w` from 1, whose cut is to be maximised.
 * @throws OrreryError `format` with line and column, for loops too.
 */
export function decodeRudy(text: string, options: PairOptions = {}, source = "rudy"): IsingModel {
  const loopHint = "A loop is never cut: remove the line.";
  const { size, from, to, weight } = decodePairs(
    text,
    { allowsDiagonal: false, loopHint, ...repeated(options) },
    source,
  );
  return isingOfMaxCut({ vertices: size, edges: { from, to, weight }, ...named(options) });
}

/** The graph whose cut is the model's objective, up to a constant; see `maxCutOfIsing`. */
export function encodeRudy(model: IsingModel): string {
  const { graph } = maxCutOfIsing(model);
  const { from, to, weight } = graph.edges;
  return encodePairs({
    size: graph.vertices,
    from: [...Array.from(from)],
    to: Array.from(to),
    weight: Array.from(weight),
  });
}

/**
 * Couplings `N M` and lines `i j J` from 1, `E = −Σ J s_i s_j − Σ h_i s_i`; a line `i i h` gives a field.
 * @throws OrreryError `format` with line and column.
 */
export function decodeCouplings(text: string, options: PairOptions = {}, source = "couplings"): IsingModel {
  const pairs = decodePairs(text, { allowsDiagonal: true, ...repeated(options) }, source);
  const fields = new Float64Array(pairs.size);
  const kept: { from: number[]; to: number[]; weight: number[] } = { from: [], to: [], weight: [] };
  pairs.from.forEach((i, k) => {
    if (i === pairs.to[k]) fields[i] += pairs.weight[k];
    else {
      kept.from.push(i);
      kept.to.push(pairs.to[k]);
      kept.weight.push(pairs.weight[k]);
    }
  });
  return new IsingModel({ spins: pairs.size, couplings: kept, fields, ...named(options) });
}

/** Couplings and fields of the model as `decodeCouplings` reads them. */
export function encodeCouplings(model: IsingModel): string {
  const { from, to, weight } = model.edges();
  const fixed = Array.from(model.fields.keys()).filter((i) => model.fields[i] !== 0);
  return encodePairs({
    size: model.spins,
    from: [...fixed, ...from],
    to: [...fixed, ...to],
    weight: [...fixed.map((i) => model.fields[i]), ...weight],
  });
}

/**
 * A QUBO of the Biq Mac library, `N M` and lines `i j q` from 1: `min xᵀQx` with symmetric Q, so that entries beside the diagonal count twice.
 * @throws OrreryError `format` with line and column.
 */
export function decodeBiqMac(text: string, options: PairOptions = {}, source = "biq mac"): IsingModel {
  const { size, from, to, weight } = decodePairs(text, { allowsDiagonal: true, ...repeated(options) }, source);
  const terms = { from, to, weight: weight.map((q, k) => (from[k] === to[k] ? q : 2 * q)) };
  return isingOfQubo({ size, terms, offset: 0, ...named(options) });
}

/** The model's QUBO as `decodeBiqMac` reads it, without its offset; one that is maximised is negated. */
export function encodeBiqMac(model: IsingModel): string {
  const { size, terms, sense } = quboOfIsing(model);
  const sign = sense === "maximize" ? -1 : 1;
  const [from, to] = [Array.from(terms.from), Array.from(terms.to)];
  const weight = Array.from(terms.weight, (q, k) => (from[k] === to[k] ? sign * q : (sign * q) / 2));
  return encodePairs({ size, from, to, weight });
}

/** How lines `i,j,q` are read. */
export interface QuboCsvOptions extends PairOptions {
  /** The first index; default 0. */
  readonly firstIndex?: 0 | 1;
  /** Default: one more than the largest index. */
  readonly size?: number;
  /** Default `minimize`. */
  readonly sense?: Sense;
}

/**
 * A QUBO as lines `i,j,q`, with or without a line of names first: `V = Σ q x_i x_j`, each pair once.
 * @throws OrreryError `format` with line and column.
 */
export function decodeQuboCsv(text: string, options: QuboCsvOptions = {}, source = "qubo csv"): IsingModel {
  const { firstIndex = 0, sense } = options;
  const rows = [...linesOf(text, "comma")];
  if (rows.length > 0 && rows[0].every((word) => Number.isNaN(Number(word.text)))) rows.shift();
  if (rows.length === 0) throw formatError(`${source}:1`, { expected: 'lines "i,j,q"', got: "none" });
  const most = options.size === undefined ? mostVariables : options.size - 1 + firstIndex;
  const whole = (words: (typeof rows)[number], p: number) =>
    readWhole(source, wordAt(words, p), { what: "an index", least: firstIndex, most }) - firstIndex;
  const indices = rows.map((words) => [whole(words, 0), whole(words, 1)] as const);
  const size = options.size ?? indices.reduce((top, [i, j]) => Math.max(top, i, j), 0) + 1;
  const collector = new PairCollector(size, { allowsDiagonal: true, ...repeated(options) }, source);
  rows.forEach((words, k) => {
    if (words.length > 3) throw wordError(source, words[3], "a line of three numbers");
    const q = readNumber(source, wordAt(words, 2), "a coefficient");
    collector.add(...indices[k], q, words[0]);
  });
  return isingOfQubo({ size, terms: collector.pairs, offset: 0, ...(sense ? { sense } : {}), ...named(options) });
}

/** The model's QUBO as `decodeQuboCsv` reads it, without its offset; a last variable without terms has one of 0, so that none is lost. */
export function encodeQuboCsv(model: IsingModel): string {
  const { terms, size } = quboOfIsing(model);
  const lines = Array.from(terms.from, (i, k) => `${i},${terms.to[k]},${terms.weight[k]}`);
  const isLastThere = Array.from(terms.to).includes(size - 1);
  if (!isLastThere) lines.push(`${size - 1},${size - 1},0`);
  return `${["i,j,q", ...lines].join("\n")}\n`;
}
