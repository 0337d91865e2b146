import { FunctionBuilder, type Local } from "./function-builder.ts";
import { type KernelParts, scratchPlaces } from "./kernel-parts.ts";
import { RowAddresses } from "./row-addresses.ts";
import { VectorEmitter } from "./vector-emitter.ts";
import type { VectorNode } from "./vector-graph.ts";
import type { ValueType } from "./wasm-module.ts";

/** What a loop does at the start of a row, for each of its vectors and at its end. */
export interface RowActions {
  readonly row?: () => void;
  readonly vector: () => void;
  readonly rowEnd?: () => void;
}

/** A function under construction that goes through the rows from its first argument up to its second. */
export class RowLoop {
  readonly code: FunctionBuilder;
  readonly addresses: RowAddresses;
  readonly emitter: VectorEmitter;
  /** The byte offset of the row in a buffer. */
  readonly rowOffset: Local;
  readonly #at: Local;
  readonly #aside: Local;
  readonly #parts: KernelParts;

  /** @param emitInput leaves an input that is no table on the stack. */
  constructor(parts: KernelParts, parameters: readonly ValueType[], emitInput: (loop: RowLoop, name: string) => void) {
    this.#parts = parts;
    this.code = new FunctionBuilder(parameters);
    this.addresses = new RowAddresses(this.code, parts.problem.grid, parts.layout);
    this.#at = this.code.local("i32");
    this.rowOffset = this.code.local("i32");
    this.#aside = this.code.local("i32");
    const read = (name: string) => {
      if (this.addresses.table(name) !== undefined) this.#emitTableEntry(name);
      else emitInput(this, name);
    };
    this.emitter = new VectorEmitter(this.code, parts.layout.precision, read, this.#aside);
  }

  /** Emits the loop; `roots` are all nodes that the actions will ask the emitter for, `scratch` a thread's scratch area. */
  emit(roots: readonly VectorNode[], scratch: Local, actions: RowActions): void {
    const { code, emitter, addresses } = this;
    const { layout, tables } = this.#parts;
    const row = code.parameter(0);
    emitter.plan(roots);
    emitter.emitConstants();
    code.get(scratch).i32(scratchPlaces.aside).scalar("i32.add").set(this.#aside);
    code.loop({ counter: row, end: () => code.get(code.parameter(1)), step: 1 }, () => {
      code.get(row).i32(layout.rowBytes).scalar("i32.mul").set(this.rowOffset);
      addresses.emitIndex(row);
      for (const name of emitter.inputs) if (tables.has(name)) addresses.emitTable(name, tables);
      actions.row?.();
      emitter.emitRowValues();
      code.i32(0).set(this.#at);
      code.loop({ counter: this.#at, end: () => code.i32(layout.vectorBytes), step: 16 }, actions.vector);
      actions.rowEnd?.();
    });
  }

  /** Leaves the current vector of the row that starts at an address on the stack. */
  load(row: Local, offset = this.#parts.layout.paddingBytes): void {
    this.address(row);
    this.code.memory("v128.load", offset);
  }

  /** Leaves the address of the current vector on the stack, without the row's padding. */
  address(row: Local): void {
    this.code.get(row).get(this.#at).scalar("i32.add");
  }

  /** Leaves the current vector of a buffer at a fixed address on the stack. */
  loadFixed(buffer: number): void {
    this.fixedAddress(buffer);
    this.code.memory("v128.load", this.#parts.layout.paddingBytes);
  }

  /** Leaves the address of the current vector of a buffer at a fixed address on the stack, without the row's padding. */
  fixedAddress(buffer: number): void {
    this.code.get(this.rowOffset).get(this.#at).scalar("i32.add").i32(buffer).scalar("i32.add");
  }

  /** Leaves the current vector of a single row at a fixed address on the stack. */
  loadFromRow(address: number): void {
    this.code.get(this.#at).i32(address).scalar("i32.add").memory("v128.load", 0);
  }

  #emitTableEntry(name: string): void {
    const { tables, problem, layout } = this.#parts;
    const table = this.addresses.table(name)!;
    const isAlongRow = tables.find(name).strides.has(problem.grid.axes.length - 1);
    if (isAlongRow) this.load(table, 0);
    else this.code.get(table).memory(layout.precision === "f32" ? "v128.load32_splat" : "v128.load64_splat", 0);
  }
}
