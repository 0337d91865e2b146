import { OrreryError } from "../../errors.ts";
import { allocate, type DType, dtypeOfArray, type TypedArray } from "../dtype.ts";

/** Buffers of arguments that were given up, to be written again by results of the same dtype and size. */
export class BufferPool {
  readonly #free = new Map<string, TypedArray[]>();
  readonly #isFree = new WeakSet<ArrayBufferLike>();

  /** A buffer for a result, an old one if there is one that fits. */
  take(dtype: DType, size: number): TypedArray {
    const buffer =
      this.#free.get(`${dtype === "bool" ? "uint8" : dtype}:${size}`)?.pop() ?? (allocate(dtype, size) as TypedArray);
    this.#isFree.delete(buffer.buffer);
    return buffer;
  }

  /** Gives a buffer up. Views of a larger buffer are not kept: others may still read the rest of it. */
  give(data: TypedArray): void {
    if (data.byteLength !== data.buffer.byteLength || this.#isFree.has(data.buffer)) return;
    const key = `${dtypeOfArray(data)}:${data.length}`;
    this.#free.set(key, [...(this.#free.get(key) ?? []), data]);
    this.#isFree.add(data.buffer);
  }

  /** @throws OrreryError `argument` when `data` was given up and may be overwritten at any time. */
  checkLive(data: TypedArray, path: string): void {
    if (!this.#isFree.has(data.buffer)) return;
    throw new OrreryError(
      "argument",
      `compile: argument${path} was donated to an earlier call and is no longer valid`,
      {
        hint: "Use the result of that call instead, copy the array before, or leave it out of donate.",
      },
    );
  }
}
