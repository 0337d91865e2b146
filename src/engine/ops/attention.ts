import { OrreryError } from "../../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { tensor } from "../tensor.ts";
import { add, multiply } from "./arithmetic.ts";
import { where } from "./comparison.ts";
import { matmul } from "./matmul.ts";
import { softmax } from "./softmax.ts";

export interface AttentionOptions {
  /** Where false, a key is not seen; `bool`, broadcasts to `[…, queries, keys]`. A query that sees no key gets equal weights. */
  readonly mask?: Tensor;
  /** Added to the scores; broadcasts to `[…, queries, keys]`. */
  readonly bias?: Tensor;
  /** The factor of the scores; `1/√d` when left out. */
  readonly scale?: number;
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017), `softmax(q kᵀ · scale + bias) v`:
 * queries `[…, n, d]`, keys `[…, m, d]`, values `[…, m, e]` → `[…, n, e]`.
 */
export function attention(
  queries: TensorLike,
  keys: TensorLike,
  values: TensorLike,
  options: AttentionOptions = {},
): Tensor {
  const q = tensor(queries);
  const [k, v] = [tensor(keys), tensor(values)];
  const fits =
    Math.min(q.rank, k.rank, v.rank) >= 2 && q.shape.at(-1) === k.shape.at(-1) && k.shape.at(-2) === v.shape.at(-2);
  if (!fits) {
    throw new OrreryError(
      "shape",
      `attention: expected queries […, n, d], keys […, m, d] and values […, m, e]; got ${[q, k, v].map(({ shape }) => formatShape(shape)).join(", ")}`,
      { hint: "Queries and keys share d; keys and values share m." },
    );
  }
  const scale = options.scale ?? 1 / Math.sqrt(q.shape[q.rank - 1]);
  let scores = matmul(multiply(q, scale), k, { transposeB: true });
  if (options.bias !== undefined) scores = add(scores, options.bias);
  // A large finite number: softmax over −∞ alone would be NaN.
  if (options.mask !== undefined) scores = where(options.mask, scores, -1e30);
  return matmul(softmax(scores), v);
}
