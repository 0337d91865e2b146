import { averagePool2d, maxPool2d, type Pool2dOptions, reshape, sizeOf, type Tensor } from "../../engine/index.ts";

/** The engine's `maxPool2d` as a step of `sequential`: `maxPool({ size: 2 })`. */
export function maxPool(options: Pool2dOptions): (x: Tensor) => Tensor {
  return (x) => maxPool2d(x, options);
}

/** The engine's `averagePool2d` as a step of `sequential`: `averagePool({ size: 2 })`. */
export function averagePool(options: Parameters<typeof averagePool2d>[1]): (x: Tensor) => Tensor {
  return (x) => averagePool2d(x, options);
}

/** Each example's elements in one axis: `[batch, …]` → `[batch, features]`. */
export function flattenExamples(x: Tensor): Tensor {
  return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
}
