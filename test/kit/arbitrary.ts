import fc from "fast-check";
import type { DType } from "../../src/engine/dtype.ts";
import { arrayFrom } from "../../src/engine/dtype.ts";
import { NdArray } from "../../src/engine/ndarray.ts";
import { key } from "../../src/engine/random/key.ts";
import { samplePermutation, sampleUniform } from "../../src/engine/random/sample.ts";
import { type Shape, sizeOf } from "../../src/engine/shape.ts";

/** Shapes of rank `minimum` … `maximum` with axes of size 0 (rarely), 1, 2 and 3. */
export function shapes(minimum = 0, maximum = 4): fc.Arbitrary<number[]> {
  const size = fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) },
  );
  return fc.array(size, { minLength: minimum, maxLength: maximum });
}

/** `count` shapes that broadcast together: each drops leading axes of a common shape and has 1 in place of some others. */
export function broadcastingShapes(count: number): fc.Arbitrary<Shape[]> {
  return shapes().chain((whole) => {
    const one = fc
      .tuple(fc.nat(whole.length), fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }))
      .map(([dropped, isOne]) => whole.map((n, i) => (isOne[i] ? 1 : n)).slice(dropped % 3 === 0 ? 0 : dropped));
    return fc.array(one, { minLength: count, maxLength: count });
  });
}

/** The same `count` examples in every run, for checks that put many into one compiled function. */
export function examples<T>(arbitrary: fc.Arbitrary<T>, count: number, seed = 1): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed });
}

/** Uniform numbers in `[low, high)`, the same for one seed everywhere. */
export function values(shape: Shape, { seed = 0, low = -1, high = 1 } = {}): NdArray<"float32"> {
  const unit = sampleUniform(key(seed), sizeOf(shape));
  return new NdArray(
    unit.map((u) => low + u * (high - low)),
    shape,
    "float32",
  );
}

/** Numbers of both signs, no two alike and none near a whole or half number: away from the kinks of maxima, orders and roundings. */
export function distinct(shape: Shape, seed = 0): NdArray<"float32"> {
  const order = samplePermutation(key(seed), sizeOf(shape));
  return new NdArray(
    Float32Array.from(order, (k) => (k % 2 === 0 ? 1 : -1) * (0.08 + 0.5 * (k >> 1) + 0.11 * (k % 4))),
    shape,
    "float32",
  );
}

/** Whole numbers in `[low, high)`. */
export function integers(
  shape: Shape,
  low: number,
  high: number,
  { seed = 0, dtype = "int32" as DType } = {},
): NdArray {
  const unit = sampleUniform(key(seed), sizeOf(shape));
  return new NdArray(
    arrayFrom(
      dtype,
      unit.map((u) => low + Math.floor(u * (high - low))),
    ),
    shape,
    dtype,
  );
}
