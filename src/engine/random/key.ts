import { OrreryError } from "../../errors.ts";
import { threefryBlocks } from "./threefry.ts";

/** What stands in for a key that is not known yet: any object or symbol, compared by identity. */
export type KeyRoot = object | symbol;

/**
 * The second counter word tells what a block is for, so that samples, folds and splits of one key never share a block.
 * Samplers that reject put the attempt above the lowest byte.
 */
export const keyDomains = { sample: 0, fold: 1, split: 2 } as const;

interface Derivation {
  readonly kind: "fold" | "split";
  readonly index: number;
}

type KeyState =
  | { readonly kind: "concrete"; readonly words: readonly [number, number] }
  | { readonly kind: "symbolic"; readonly root: KeyRoot; readonly path: readonly Derivation[] };

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function checkIndex(where: string, what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new OrreryError("argument", `${where}: ${what} must be an integer in [0, 2^32); got ${value}`);
  }
}

/**
 * An immutable source of randomness. Draw from a key once, and make further keys of it with `fold` and `split`:
 * drawing twice gives the same numbers twice. A *concrete* key is 64 bits; a *symbolic* one, made by `placeholder`
 * while a function is traced, remembers how it was derived and becomes concrete with `resolve`.
 */
export class Key {
  readonly #state: KeyState;

  private constructor(state: KeyState) {
    this.#state = state;
  }

  /** The concrete key of two unsigned 32-bit words. */
  static fromWords(high: number, low: number): Key {
    checkIndex("key.fromWords", "each word", high);
    checkIndex("key.fromWords", "each word", low);
    return new Key({ kind: "concrete", words: [high, low] });
  }

  /** A symbolic key without derivations that stands for whatever `resolve` will look up for `root`. */
  static placeholder(root: KeyRoot): Key {
    return new Key({ kind: "symbolic", root, path: [] });
  }

  /** The key whose `toJSON` is `text`. @throws OrreryError `format` unless it is two groups of eight hex digits. */
  static parse(text: string): Key {
    const match = /^([0-9a-f]{8})-([0-9a-f]{8})$/i.exec(text);
    if (match === null) {
      throw new OrreryError("format", `key.parse: expected eight hex digits, "-", eight hex digits; got "${text}"`, {
        hint: "Write keys with toJSON(); for a seed use key(number).",
      });
    }
    return Key.fromWords(Number.parseInt(match[1], 16), Number.parseInt(match[2], 16));
  }

  get isConcrete(): boolean {
    return this.#state.kind === "concrete";
  }

  /** The two words, high first. @throws OrreryError `argument` for a symbolic key. */
  get words(): readonly [number, number] {
    if (this.#state.kind === "concrete") return this.#state.words;
    throw new OrreryError("argument", `key: ${this} has no value while a function is traced`, {
      hint: "Use it in a random tensor operation, or call the function with a concrete key such as key(0).",
    });
  }

  /** The root of a symbolic key, undefined for a concrete one. */
  get root(): KeyRoot | undefined {
    return this.#state.kind === "symbolic" ? this.#state.root : undefined;
  }

  /**
   * The child of index `data`, for loops: `key.fold(step)`. Different indices give independent keys.
   * @throws OrreryError `argument` unless `data` is an integer in [0, 2^32).
   */
  fold(data: number): Key {
    checkIndex("key.fold", "the index", data);
    return this.#derive({ kind: "fold", index: data });
  }

  /** `n` independent keys; none of them is a fold of this key. `k.split(n)` begins with the keys of `k.split(n - 1)`. */
  split(n: number): Key[] {
    checkIndex("key.split", "the number of keys", n);
    return Array.from({ length: n }, (_, index) => this.#derive({ kind: "split", index }));
  }

  /** The concrete key: the derivations replayed on the key that `lookup` gives for the root. A concrete key is itself. */
  resolve(lookup: (root: KeyRoot) => Key): Key {
    if (this.#state.kind === "concrete") return this;
    let key = lookup(this.#state.root);
    for (const step of this.#state.path) key = key.#derive(step);
    return key;
  }

  /** True if both keys have the same words, or the same root and the same derivations. */
  equals(other: Key): boolean {
    return this.root === other.root && String(this) === String(other);
  }

  /** Sixteen hex digits, e.g. `"00000000-0000002a"` for `key(42)`. @throws OrreryError `argument` for a symbolic key. */
  toJSON(): string {
    const [high, low] = this.words;
    return `${hex(high)}-${hex(low)}`;
  }

  toString(): string {
    if (this.#state.kind === "concrete") return this.toJSON();
    return ["placeholder", ...this.#state.path.map((step) => `${step.kind} ${step.index}`)].join("/");
  }

  #derive(step: Derivation): Key {
    if (this.#state.kind === "symbolic") {
      return new Key({ kind: "symbolic", root: this.#state.root, path: [...this.#state.path, step] });
    }
    const [high, low] = this.#state.words;
    const child = new Uint32Array(2);
    threefryBlocks(high, low, keyDomains[step.kind], step.index, 1, child);
    return new Key({ kind: "concrete", words: [child[0], child[1]] });
  }
}

/**
 * The key of a seed: its 64-bit two's complement, so that different seeds in the range are different keys.
 * @param seed a safe integer, or a bigint in [-2^63, 2^64) (where -1n and 2^64 - 1 are the same key)
 * @throws OrreryError `argument` for anything else
 */
export function key(seed: number | bigint): Key {
  const isValid = typeof seed === "bigint" ? seed >= -(1n << 63n) && seed < 1n << 64n : Number.isSafeInteger(seed);
  if (!isValid) {
    throw new OrreryError("argument", `key: the seed must be a safe integer or a 64-bit bigint; got ${seed}`);
  }
  const bits = BigInt.asUintN(64, BigInt(seed));
  return Key.fromWords(Number(bits >> 32n), Number(bits & 0xffffffffn));
}
