import { NdArray } from "../../../engine/index.ts";
import type { Setup } from "./method.ts";

/** A memory for the training rows, all `value` (0 when left out): `[n, width]`, or `[n]` without a width. */
export function filledRows(
  { examples }: Pick<Setup, "examples">,
  { width, value = 0 }: { readonly width?: number; readonly value?: number } = {},
): NdArray<"float32"> {
  const count = examples.labels.length;
  const shape = width === undefined ? [count] : [count, width];
  return new NdArray(new Float32Array(count * (width ?? 1)).fill(value), shape);
}
