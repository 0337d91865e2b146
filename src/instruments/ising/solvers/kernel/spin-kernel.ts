import { OrreryError } from "../../../../errors.ts";
import { wasm } from "./spins.wasm.ts";

/** The part of WebAssembly used here, which every runtime has and Node's types leave out. */
const { Module, Instance } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    };
  }
).WebAssembly;

/** The kernels of spins.as; every `job` is the address of a configuration's record. */
interface SpinExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  freeFrom(): number;
  flipInteger(job: number, i: number): void;
  flipReal(job: number, i: number): void;
  descendInteger(job: number): number;
  descendReal(job: number, least: number): number;
  sweepInteger(job: number, random: number, thresholds: number, largest: number): number;
  sweepReal(job: number, random: number, scale: number): number;
  chooseInteger(job: number, until: number, now: number, wanted: number, start: number): number;
  chooseReal(job: number, until: number, now: number, wanted: number, start: number): number;
  pull(job: number, external: number, x: number, out: number): void;
}

const pageBytes = 1 << 16;
const alignment = 64;
const mostBytes = 2 ** 32 - pageBytes;

let compiled: object | undefined;

/** `bytes` in whole steps of the memory's alignment. */
export function alignedBytes(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

/** A memory of fixed size with the kernels that work in it. Views of it stay valid. */
export class SpinKernel {
  readonly run: SpinExports;
  /** Where the four words of a random stream stand during a sweep. */
  readonly random: Int32Array;
  readonly #end: number;
  #next: number;

  /** @throws OrreryError `runtime` for more bytes than 32-bit addresses reach, or than the machine has. */
  constructor(bytes: number) {
    compiled ??= new Module(Buffer.from(wasm, "base64"));
    this.run = new Instance(compiled).exports as SpinExports;
    const { memory } = this.run;
    this.#next = alignedBytes(this.run.freeFrom());
    this.#end = this.#next + bytes + alignment;
    const missing = Math.ceil((this.#end - memory.buffer.byteLength) / pageBytes);
    try {
      if (this.#end > mostBytes) throw new RangeError("beyond 4 GiB");
      if (missing > 0) memory.grow(missing);
    } catch (cause) {
      const gigabytes = (this.#end / 2 ** 30).toFixed(1);
      throw new OrreryError("runtime", `ising solve: the model needs ${gigabytes} GiB of memory for its kernels`, {
        cause,
        hint: "Use fewer replicas, or a model with fewer spins or couplings.",
      });
    }
    this.random = this.int32(this.take(16), 4);
  }

  /** The address of so many free bytes, zero at first use. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next += alignedBytes(bytes);
    if (this.#next <= this.#end) return at;
    throw new OrreryError("runtime", "ising solve: more configurations than memory was reserved for");
  }

  /** All that is taken after a mark is free again once it is released. */
  mark(): number {
    return this.#next;
  }

  release(mark: number): void {
    this.#next = mark;
  }

  int8(at: number, length: number): Int8Array {
    return new Int8Array(this.run.memory.buffer, at, length);
  }

  int32(at: number, length: number): Int32Array {
    return new Int32Array(this.run.memory.buffer, at, length);
  }

  float64(at: number, length: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, at, length);
  }
}
