import { OrreryError } from "../errors.ts";

/** Which column each row gets, and the sum of the costs. */
export interface Assignment {
  readonly columns: Int32Array;
  readonly cost: number;
}

/**
 * The assignment of rows to different columns with the least total cost, for a cost matrix with at most as many rows as
 * columns; O(rows² · columns). Source: Kuhn, "The Hungarian method for the assignment problem", 1955, with shortest
 * augmenting paths (Jonker & Volgenant, 1987).
 * @throws OrreryError `shape` for a ragged matrix or more rows than columns, `argument` for a cost that is not finite.
 */
export function linearAssignment(costs: readonly ArrayLike<number>[]): Assignment {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  checkCosts(costs, columns);
  const rowPrice = new Float64Array(rows);
  const columnPrice = new Float64Array(columns);
  const rowOf = new Int32Array(columns).fill(-1);
  for (let row = 0; row < rows; row++) augment(costs, row, rowPrice, columnPrice, rowOf);
  const assigned = new Int32Array(rows);
  rowOf.forEach((row, column) => {
    if (row >= 0) assigned[row] = column;
  });
  return { columns: assigned, cost: assigned.reduce((sum, column, row) => sum + costs[row][column], 0) };
}

function checkCosts(costs: readonly ArrayLike<number>[], columns: number): void {
  if (costs.length > columns) {
    throw new OrreryError(
      "shape",
      `linearAssignment: expected at most as many rows as columns; got ${costs.length} rows, ${columns} columns`,
    );
  }
  costs.forEach((row, i) => {
    if (row.length !== columns) {
      throw new OrreryError("shape", `linearAssignment: row ${i}: expected ${columns} costs; got ${row.length}`);
    }
    for (let j = 0; j < columns; j++) {
      if (Number.isFinite(row[j])) continue;
      throw new OrreryError(
        "argument",
        `linearAssignment: row ${i}, column ${j}: expected a finite cost; got ${row[j]}`,
      );
    }
  });
}

/** Gives `start` a column along the cheapest path of reassignments, and keeps all reduced costs non-negative. */
function augment(
  costs: readonly ArrayLike<number>[],
  start: number,
  rowPrice: Float64Array,
  columnPrice: Float64Array,
  rowOf: Int32Array,
): void {
  const columns = rowOf.length;
  const least = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(columns).fill(-1);
  const isDone = new Uint8Array(columns);
  let [row, from, reached] = [start, -1, 0];
  for (;;) {
    let next = -1;
    for (let j = 0; j < columns; j++) {
      if (isDone[j] === 1) continue;
      const path = reached + costs[row][j] - rowPrice[row] - columnPrice[j];
      if (path < least[j]) {
        least[j] = path;
        previous[j] = from;
      }
      if (next < 0 || least[j] < least[next]) next = j;
    }
    reached = least[next];
    isDone[next] = 1;
    from = next;
    if (rowOf[next] < 0) break;
    row = rowOf[next];
  }
  rowPrice[start] += reached;
  for (let j = 0; j < columns; j++) {
    if (isDone[j] === 0 || j === from) continue;
    rowPrice[rowOf[j]] += reached - least[j];
    columnPrice[j] -= reached - least[j];
  }
  for (let j = from; j >= 0; j = previous[j]) rowOf[j] = previous[j] < 0 ? start : rowOf[previous[j]];
}
