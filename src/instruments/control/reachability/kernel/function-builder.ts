import { type FunctionCode, signed, unsigned, type ValueType } from "./wasm-module.ts";

/** A local variable of a function under construction. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

const scalarOps = {
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.ge_s": 0x4e,
  "i32.ge_u": 0x4f,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.div_u": 0x6e,
  "i32.rem_u": 0x70,
  "i32.and": 0x71,
} as const;

const vectorOps = {
  "v128.load": 0x00,
  "v128.load32_splat": 0x09,
  "v128.load64_splat": 0x0a,
  "v128.store": 0x0b,
  "f32x4.splat": 0x13,
  "f64x2.splat": 0x14,
  "f32x4.lt": 0x43,
  "f64x2.lt": 0x49,
  "v128.and": 0x4e,
  "v128.bitselect": 0x52,
  "f32x4.abs": 0xe0,
  "f32x4.neg": 0xe1,
  "f32x4.sqrt": 0xe3,
  "f32x4.add": 0xe4,
  "f32x4.sub": 0xe5,
  "f32x4.mul": 0xe6,
  "f32x4.div": 0xe7,
  "f32x4.max": 0xe9,
  "f32x4.pmin": 0xea,
  "f32x4.pmax": 0xeb,
  "f64x2.abs": 0xec,
  "f64x2.neg": 0xed,
  "f64x2.sqrt": 0xef,
  "f64x2.add": 0xf0,
  "f64x2.sub": 0xf1,
  "f64x2.mul": 0xf2,
  "f64x2.div": 0xf3,
  "f64x2.max": 0xf5,
  "f64x2.pmin": 0xf6,
  "f64x2.pmax": 0xf7,
} as const;

/** Instructions without operands of their own. */
export type ScalarOp = keyof typeof scalarOps;
export type VectorOp = keyof typeof vectorOps;

/** Writes the instructions of one function in order. Operands are on the stack, as in WebAssembly itself. */
export class FunctionBuilder {
  readonly #bytes: number[] = [];
  readonly #locals: ValueType[] = [];
  readonly #parameters: readonly ValueType[];

  constructor(parameters: readonly ValueType[]) {
    this.#parameters = parameters;
  }

  parameter(index: number): Local {
    return { index, type: this.#parameters[index] };
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.#parameters.length + this.#locals.length - 1, type };
  }

  get(local: Local): this {
    return this.#emit(0x20, ...unsigned(local.index));
  }

  set(local: Local): this {
    return this.#emit(0x21, ...unsigned(local.index));
  }

  tee(local: Local): this {
    return this.#emit(0x22, ...unsigned(local.index));
  }

  i32(value: number): this {
    return this.#emit(0x41, ...signed(value));
  }

  scalar(op: ScalarOp): this {
    return this.#emit(scalarOps[op]);
  }

  /** A vector operation that is neither a load nor a store. */
  vector(op: Exclude<VectorOp, `v128.load${string}` | "v128.store">): this {
    return this.#emit(0xfd, ...unsigned(vectorOps[op]));
  }

  /** A load or store at the address on the stack (below the value to store) plus `offset` bytes. */
  memory(op: Extract<VectorOp, `v128.load${string}` | "v128.store">, offset: number): this {
    return this.#emit(0xfd, ...unsigned(vectorOps[op]), 0x00, ...unsigned(offset));
  }

  /** A constant vector from its 16 bytes. */
  v128(bytes: Uint8Array): this {
    return this.#emit(0xfd, 0x0c, ...bytes);
  }

  /** Converts the signed integer on the stack. */
  toFloat(type: "f32" | "f64"): this {
    return this.#emit(type === "f32" ? 0xb2 : 0xb7);
  }

  call(functionIndex: number): this {
    return this.#emit(0x10, ...unsigned(functionIndex));
  }

  /** Runs `then` when the number on the stack is not 0, else `otherwise`. */
  if(then: () => void, otherwise?: () => void): this {
    this.#emit(0x04, 0x40);
    then();
    if (otherwise !== undefined) {
      this.#emit(0x05);
      otherwise();
    }
    return this.#emit(0x0b);
  }

  /** `for (counter = counter; counter < end; counter += step) body`, with unsigned comparison. */
  loop({ counter, end, step }: { counter: Local; end: () => void; step: number }, body: () => void): this {
    this.#emit(0x02, 0x40, 0x03, 0x40).get(counter);
    end();
    this.scalar("i32.ge_u").#emit(0x0d, 0x01);
    body();
    this.get(counter).i32(step).scalar("i32.add").set(counter);
    return this.#emit(0x0c, 0x00, 0x0b, 0x0b);
  }

  finish(name: string, results: readonly ValueType[] = []): FunctionCode {
    return { name, parameters: this.#parameters, results, locals: this.#locals, instructions: this.#bytes };
  }

  #emit(...bytes: number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}
