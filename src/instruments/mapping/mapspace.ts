import { OrreryError } from "../../errors.ts";
import type { Architecture } from "./architecture.ts";
import { checkConstraints, type LevelConstraint, type Slot, slotsOf } from "./constraints.ts";
import { countFactorizations, factorizations } from "./factorization.ts";
import { type Layout, layOut } from "./layout.ts";
import type { Mapping } from "./mapping.ts";
import { Nest } from "./nest.ts";
import type { Problem } from "./problem.ts";
import { describeViolation } from "./violations.ts";

/** All ways to cut one dimension: `rows` rows of `L` factors each, in every table. */
export interface DimensionTable {
  readonly dimension: number;
  readonly rows: number;
  readonly spatialX: Float64Array;
  readonly spatialY: Float64Array;
  readonly temporal: Float64Array;
  /** Extents inside and outside the temporal loop of each level. */
  readonly inner: Float64Array;
  readonly outer: Float64Array;
}

/** The orders one level allows: fixed innermost and outermost dimensions, any order of the free ones between. */
export interface OrderRule {
  readonly innermost: readonly number[];
  readonly free: readonly number[];
  readonly outermost: readonly number[];
}

/** A point of the map space: which row of every dimension table, which order of every level, which storage choice. */
export interface MapspacePoint {
  readonly rows: readonly number[];
  /** Dimensions of each level's temporal loops, innermost first. */
  readonly orders: readonly (readonly number[])[];
  readonly storage: number;
}

/** Above this many ways to cut one dimension the tables would not fit in memory. */
const maximumRows = 400_000;

/** Every mapping of a problem on an architecture that the constraints allow, valid or not. */
export class Mapspace {
  readonly layout: Layout;
  /** In the order of the problem's dimensions. */
  readonly tables: readonly DimensionTable[];
  readonly orders: readonly OrderRule[];
  /** Each storage choice is a `keep` table `[l·S + s]`. */
  readonly storages: readonly Uint8Array[];

  /**
   * @throws OrreryError `argument` for constraints that name unknown things or leave no mapping, `unsupported` when one
   * dimension can be cut in too many ways to list.
   */
  constructor(
    readonly problem: Problem,
    readonly architecture: Architecture,
    readonly constraints: readonly LevelConstraint[] = [],
  ) {
    checkConstraints(problem, architecture, constraints);
    this.layout = layOut(problem, architecture);
    this.tables = problem.dimensions.map((name, d) =>
      tabulate(d, name, problem.bounds[name], slotsOf(problem, architecture, constraints, name), this.layout.L),
    );
    const canMove = (l: number) => (d: number) => {
      const t = this.tables[d];
      for (let i = l; i < t.temporal.length; i += this.layout.L) if (t.temporal[i] > 1) return true;
      return false;
    };
    this.orders = architecture.levels.map((level, l) => orderRule(problem, constraints, level.name, canMove(l)));
    this.storages = listStorages(this.layout, constraints);
  }

  /** Ways to cut all dimensions: the product of the table lengths. */
  get factorizationCount(): bigint {
    return this.tables.reduce((product, t) => product * BigInt(t.rows), 1n);
  }

  /**
   * The exact size of the space: factorisations × orders × storage choices. Orders that differ only in loops of factor 1
   * are counted apart, as Timeloop does, unless no factorisation gives the level such a loop.
   */
  get size(): bigint {
    let size = this.factorizationCount * BigInt(this.storages.length);
    for (const rule of this.orders) {
      for (let k = 2; k <= rule.free.length; k++) size *= BigInt(k);
    }
    return size;
  }

  /** Whether every level has one order only, so that the space is factorisations alone. */
  get hasFixedOrders(): boolean {
    return this.orders.every((rule) => rule.free.length < 2);
  }

  /** Writes a point into a nest of this layout. */
  place(point: MapspacePoint, nest: Nest): void {
    const { D } = this.layout;
    point.rows.forEach((row, d) => {
      this.placeRow(nest, d, row);
    });
    point.orders.forEach((order, l) => {
      nest.order.set(order, l * D);
    });
    nest.keep.set(this.storages[point.storage]);
  }

  /** Writes row `row` of dimension `d` into a nest. */
  placeRow(nest: Nest, d: number, row: number): void {
    const { L, D } = this.layout;
    const t = this.tables[d];
    for (let l = 0, from = row * L, to = d; l < L; l++, from++, to += D) {
      nest.spatialX[to] = t.spatialX[from];
      nest.spatialY[to] = t.spatialY[from];
      nest.temporal[to] = t.temporal[from];
      nest.inner[to] = t.inner[from];
      nest.outer[to] = t.outer[from];
    }
  }

  /** A point as a mapping for people. */
  toMapping(point: MapspacePoint): Mapping {
    const nest = new Nest(this.layout);
    this.place(point, nest);
    return nest.toMapping();
  }

  /** The order of level `l` with its free dimensions as listed in the problem. */
  firstOrder(l: number): number[] {
    const { innermost, free, outermost } = this.orders[l];
    return [...innermost, ...free, ...outermost];
  }
}

function tabulate(dimension: number, name: string, bound: number, slots: readonly Slot[], L: number): DimensionTable {
  const free = slots.filter((s) => s.fixed === 0);
  const rest = slots.reduce((left, s) => (s.fixed === 0 ? left : left / s.fixed), bound);
  const count = countFactorizations(rest, free.length);
  if (count > BigInt(maximumRows)) {
    throw new OrreryError(
      "unsupported",
      `map space: ${name} = ${bound} can be cut in ${count} ways; at most ${maximumRows}`,
      {
        hint: `Fix the factor of ${name} at some of the levels.`,
      },
    );
  }
  // A dimension runs along one axis of a mesh only, as in Timeloop; a level's X slot stands just before its Y slot.
  const isOneAxis = (f: readonly number[], i: number) =>
    free[i].kind !== "spatialY" || free[i - 1]?.kind !== "spatialX" || f[i] === 1 || f[i - 1] === 1;
  const list = [...factorizations(rest, free.length)].filter((f) =>
    f.every((x, i) => x <= free[i].max && isOneAxis(f, i)),
  );
  if (list.length === 0) {
    throw new OrreryError("argument", `map space: no way to cut ${name} = ${bound} stays below its largest factors`, {
      hint: `Raise a largest factor of ${name} or free it at another level.`,
    });
  }
  const rows = list.length;
  const table = {
    dimension,
    rows,
    spatialX: new Float64Array(rows * L).fill(1),
    spatialY: new Float64Array(rows * L).fill(1),
    temporal: new Float64Array(rows * L).fill(1),
    inner: new Float64Array(rows * L),
    outer: new Float64Array(rows * L),
  };
  list.forEach((factors, row) => {
    let next = 0;
    for (const s of slots) table[s.kind][row * L + s.level] = s.fixed === 0 ? factors[next++] : s.fixed;
    let extent = 1;
    for (let i = row * L; i < (row + 1) * L; i++) {
      extent *= table.spatialX[i] * table.spatialY[i];
      table.inner[i] = extent;
      extent *= table.temporal[i];
      table.outer[i] = extent;
    }
  });
  return table;
}

function orderRule(
  problem: Problem,
  constraints: readonly LevelConstraint[],
  level: string,
  canMove: (d: number) => boolean,
): OrderRule {
  const rule = constraints.find((c) => c.level === level)?.temporal;
  const index = (d: string) => problem.dimensions.indexOf(d);
  const innermost = (rule?.innermost ?? []).map(index);
  const outermost = (rule?.outermost ?? []).map(index).reverse();
  const listed = [...innermost, ...outermost];
  const rest = problem.dimensions.map((_, d) => d).filter((d) => !listed.includes(d));
  return {
    innermost: [...innermost, ...rest.filter((d) => !canMove(d))],
    free: rest.filter(canMove),
    outermost,
  };
}

/**
 * Keep tables for every choice of the free (level, tensor) pairs; the outermost level keeps what no rule forbids, one that
 * only fans out nothing that no rule demands.
 */
function listStorages(layout: Layout, constraints: readonly LevelConstraint[]): Uint8Array[] {
  const { L, S, problem, architecture, operands } = layout;
  const fixed = new Uint8Array(L * S);
  const free: number[] = [];
  architecture.levels.forEach((level, l) => {
    const c = constraints.find((rule) => rule.level === level.name);
    problem.dataSpaces.forEach((space, s) => {
      if (c?.keep?.includes(space.name)) fixed[l * S + s] = 1;
      else if (c?.bypass?.includes(space.name)) fixed[l * S + s] = 0;
      else if (l === L - 1) fixed[l * S + s] = 1;
      else if (level.wordBits === 1) fixed[l * S + s] = 0;
      else free.push(l * S + s);
    });
  });
  for (let i = 0; i < L * S; i++) {
    if (fixed[i] === 0 || operands[i] > 0) continue;
    const [level, space] = [architecture.levels[Math.floor(i / S)], problem.dataSpaces[i % S]];
    const violation = describeViolation({
      kind: "operand width",
      level: level.name,
      tensor: space.name,
      required: space.bits!,
      available: level.wordBits,
    });
    throw new OrreryError("argument", `map space: ${violation}`, {
      hint: "Use narrower operands or bypass the level.",
    });
  }
  if (free.length > 12) {
    throw new OrreryError(
      "unsupported",
      `map space: ${free.length} free storage choices are 2^${free.length} spaces; at most 2^12`,
      { hint: "Say keep or bypass for more of the levels." },
    );
  }
  return Array.from({ length: 2 ** free.length }, (_, choice) => {
    const keep = Uint8Array.from(fixed);
    free.forEach((i, bit) => {
      keep[i] = (choice >> bit) & 1 ? 0 : 1;
    });
    return keep;
  }).filter((keep) => keep.every((k, i) => k === 0 || operands[i] > 0));
}
