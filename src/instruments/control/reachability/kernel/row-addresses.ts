import { stencilRadius } from "../finite-differences.ts";
import type { Grid } from "../grid.ts";
import type { Scheme } from "../scheme.ts";
import type { FunctionBuilder, Local } from "./function-builder.ts";
import { inputName } from "./kernel-program.ts";
import type { Layout } from "./layout.ts";
import type { Tables } from "./tables.ts";

/** Where the rows that a row's stencils need are: emitted once per row, read by its vectors. */
export class RowAddresses {
  readonly #code: FunctionBuilder;
  readonly #grid: Grid;
  readonly #layout: Layout;
  /** The row's place along each axis but the last. */
  readonly #index: readonly Local[];
  readonly #neighbours = new Map<string, Local>();
  readonly #tables = new Map<string, Local>();

  constructor(code: FunctionBuilder, grid: Grid, layout: Layout) {
    this.#code = code;
    this.#grid = grid;
    this.#layout = layout;
    this.#index = grid.axes.slice(0, -1).map(() => code.local("i32"));
  }

  /** Splits the number of a row into its places along the axes. */
  emitIndex(row: Local): void {
    const outer = this.#grid.shape.slice(0, -1);
    const rest = this.#code.local("i32");
    this.#code.get(row).set(rest);
    for (let a = outer.length - 1; a > 0; a--) {
      this.#code.get(rest).i32(outer[a]).scalar("i32.rem_u").set(this.#index[a]);
      this.#code.get(rest).i32(outer[a]).scalar("i32.div_u").set(rest);
    }
    if (outer.length > 0) this.#code.get(rest).set(this.#index[0]);
  }

  /**
   * The addresses of all rows beside the row at `center`; rows beyond an end are made in `scratch`, one after the other, by
   * the functions at `ghostRows`.
   */
  emitNeighbours({ center, scratch, scheme, ghostRows }: NeighbourRows): void {
    const r = stencilRadius[scheme.derivative];
    let slot = 0;
    this.#index.forEach((_, a) => {
      for (const offset of Array.from({ length: 2 * r }, (_, k) => (k < r ? k - r : k - r + 1))) {
        const address = this.#code.local("i32");
        this.#neighbours.set(inputName.value(a, offset), address);
        this.#emitNeighbour({ a, offset, center, address, scratch, slot: slot++ }, ghostRows);
      }
    });
  }

  /** How many rows of scratch `emitNeighbours` uses. */
  static scratchRows(grid: Grid, scheme: Scheme): number {
    return 2 * stencilRadius[scheme.derivative] * (grid.axes.length - 1);
  }

  /** Leaves the address of the row that holds a named value on the stack, if it is beside the centre. */
  neighbour(name: string): Local | undefined {
    return this.#neighbours.get(name);
  }

  /** The address of a table's entries for the row. */
  emitTable(name: string, tables: Tables): void {
    const { address, strides } = tables.find(name);
    const local = this.#code.local("i32");
    this.#code.i32(address);
    this.#index.forEach((index, a) => {
      const stride = strides.get(a);
      if (stride !== undefined) this.#code.get(index).i32(stride).scalar("i32.mul").scalar("i32.add");
    });
    this.#code.set(local);
    this.#tables.set(name, local);
  }

  table(name: string): Local | undefined {
    return this.#tables.get(name);
  }

  #emitNeighbour(place: NeighbourPlace, ghostRows: ReadonlyMap<string, number>): void {
    const { a, offset, center, address } = place;
    const code = this.#code;
    const { points, boundary } = this.#grid.axes[a];
    const stride = this.#layout.strideBytes[a];
    const isInside = () =>
      offset < 0
        ? code.get(this.#index[a]).i32(-offset).scalar("i32.ge_u")
        : code
            .get(this.#index[a])
            .i32(points - offset)
            .scalar("i32.lt_s");
    const shift = (bytes: number) => () => code.get(center).i32(bytes).scalar("i32.add").set(address);
    const beyond =
      boundary === "periodic"
        ? shift((offset + (offset < 0 ? points : -points)) * stride)
        : () => this.#emitGhost(place, ghostRows.get(boundary)!);
    isInside();
    code.if(shift(offset * stride), beyond);
  }

  /** Makes the row beyond an end: `index + offset` steps before the first or after the last. */
  #emitGhost({ a, offset, center, address, scratch, slot }: NeighbourPlace, ghostRow: number): void {
    const code = this.#code;
    const { points } = this.#grid.axes[a];
    const stride = this.#layout.strideBytes[a];
    const index = this.#index[a];
    const edge = code.local("i32");
    const isLow = offset < 0;
    // center + (edgeIndex − index)·stride
    code
      .get(center)
      .i32(isLow ? 0 : points - 1)
      .get(index)
      .scalar("i32.sub")
      .i32(stride)
      .scalar("i32.mul")
      .scalar("i32.add")
      .set(edge);
    code
      .get(scratch)
      .i32(slot * this.#layout.rowBytes)
      .scalar("i32.add")
      .set(address);
    code.get(edge);
    code
      .get(edge)
      .i32(isLow ? stride : -stride)
      .scalar("i32.add");
    if (isLow) code.i32(-offset).get(index).scalar("i32.sub");
    else
      code
        .get(index)
        .i32(offset - points + 1)
        .scalar("i32.add");
    code.toFloat(this.#layout.precision).get(address).call(ghostRow);
  }
}

/** Around what, and how, the rows beside are found. */
interface NeighbourRows {
  readonly center: Local;
  readonly scratch: Local;
  readonly scheme: Scheme;
  readonly ghostRows: ReadonlyMap<string, number>;
}

interface NeighbourPlace {
  readonly a: number;
  readonly offset: number;
  readonly center: Local;
  readonly address: Local;
  readonly scratch: Local;
  readonly slot: number;
}
