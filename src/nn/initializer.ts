import { type Key, type NdArray, type Shape, sizeOf } from "../engine/index.ts";
import { OrreryError } from "../errors.ts";

/** First values for a parameter of the given shape, the same for the same key. */
export type Initializer = (key: Key, shape: Shape) => NdArray<"float32">;

/** How many numbers go into and come out of one unit of a weight `[out, in, …window]`, as PyTorch counts them. */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/**
 * The fans of a weight: `in · window` and `out · window` for `[out, in, …window]`.
 * @throws OrreryError `shape` for fewer than two axes.
 */
export function fansOf(shape: Shape): Fans {
  if (shape.length < 2) {
    throw new OrreryError("shape", `initializers: fans need a weight of at least two axes; got [${shape}]`, {
      hint: "Use constant, uniform or normal for biases and gains.",
    });
  }
  const window = sizeOf(shape.slice(2));
  return { in: shape[1] * window, out: shape[0] * window };
}
