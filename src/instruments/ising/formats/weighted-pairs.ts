import { formatError } from "../../../data/format-error.ts";
import { linesOf, readNumber, readWhole, type Word, wordAt, wordError } from "./lines.ts";

/** The most variables that a file may name. */
export const mostVariables = 2 ** 26;

/** What a file of `i j w` lines holds, indices from 0. */
export interface WeightedPairs {
  readonly size: number;
  readonly from: number[];
  readonly to: number[];
  readonly weight: number[];
}

/** What such a file may hold. */
export interface PairRules {
  /** Whether `i i w` has a meaning. */
  readonly allowsDiagonal: boolean;
  /** What to do with a pair that comes twice, either way round; default `error`. */
  readonly duplicates?: "error" | "sum";
  /** Why a loop is wrong here, one sentence. */
  readonly loopHint?: string;
}

/** A map holds at most 2^24 entries; so many of them hold the pairs of any file that fits into memory. */
const shards = 64;

/** Collects pairs and refuses what does not belong. */
export class PairCollector {
  readonly #source: string;
  readonly #rules: PairRules;
  /** The index of each pair by `a · size + b`, in the map of a. */
  readonly #indices = Array.from({ length: shards }, () => new Map<number, number>());
  /** The line of each pair. */
  readonly #lines: number[] = [];
  readonly pairs: WeightedPairs;

  constructor(size: number, rules: PairRules, source: string) {
    this.pairs = { size, from: [], to: [], weight: [] };
    this.#rules = rules;
    this.#source = source;
  }

  /** Adds a pair that was read at `at`. @throws OrreryError `format` for a loop or a repetition the rules forbid. */
  add(i: number, j: number, w: number, at: Word): void {
    if (i === j && !this.#rules.allowsDiagonal) {
      throw wordError(this.#source, at, `two different indices`, this.#rules.loopHint);
    }
    const [a, b] = i < j ? [i, j] : [j, i];
    const { pairs } = this;
    const indices = this.#indices[a % shards];
    const before = indices.get(a * pairs.size + b);
    if (before === undefined) {
      indices.set(a * pairs.size + b, pairs.from.length);
      this.#lines.push(at.line);
      pairs.from.push(a);
      pairs.to.push(b);
      pairs.weight.push(w);
    } else if (this.#rules.duplicates === "sum") pairs.weight[before] += w;
    else {
      throw formatError(`${this.#source}:${at.line}:${at.column}`, {
        expected: "each pair once",
        got: `a pair that line ${this.#lines[before]} has already`,
        hint: 'If both weights count, set the option duplicates to "sum".',
      });
    }
  }
}

/**
 * The pairs of a text with the header `N M` and M lines `i j w`, indices from 1; a line `i j` has weight 1.
 * Words that are no numbers may stand behind the header's two, as in copies of the Gset.
 * @throws OrreryError `format` with line and column.
 */
export function decodePairs(text: string, rules: PairRules, source: string): WeightedPairs {
  const lines = linesOf(text);
  const first = lines.next();
  if (first.done) throw formatError(`${source}:1`, { expected: 'a header "N M"', got: "an empty file" });
  const head = first.value;
  const size = readWhole(source, wordAt(head, 0), { what: "the number of variables", least: 1, most: mostVariables });
  const most = Number.MAX_SAFE_INTEGER;
  const count = readWhole(source, wordAt(head, 1), { what: "the number of entries", least: 0, most });
  const third = head.slice(2).find((word) => !Number.isNaN(Number(word.text)));
  if (third !== undefined) throw wordError(source, third, 'a header of two numbers, "N M"');
  const collector = new PairCollector(size, rules, source);
  let read = 0;
  for (const words of lines) {
    const [i, j] = [0, 1].map((p) => readWhole(source, wordAt(words, p), { what: "an index", least: 1, most: size }));
    const w = words.length === 2 ? 1 : readNumber(source, wordAt(words, 2), "a weight");
    if (words.length > 3) throw wordError(source, words[3], "a line of three numbers");
    collector.add(i - 1, j - 1, w, words[1]);
    read++;
  }
  if (read !== count) {
    throw formatError(`${source}:${head[1].line}:${head[1].column}`, {
      expected: `${count} entries as the header says`,
      got: `${read}`,
      hint: read < count ? "The file was cut off, or its header is wrong." : "Correct the header.",
    });
  }
  return collector.pairs;
}

/** A text that `decodePairs` reads back, pairs as given. */
export function encodePairs({ size, from, to, weight }: WeightedPairs): string {
  const lines = from.map((i, k) => `${i + 1} ${to[k] + 1} ${weight[k]}`);
  return `${[`${size} ${lines.length}`, ...lines].join("\n")}\n`;
}
