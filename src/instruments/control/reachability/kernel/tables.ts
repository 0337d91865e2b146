import { timeName } from "../dynamics.ts";
import { compileExpression, type Expression, type ExpressionFunction, variablesOf } from "../expression.ts";
import type { Grid } from "../grid.ts";
import { type Layout, roundUp, viewOf } from "./layout.ts";
import type { Rate, VectorGraph, VectorNode } from "./vector-graph.ts";

/** The values of a part of the dynamics on the axes that it depends on. */
interface Table {
  readonly expression: Expression;
  /** Increasing. */
  readonly axes: readonly number[];
  readonly isTimeVarying: boolean;
  /** Bytes from neighbour to neighbour along each of the axes. */
  readonly strides: readonly number[];
  readonly bytes: number;
}

/** What tables are made for. */
interface TableOptions {
  readonly grid: Grid;
  readonly layout: Layout;
  readonly states: readonly string[];
  readonly functions: Readonly<Record<string, ExpressionFunction>>;
}

/** Functions that a kernel computes itself where their operands depend on several axes. */
const inline = {
  add: (m: VectorGraph, [a, b]: VectorNode[]) => m.add(a, b),
  subtract: (m: VectorGraph, [a, b]: VectorNode[]) => m.subtract(a, b),
  multiply: (m: VectorGraph, [a, b]: VectorNode[]) => m.multiply(a, b),
  divide: (m: VectorGraph, [a, b]: VectorNode[]) => m.divide(a, b),
  negate: (m: VectorGraph, [a]: VectorNode[]) => m.negate(a),
  abs: (m: VectorGraph, [a]: VectorNode[]) => m.abs(a),
  sqrt: (m: VectorGraph, [a]: VectorNode[]) => m.sqrt(a),
  min: (m: VectorGraph, nodes: VectorNode[]) => nodes.reduce((a, b) => m.min(a, b)),
  max: (m: VectorGraph, nodes: VectorNode[]) => nodes.reduce((a, b) => m.max(a, b)),
} as const;

/**
 * The parts of the dynamics that are looked up instead of computed: all that depends on at most one axis, and what a kernel
 * has no instruction for. Arithmetic over several axes is computed at the point.
 */
export class Tables {
  readonly #grid: Grid;
  readonly #layout: Layout;
  readonly #states: readonly string[];
  readonly #functions: Readonly<Record<string, ExpressionFunction>>;
  readonly #tables = new Map<string, Table>();
  readonly #addresses = new Map<string, number>();

  constructor({ grid, layout, states, functions }: TableOptions) {
    this.#grid = grid;
    this.#layout = layout;
    this.#states = states;
    this.#functions = functions;
  }

  /** The expression as a node of a graph, with inputs named after tables. */
  lower(graph: VectorGraph, expression: Expression): VectorNode {
    if (expression.kind === "number") return graph.constant(expression.value);
    const axes = this.#axesOf(expression);
    if (axes.length < 2 || expression.kind === "variable") return this.#lookUp(graph, expression, axes);
    const { name, operands } = expression;
    const isOwn = Object.hasOwn(this.#functions, name);
    const [base, exponent] = operands;
    if (!isOwn && name === "power" && exponent.kind === "number" && [2, 3, 4].includes(exponent.value)) {
      const node = this.lower(graph, base);
      return Array.from({ length: exponent.value - 1 }, () => node).reduce((a, b) => graph.multiply(a, b), node);
    }
    if (isOwn || !Object.hasOwn(inline, name)) return this.#lookUp(graph, expression, axes);
    return inline[name as keyof typeof inline](
      graph,
      operands.map((e) => this.lower(graph, e)),
    );
  }

  /** Gives every table its place from `address` on; returns the end. */
  place(address: number): number {
    let end = address;
    for (const [name, { bytes }] of this.#tables) {
      this.#addresses.set(name, end);
      end += bytes;
    }
    return end;
  }

  has(name: string): boolean {
    return this.#tables.has(name);
  }

  /** Where a named table is and how far apart its entries are along each axis it depends on. */
  find(name: string): { readonly address: number; readonly strides: ReadonlyMap<number, number> } {
    const { axes, strides } = this.#tables.get(name)!;
    return { address: this.#addresses.get(name)!, strides: new Map(axes.map((a, i) => [a, strides[i]])) };
  }

  /** Computes the tables: those that change with time, or all of them. */
  fill(memory: ArrayBufferLike, time: number, which: "all" | "time-varying"): void {
    for (const [name, table] of this.#tables) {
      if (which === "all" || table.isTimeVarying) this.#fillTable(memory, table, this.#addresses.get(name)!, time);
    }
  }

  #axesOf(expression: Expression): number[] {
    const names = variablesOf(expression);
    return this.#states.flatMap((state, a) => (names.has(state) ? [a] : []));
  }

  #lookUp(graph: VectorGraph, expression: Expression, axes: readonly number[]): VectorNode {
    const last = this.#grid.axes.length - 1;
    const name = `table ${print(expression)}`;
    if (!this.#tables.has(name)) {
      const { size, vectorBytes } = this.#layout;
      const counts = axes.map((a) => (a === last ? vectorBytes / size : this.#grid.shape[a]));
      const strides = counts.map((_, i) => counts.slice(i + 1).reduce((a, b) => a * b, size));
      const bytes = roundUp(
        counts.reduce((a, b) => a * b, size),
        16,
      );
      const isTimeVarying = variablesOf(expression).has(timeName);
      this.#tables.set(name, { expression, axes, isTimeVarying, strides, bytes });
    }
    const rate: Rate = axes.includes(last) ? 2 : 1;
    return graph.input(name, rate);
  }

  #fillTable(memory: ArrayBufferLike, { expression, axes, bytes }: Table, address: number, time: number): void {
    const { size, precision, vectorBytes } = this.#layout;
    const last = this.#grid.axes.length - 1;
    const evaluate = compileExpression(expression, [...this.#states, timeName], this.#functions);
    const view = viewOf(memory, precision, address, Math.floor(bytes / size));
    const state = [...this.#states.map(() => 0), time];
    let at = 0;
    const visit = (depth: number) => {
      if (depth === axes.length) {
        view[at++] = evaluate(state);
        return;
      }
      const { coordinates, points } = this.#grid.axes[axes[depth]];
      const count = axes[depth] === last ? vectorBytes / size : points;
      for (let i = 0; i < count; i++) {
        // Beyond the last point of a row the last value is repeated, so that no lane leaves the system's domain.
        state[axes[depth]] = coordinates[Math.min(i, points - 1)];
        visit(depth + 1);
      }
    };
    visit(0);
  }
}

function print(expression: Expression): string {
  if (expression.kind === "number") return String(expression.value);
  if (expression.kind === "variable") return expression.name;
  return `${expression.name}(${expression.operands.map(print).join(",")})`;
}
