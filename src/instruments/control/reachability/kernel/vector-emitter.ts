import type { FunctionBuilder, Local, VectorOp } from "./function-builder.ts";
import type { VectorNode } from "./vector-graph.ts";

/** Width of the numbers of a kernel. */
export type Precision = "f32" | "f64";

/** Bytes of a number. */
export const sizeOf: Readonly<Record<Precision, number>> = { f32: 4, f64: 8 };

/** Numbers in a vector. */
export function lanesOf(precision: Precision): number {
  return 16 / sizeOf[precision];
}

type PlainOp = Exclude<VectorOp, `v128.load${string}` | "v128.store">;

/** The vector operation of a precision, such as `add`. */
export function vectorOp(precision: Precision, name: "sub" | "max" | "pmin" | "pmax" | "splat" | "abs"): PlainOp {
  return `${precision === "f32" ? "f32x4" : "f64x2"}.${name}` as PlainOp;
}

/** The 16 bytes of a vector of numbers; fewer numbers than lanes repeat. */
export function vectorBytes(precision: Precision, numbers: readonly number[]): Uint8Array {
  const lanes = Array.from({ length: lanesOf(precision) }, (_, i) => numbers[i % numbers.length]);
  return new Uint8Array((precision === "f32" ? Float32Array.from(lanes) : Float64Array.from(lanes)).buffer);
}

/**
 * Emits the values of a vector graph. What changes with the row is computed once by `emitRowValues`, the rest where it is first
 * needed; what is needed twice stays in a local.
 */
export class VectorEmitter {
  readonly #code: FunctionBuilder;
  readonly #precision: Precision;
  readonly #emitInput: (name: string) => void;
  readonly #locals = new Map<VectorNode, Local>();
  readonly #uses = new Map<VectorNode, number>();
  readonly #slots = new Map<VectorNode, number>();
  readonly #aside: Local | undefined;

  /**
   * @param emitInput leaves the value of an input on the stack.
   * @param aside the address of memory for values that are put aside, where there are any.
   */
  constructor(code: FunctionBuilder, precision: Precision, emitInput: (name: string) => void, aside?: Local) {
    this.#code = code;
    this.#precision = precision;
    this.#emitInput = emitInput;
    this.#aside = aside;
  }

  /** Names everything that will be emitted. Call once, before anything else. */
  plan(roots: readonly VectorNode[]): void {
    for (const root of roots) this.#count(root);
  }

  /** The inputs of everything planned. */
  get inputs(): string[] {
    return [...this.#uses.keys()].filter((node) => node.op === "input").map((node) => node.input);
  }

  /** Brings the constants into locals. */
  emitConstants(): void {
    for (const node of this.#uses.keys()) if (node.op === "constant") this.#keep(node);
  }

  /** Computes what is the same for a row, into locals. */
  emitRowValues(): void {
    for (const node of this.#uses.keys()) if (node.rate === 1) this.#keep(node);
  }

  /** Leaves a node's value on the stack. */
  emit(node: VectorNode): void {
    const known = this.#locals.get(node);
    if (known !== undefined) {
      this.#code.get(known);
      return;
    }
    if (node.op === "aside") {
      this.#emitAside(node);
      return;
    }
    this.#emitFresh(node);
    if (node.rate === 2 && (this.#uses.get(node) ?? 0) < 2) return;
    const local = this.#code.local("v128");
    this.#locals.set(node, local);
    this.#code.tee(local);
  }

  /**
   * Stores a value when it is first needed and loads it at every use. The compiler keeps loads and stores in their order but is
   * free to move all else, and left alone it computes everything at once, with most of it spilled.
   */
  #emitAside(node: VectorNode): void {
    let slot = this.#slots.get(node);
    const aside = this.#aside!;
    if (slot === undefined) {
      slot = 16 * this.#slots.size;
      this.#slots.set(node, slot);
      this.#code.get(aside);
      this.emit(node.operands[0]);
      this.#code.memory("v128.store", slot);
    }
    this.#code.get(aside).memory("v128.load", slot);
  }

  #keep(node: VectorNode): void {
    if (this.#locals.has(node)) return;
    this.#emitFresh(node);
    const local = this.#code.local("v128");
    this.#locals.set(node, local);
    this.#code.set(local);
  }

  #emitFresh(node: VectorNode): void {
    if (node.op === "constant") {
      this.#code.v128(vectorBytes(this.#precision, [node.value]));
      return;
    }
    if (node.op === "input") {
      this.#emitInput(node.input);
      return;
    }
    const shape = this.#precision === "f32" ? "f32x4" : "f64x2";
    if (node.op === "select") {
      const [a, b, then, otherwise] = node.operands;
      for (const operand of [then, otherwise, a, b]) this.emit(operand);
      this.#code.vector(`${shape}.lt`).vector("v128.bitselect");
      return;
    }
    for (const operand of node.operands) this.emit(operand);
    // `pmin` and `pmax` are one instruction where `min` and `max` are several; a NaN in the first operand stays one.
    const name = node.op === "min" || node.op === "max" ? (`p${node.op}` as const) : node.op;
    this.#code.vector(`${shape}.${name as "add"}`);
  }

  #count(node: VectorNode): void {
    const uses = this.#uses.get(node) ?? 0;
    if (uses === 0) for (const operand of node.operands) this.#count(operand);
    this.#uses.set(node, uses + 1);
  }
}
