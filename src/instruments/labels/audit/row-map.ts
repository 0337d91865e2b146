import { takeRows } from "../../../data/index.ts";
import type { NdArray } from "../../../engine/index.ts";
import { principalComponents } from "../../../math/principal-components.ts";

/** Some rows as points of a plane. */
export interface RowMap {
  /** Places among the audited rows, ascending: all suspects where they are few enough, and rows between them. */
  readonly places: Int32Array;
  /** `[places, 2]`: along the two directions in which these rows vary most. */
  readonly coordinates: NdArray<"float32">;
  /** The part of these rows' variance that lies in the plane. */
  readonly explained: number;
}

const mostSuspects = 600;
const mostOthers = 1200;
/** Wider embeddings cost more than the picture is worth. */
const widest = 2048;

/** At most `count` of the places, evenly spread. */
function spread(places: readonly number[], count: number): number[] {
  if (places.length <= count) return [...places];
  return Array.from({ length: count }, (_, i) => places[Math.floor((i * places.length) / count)]);
}

/**
 * Puts rows on a map: their first two principal components. Undefined for embeddings `[n, e]` with fewer than two or more than 2,048
 * coordinates, and where all rows are the same.
 */
export function mapRows(embedding: NdArray<"float32">, issues: Uint8Array): RowMap | undefined {
  const [count, width] = embedding.shape;
  if (width < 2 || width > widest) return undefined;
  const all = Array.from({ length: count }, (_, place) => place);
  const places = [
    ...spread(
      all.filter((place) => issues[place] === 1),
      mostSuspects,
    ),
    ...spread(
      all.filter((place) => issues[place] === 0),
      mostOthers,
    ),
  ].sort((a, b) => a - b);
  const points = takeRows(embedding, places);
  const { coordinates, variances, mean } = principalComponents(points, 2);
  let total = 0;
  for (let i = 0; i < points.data.length; i++) total += (points.data[i] - mean.data[i % width]) ** 2 / places.length;
  if (total === 0) return undefined;
  return { places: Int32Array.from(places), coordinates, explained: (variances.data[0] + variances.data[1]) / total };
}
