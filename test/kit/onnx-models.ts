import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect } from "vitest";
import type { DType, DTypeArrays } from "../../src/engine/dtype.ts";
import { NdArray } from "../../src/engine/ndarray.ts";
import { sizeOf } from "../../src/engine/shape.ts";

/** What ONNX Runtime computes from a model's bytes. */
export async function runModel(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, NdArray>>,
): Promise<Record<string, NdArray>> {
  const session = await InferenceSession.create(bytes, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
    // As the file says it: with optimisation, quantised layers are fused and round elsewhere.
    graphOptimizationLevel: "disabled",
  });
  const given = Object.entries(feeds).map(([name, x]): [string, OrtTensor] => [
    name,
    new OrtTensor(x.dtype as "float32", x.data as Float32Array, x.shape),
  ]);
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims, type }]) => [
      name,
      new NdArray(data as DTypeArrays[DType], dims, type as DType),
    ]),
  );
}

/** Numbers in [−1, 1] that look random and are the same every time. */
export function filled(shape: readonly number[], seed = 1): NdArray<"float32"> {
  return new NdArray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + 1.7 * i + 0.31 * i * i)),
    shape,
  );
}

/** Expects equal shapes and dtypes, and elements that differ by at most `tolerance`, relative to 1 or to the expected one where that is larger. */
export function closeTo(actual: NdArray, expected: NdArray, tolerance = 1e-5): void {
  expect(`${actual.dtype} [${actual.shape}]`).toBe(`${expected.dtype} [${expected.shape}]`);
  for (let i = 0; i < expected.size; i++) {
    const [a, b] = [Number(actual.data[i]), Number(expected.data[i])];
    const isClose = Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));
    if (!isClose) expect.fail(`element ${i}: expected ${b}; got ${a}`);
  }
}
