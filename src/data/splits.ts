import type { Key } from "../engine/random/key.ts";
import { samplePermutation } from "../engine/random/sample.ts";
import { OrreryError } from "../errors.ts";

/** The parts of a split by name, and the fraction of the examples that each gets; the fractions sum to 1. */
export type Fractions<Name extends string> = Readonly<Record<Name, number>>;

/** One round of cross-validation: ascending indices of the examples to train on and of those held out. */
export interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

function checkFractions(names: readonly string[], fractions: readonly number[]): void {
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (fractions.every((fraction) => fraction >= 0) && Math.abs(sum - 1) < 1e-9) return;
  const got = names.map((name, i) => `${name} ${fractions[i]}`).join(", ");
  throw new OrreryError("argument", `split: fractions must not be negative and must sum to 1; got ${got}`);
}

/**
 * Walks through `order` and gives each example to the part that is furthest behind its fraction. Any stretch of the
 * order is then divided nearly in proportion, and the whole exactly where the fractions of its length are whole.
 */
function dealOut<Name extends string>(order: Int32Array, fractions: Fractions<Name>): Record<Name, Int32Array> {
  const names = Object.keys(fractions) as Name[];
  const shares = names.map((name) => fractions[name]);
  checkFractions(names, shares);
  const parts: number[][] = names.map(() => []);
  order.forEach((index, position) => {
    let neediest = 0;
    let most = Number.NEGATIVE_INFINITY;
    for (let part = 0; part < parts.length; part++) {
      const deficit = shares[part] * (position + 1) - parts[part].length;
      if (shares[part] > 0 && deficit > most) {
        most = deficit;
        neediest = part;
      }
    }
    parts[neediest].push(index);
  });
  const empty = names.findIndex((_, part) => shares[part] > 0 && parts[part].length === 0);
  if (empty >= 0) {
    throw new OrreryError(
      "argument",
      `split: part "${names[empty]}" with fraction ${shares[empty]} of ${order.length} examples would be empty`,
    );
  }
  return Object.fromEntries(names.map((name, part) => [name, Int32Array.from(parts[part]).sort()])) as Record<
    Name,
    Int32Array
  >;
}

/** All indices, class after class; the classes and the examples within each are in random order. */
function shuffledByClass(labels: ArrayLike<number>, key: Key): Int32Array {
  const classes = new Map<number, number[]>();
  for (const index of samplePermutation(key, labels.length)) {
    const members = classes.get(labels[index]);
    if (members === undefined) classes.set(labels[index], [index]);
    else members.push(index);
  }
  return Int32Array.from([...classes.values()].flat());
}

/**
 * A random split of the indices 0 … `count` − 1, e.g. `randomSplit(n, { train: 0.8, test: 0.2 }, key(1))`; each part's
 * indices ascend. Where `fraction · count` is whole, a part has exactly that many.
 * @throws OrreryError `argument` when the fractions do not sum to 1 or a part would be empty.
 */
export function randomSplit<Name extends string>(
  count: number,
  fractions: Fractions<Name>,
  key: Key,
): Record<Name, Int32Array> {
  return dealOut(samplePermutation(key, count), fractions);
}

/**
 * A random split of the examples with these class indices that divides every class in the same fractions, to within two
 * examples; each part's indices ascend.
 * @throws OrreryError `argument` when the fractions do not sum to 1 or a part would be empty.
 */
export function stratifiedSplit<Name extends string>(
  labels: ArrayLike<number>,
  fractions: Fractions<Name>,
  key: Key,
): Record<Name, Int32Array> {
  return dealOut(shuffledByClass(labels, key), fractions);
}

function foldsOf(order: Int32Array, k: number): Fold[] {
  if (!Number.isInteger(k) || k < 2 || k > order.length) {
    throw new OrreryError(
      "argument",
      `k-fold: k must be an integer in [2, ${order.length}], the number of examples; got ${k}`,
    );
  }
  return Array.from({ length: k }, (_, fold) => ({
    train: order.filter((_index, position) => position % k !== fold).sort(),
    test: order.filter((_index, position) => position % k === fold).sort(),
  }));
}

/**
 * Random folds for cross-validation: every example is held out exactly once; the folds' sizes differ by one at most.
 * @throws OrreryError `argument` unless 2 ≤ k ≤ count.
 */
export function kFold(count: number, k: number, key: Key): Fold[] {
  return foldsOf(samplePermutation(key, count), k);
}

/**
 * Random folds in which each class, too, is spread so that its counts differ by one at most. A class with fewer than `k`
 * members is missing from some folds.
 * @throws OrreryError `argument` unless 2 ≤ k ≤ the number of labels.
 */
export function stratifiedKFold(labels: ArrayLike<number>, k: number, key: Key): Fold[] {
  return foldsOf(shuffledByClass(labels, key), k);
}
