import { OrreryError } from "../../../errors.ts";
import { linearAssignment } from "../../../math/linear-assignment.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { NoiseGuide } from "./guide.ts";
import { type Matrix, matrixOf, normalizeRows } from "./transition.ts";

/**
 * How a guide's classes stand for those of another data set. `same`: class k for class k. A table names the guide's class
 * for each target class. `assignment`: the classes that the guide confuses stand for those that lie near each other.
 * `shape`: no class stands for another; only how unequal the guide's flips are is kept, and given to near classes.
 */
export type ClassTransfer = "same" | "assignment" | "shape" | { readonly table: Readonly<Record<string, string>> };

/** A guide's transition matrix for other classes. */
export interface TransferredMatrix {
  readonly transition: Matrix;
  /** The guide's class that stands for each target class; null where only the shape is kept. */
  readonly classMap: readonly (string | null)[];
  readonly method: "same" | "table" | "assignment" | "shape";
}

/** What a guide is transferred to. */
export interface TransferTarget {
  readonly classNames: readonly string[];
  /** `[K][K]`: how near the classes lie; see `classSimilarity`. Needed for `assignment` and `shape`. */
  readonly similarity: () => Matrix;
}

/**
 * The guide's matrix for the target's classes. Left to choose, it takes equal names as they are, else an assignment where
 * the guide has classes enough, else the shape.
 * @throws OrreryError `argument`, `not-found` for a table that does not name a different guide class for each class.
 */
export function transferGuide(guide: NoiseGuide, target: TransferTarget, transfer?: ClassTransfer): TransferredMatrix {
  const count = target.classNames.length;
  const isSame = guide.classNames.join("\n") === target.classNames.join("\n");
  const chosen = transfer ?? (isSame ? "same" : count <= guide.classNames.length ? "assignment" : "shape");
  if (chosen === "shape") {
    const transition = shapeOnly(guide, target.similarity());
    return { transition, classMap: target.classNames.map(() => null), method: "shape" };
  }
  if (chosen === "same" && count !== guide.classNames.length) {
    throw new OrreryError(
      "argument",
      `realistic noise: guide ${guide.name} has ${guide.classNames.length} classes; got ${count}`,
      { hint: 'Choose the transfer "assignment" or "shape", or a table of classes.' },
    );
  }
  if (chosen === "assignment" && count > guide.classNames.length) {
    throw new OrreryError(
      "argument",
      `realistic noise: an assignment needs at most the guide's ${guide.classNames.length} classes; got ${count}`,
      { hint: 'Choose the transfer "shape".' },
    );
  }
  const map =
    chosen === "same"
      ? target.classNames.map((_, i) => i)
      : chosen === "assignment"
        ? assignClasses(guide, target.similarity())
        : mapByTable(guide, target.classNames, chosen.table);
  return {
    transition: restricted(guide, map),
    classMap: map.map((g) => guide.classNames[g]),
    method: typeof chosen === "string" ? chosen : "table",
  };
}

/** The guide's matrix for some of its classes; flips to the others are left out. */
function restricted({ counts }: NoiseGuide, map: readonly number[]): Matrix {
  const right = map.map((g) => counts[g].reduce((sum, count) => sum + count, 0));
  const cells = matrixOf(map.length, (i, j) => (i === j ? 0 : counts[map[i]][map[j]] / right[i]));
  return cells.map((row, i) => {
    const wrong = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, j) => (i === j ? 1 - wrong : value));
  });
}

function mapByTable(guide: NoiseGuide, names: readonly string[], table: Readonly<Record<string, string>>): number[] {
  const unknown = Object.keys(table).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("not-found", `class table: the data have no class "${unknown}"`, {
      hint: hintForName(unknown, names, "The classes are"),
    });
  }
  const map = names.map((name) => {
    if (table[name] === undefined) {
      throw new OrreryError("argument", `class table: expected a guide class for each class; got none for "${name}"`);
    }
    const index = guide.classNames.indexOf(table[name]);
    if (index >= 0) return index;
    throw new OrreryError("not-found", `class table: guide ${guide.name} has no class "${table[name]}"`, {
      hint: hintForName(table[name], guide.classNames, "Its classes are"),
    });
  });
  const twice = names.findIndex((name, i) => names.findIndex((other) => table[other] === table[name]) < i);
  if (twice < 0) return map;
  throw new OrreryError("argument", `class table: "${table[names[twice]]}" stands for two classes`, {
    hint: "Each class needs a guide class of its own.",
  });
}

/** Off-diagonal values, largest first. */
function signature(row: readonly number[], self: number, length: number): number[] {
  const others = row.filter((_, j) => j !== self).sort((a, b) => b - a);
  return Array.from({ length }, (_, r) => others[r]);
}

/** Values scaled to mean 0 and deviation 1 over a whole table, so that two tables can be compared. */
function standardized(rows: readonly number[][]): number[][] {
  const flat = rows.flat();
  const mean = flat.reduce((sum, value) => sum + value, 0) / flat.length;
  const deviation = Math.sqrt(flat.reduce((sum, value) => sum + (value - mean) ** 2, 0) / flat.length) || 1;
  return rows.map((row) => row.map((value) => (value - mean) / deviation));
}

/**
 * A different guide class for each target class so that `Σ confusion · similarity` over pairs is large: an optimal
 * assignment of the classes' sorted confusions to their sorted similarities, improved by exchanges until none helps.
 */
function assignClasses(guide: NoiseGuide, similarity: Matrix): number[] {
  const [targets, guides] = [similarity.length, guide.classNames.length];
  const confusion = matrixOf(guides, (i, j) => (guide.transition[i][j] + guide.transition[j][i]) / 2);
  const ofGuide = standardized(confusion.map((row, g) => signature(row, g, targets - 1)));
  const ofTarget = standardized(similarity.map((row, i) => signature([...row], i, targets - 1)));
  const costs = ofTarget.map((a) => ofGuide.map((b) => a.reduce((sum, x, r) => sum + (x - b[r]) ** 2, 0)));
  const map = Array.from(linearAssignment(costs).columns);
  const unused = Array.from({ length: guides }, (_, g) => g).filter((g) => !map.includes(g));
  const slots = [...map, ...unused];
  const gainOf = (slot: number, g: number, except: number) => {
    if (slot >= targets) return 0;
    let sum = 0;
    for (let j = 0; j < targets; j++) {
      if (j !== slot && j !== except) sum += (similarity[slot][j] + similarity[j][slot]) * confusion[g][slots[j]];
    }
    return sum;
  };
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let a = 0; a < targets; a++) {
      for (let b = a + 1; b < guides; b++) {
        const before = gainOf(a, slots[a], b) + gainOf(b, slots[b], a);
        const after = gainOf(a, slots[b], b) + gainOf(b, slots[a], a);
        if (after <= before + 1e-12) continue;
        [slots[a], slots[b]] = [slots[b], slots[a]];
        isBetter = true;
      }
    }
  }
  return slots.slice(0, targets);
}

/** `values` at `count` even places between its ends. */
function resample(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, r) => {
    const at = count === 1 ? 0 : (r * (values.length - 1)) / (count - 1);
    const low = Math.floor(at);
    const high = Math.min(values.length - 1, low + 1);
    return values[low] + (at - low) * (values[high] - values[low]);
  });
}

/** The guide's mean sorted row and sorted class rates, given to the target's classes by their similarity. */
function shapeOnly({ transition }: NoiseGuide, similarity: Matrix): Matrix {
  const guides = transition.length;
  const rows = transition.map((row, i) => signature([...row], i, guides - 1));
  const profile = rows[0].map((_, r) => rows.reduce((sum, row) => sum + row[r], 0));
  const classRates = transition.map((row, i) => 1 - row[i]).sort((a, b) => b - a);
  const nearest = similarity.map((row, i) => Math.max(...row.filter((_, j) => j !== i)));
  const byNearness = [...nearest.keys()].sort((a, b) => nearest[b] - nearest[a] || a - b);
  const rates = resample(classRates, similarity.length);
  const shares = resample(profile, similarity.length - 1);
  const counts = similarity.map((row, i) => {
    const order = [...row.keys()].filter((j) => j !== i).sort((a, b) => row[b] - row[a] || a - b);
    return row.map((_, j) => (j === i ? 0 : shares[order.indexOf(j)]));
  });
  return normalizeRows(counts).map((row, i) => {
    const wrong = rates[byNearness.indexOf(i)];
    return row.map((value, j) => (i === j ? 1 - wrong : value * wrong));
  });
}
