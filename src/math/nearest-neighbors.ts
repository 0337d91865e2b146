import { type CompiledFunction, compile } from "../engine/compile/compile.ts";
import { NdArray } from "../engine/ndarray.ts";
import { matmul } from "../engine/ops/matmul.ts";
import type { Tensor } from "../engine/tensor.ts";
import { OrreryError } from "../errors.ts";
import { type Rows, rowsOf } from "./rows.ts";

/** How far two points are: `√Σ(a−b)²`, or 1 − cos(a, b), which is 1 where a point is zero. */
export type DistanceMetric = "euclidean" | "cosine";

/** What `nearestNeighbors` looks for. */
export interface NeighborOptions {
  /** Neighbours per point, at least 1. */
  readonly k: number;
  readonly metric?: DistanceMetric;
  /** `[n]`: a point's neighbours are sought among the points of its own group only. */
  readonly groups?: ArrayLike<number>;
  /** `[m, d]`: seek the neighbours of these points instead; without them a point is never its own neighbour. Not with `groups`. */
  readonly queries?: NdArray;
  readonly signal?: AbortSignal;
}

/** The neighbours of each point, nearest first; of equally near ones the lower index. */
export interface Neighbors {
  readonly k: number;
  /** `[m, k]`; -1 where there are fewer than `k`. */
  readonly indices: NdArray<"int32">;
  /** `[m, k]`; infinite where there are fewer than `k`. */
  readonly distances: NdArray<"float64">;
}

const tileRows = 256;
const tileColumns = 1024;
/** Further candidates that the products in float32 hand to the ranking in float64. */
const spare = 16;

/**
 * The `k` nearest neighbours of every point, by comparing all pairs. Inner products of tiles of points are computed in
 * float32 by ONNX Runtime; the best `k + 16` candidates of each point are then ranked by their distance in float64. So a
 * neighbour can be missed only for others that are all as near within the rounding of a float32 product.
 * @throws OrreryError `shape`, `argument` for points that are not finite or options that do not fit, `cancelled`.
 */
export async function nearestNeighbors(points: NdArray, options: NeighborOptions): Promise<Neighbors> {
  const { k, metric = "euclidean", groups, queries, signal } = options;
  if (!Number.isInteger(k) || k < 1) {
    throw new OrreryError("argument", `nearestNeighbors: k must be an integer from 1; got ${k}`);
  }
  const base = rowsOf("nearestNeighbors", points);
  const asked = queries === undefined ? base : rowsOf("nearestNeighbors: queries", queries);
  checkFit(base, asked, groups, queries !== undefined);
  const shift = metric === "cosine" ? undefined : meanOf(base);
  const search: Search = {
    k,
    isSelf: queries === undefined,
    base: prepare(base, shift),
    asked: queries === undefined ? undefined : prepare(asked, shift),
    signal,
    indices: new Int32Array(asked.count * k).fill(-1),
    distances: new Float64Array(asked.count * k).fill(Number.POSITIVE_INFINITY),
    metric,
  };
  const multiply = compile((a: Tensor, b: Tensor) => matmul(a, b, { transposeB: true }));
  try {
    const everyone = Int32Array.from({ length: base.count }, (_, i) => i);
    if (queries !== undefined) {
      await searchGroup(
        search,
        everyone,
        Int32Array.from({ length: asked.count }, (_, i) => i),
        multiply,
      );
    } else {
      for (const members of groups === undefined ? [everyone] : membersOfGroups(groups)) {
        await searchGroup(search, members, members, multiply);
      }
    }
  } finally {
    await multiply.release();
  }
  return {
    k,
    indices: new NdArray(search.indices, [asked.count, k]),
    distances: new NdArray(search.distances, [asked.count, k]),
  };
}

interface Search {
  readonly k: number;
  readonly isSelf: boolean;
  readonly metric: DistanceMetric;
  readonly base: Prepared;
  readonly asked: Prepared | undefined;
  readonly signal: AbortSignal | undefined;
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** Points made ready: centred for Euclidean distances, which keeps the products' rounding small, of length 1 for cosine. */
interface Prepared extends Rows {
  /** What a point's score adds to minus its inner product: half its squared length, or 0 for cosine. */
  readonly offset: Float64Array;
}

function checkFit(base: Rows, asked: Rows, groups: ArrayLike<number> | undefined, hasQueries: boolean): void {
  if (asked.width !== base.width) {
    throw new OrreryError(
      "shape",
      `nearestNeighbors: queries must have the points' ${base.width} coordinates; got ${asked.width}`,
    );
  }
  if (groups === undefined) return;
  if (hasQueries) {
    throw new OrreryError("argument", "nearestNeighbors: groups and queries cannot be combined", {
      hint: "Search each group's points on their own.",
    });
  }
  if (groups.length !== base.count) {
    throw new OrreryError(
      "shape",
      `nearestNeighbors: expected a group for each of ${base.count} points; got ${groups.length}`,
    );
  }
}

function meanOf({ count, width, values }: Rows): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width] += values[i] / count;
  return mean;
}

function prepare({ count, width, values }: Rows, shift: Float64Array | undefined): Prepared {
  const ready = Float64Array.from(values);
  const offset = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let square = 0;
    for (let j = i * width; j < (i + 1) * width; j++) {
      if (shift !== undefined) ready[j] -= shift[j - i * width];
      square += ready[j] * ready[j];
    }
    if (shift !== undefined) offset[i] = square / 2;
    else if (square > 0) for (let j = i * width; j < (i + 1) * width; j++) ready[j] /= Math.sqrt(square);
  }
  return { count, width, values: ready, offset };
}

/** The members of each group, ascending, groups in the order of their first member. */
export function membersOfGroups(groups: ArrayLike<number>): Int32Array[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < groups.length; i++) {
    const group = members.get(groups[i]);
    if (group === undefined) members.set(groups[i], [i]);
    else group.push(i);
  }
  return [...members.values()].map((list) => Int32Array.from(list));
}

/** The rows `members[begin …]` as float32 `[size, width]`, zero rows after the last. */
function tile(rows: Rows, members: Int32Array, begin: number, size: number): NdArray<"float32"> {
  const { width, values } = rows;
  const data = new Float32Array(size * width);
  const end = Math.min(members.length, begin + size);
  for (let i = begin; i < end; i++) {
    data.set(values.subarray(members[i] * width, (members[i] + 1) * width), (i - begin) * width);
  }
  return new NdArray(data, [size, width]);
}

type Product = CompiledFunction<[Tensor, Tensor], Tensor>;

async function searchGroup(search: Search, base: Int32Array, asked: Int32Array, multiply: Product): Promise<void> {
  const rows = search.asked ?? search.base;
  const limit = search.k + spare;
  const columns: NdArray[] = [];
  for (let c = 0; c < base.length; c += tileColumns) columns.push(tile(search.base, base, c, tileColumns));
  for (let r = 0; r < asked.length; r += tileRows) {
    const block = tile(rows, asked, r, tileRows);
    const count = Math.min(tileRows, asked.length - r);
    const best = Array.from({ length: count }, () => new Candidates(limit));
    for (const [c, column] of columns.entries()) {
      if (search.signal?.aborted === true) throw new OrreryError("cancelled", "nearestNeighbors: cancelled");
      const products = (await multiply(block, column)).data as Float32Array;
      const members = base.subarray(c * tileColumns, (c + 1) * tileColumns);
      const offsets = Float64Array.from(members, (member) => search.base.offset[member]);
      for (let i = 0; i < count; i++) {
        const self = search.isSelf ? asked[r + i] : -1;
        best[i].offer(products.subarray(i * tileColumns, i * tileColumns + members.length), offsets, members, self);
      }
    }
    for (let i = 0; i < count; i++) rank(search, asked[r + i], best[i].members());
  }
}

/** The candidates with the smallest scores, ascending. */
class Candidates {
  readonly #scores: Float64Array;
  readonly #indices: Int32Array;
  #size = 0;

  constructor(limit: number) {
    this.#scores = new Float64Array(limit + 1);
    this.#indices = new Int32Array(limit + 1);
  }

  offer(products: Float32Array, offsets: Float64Array, members: Int32Array, self: number): void {
    const scores = this.#scores;
    const limit = scores.length - 1;
    let worst = this.#size < limit ? Number.POSITIVE_INFINITY : scores[limit - 1];
    for (let j = 0; j < members.length; j++) {
      const score = offsets[j] - products[j];
      if (score >= worst || members[j] === self) continue;
      let place = this.#size;
      for (; place > 0 && scores[place - 1] > score; place--) {
        scores[place] = scores[place - 1];
        this.#indices[place] = this.#indices[place - 1];
      }
      scores[place] = score;
      this.#indices[place] = members[j];
      if (this.#size < limit) this.#size++;
      if (this.#size === limit) worst = scores[limit - 1];
    }
  }

  members(): Int32Array {
    return this.#indices.subarray(0, this.#size);
  }
}

/** Half the squared distance; for points of length 1 it is 1 − cos, and exactly 0 for equal ones. */
function halfSquare(a: Prepared, i: number, b: Prepared, j: number): number {
  let sum = 0;
  for (let d = 0; d < a.width; d++) {
    const difference = a.values[i * a.width + d] - b.values[j * b.width + d];
    sum += difference * difference;
  }
  return sum / 2;
}

function rank(search: Search, query: number, members: Int32Array): void {
  const { base, metric, k } = search;
  const from = search.asked ?? base;
  const isZero = (rows: Prepared, i: number) =>
    rows.values.subarray(i * rows.width, (i + 1) * rows.width).every((value) => value === 0);
  const hasZero = metric === "cosine" && isZero(from, query);
  const found = Array.from(members, (index) => {
    const half = halfSquare(from, query, base, index);
    if (metric === "euclidean") return { index, distance: Math.sqrt(2 * half) };
    return { index, distance: hasZero || (half === 0.5 && isZero(base, index)) ? 1 : half };
  });
  found.sort((a, b) => a.distance - b.distance || a.index - b.index);
  for (let i = 0; i < Math.min(k, found.length); i++) {
    search.indices[query * k + i] = found[i].index;
    search.distances[query * k + i] = found[i].distance;
  }
}
