import { OrreryError } from "../errors.ts";
import { evaluate, toReference } from "./evaluate.ts";
import { gradients } from "./gradients.ts";
import { input } from "./input.ts";
import type { NdArray } from "./ndarray.ts";
import type { ReferenceArray } from "./operation.ts";
import { multiply } from "./ops/arithmetic.ts";
import { sum } from "./ops/reduction.ts";
import { reshape } from "./ops/reshape.ts";
import { formatShape } from "./shape.ts";
import { type Tensor, tensor } from "./tensor.ts";

export interface GradcheckOptions {
  /** The step of the central differences. */
  readonly step?: number;
  /** The largest difference accepted, relative to 1 or to the derivative where that is larger. */
  readonly tolerance?: number;
}

/** What a check found. */
export interface GradcheckResult {
  /** The largest difference between the two derivatives, relative to 1 or to the derivative where that is larger. */
  readonly worst: number;
  /** How many derivatives were compared. */
  readonly compared: number;
}

/** Fixed weights, none alike, that make a scalar of any result. */
function weighted(y: Tensor): Tensor {
  const weights = Array.from({ length: y.shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.cos(1 + 2.3 * i));
  return sum(multiply(y, reshape(tensor(weights, y.dtype), y.shape)));
}

/**
 * Compares the gradient of `f` with central differences in float64 on the reference evaluator, for every element of every input.
 * The result of `f` is weighted with fixed numbers and summed, so that it may have any shape.
 * @throws OrreryError `gradient` at the first derivative that differs by more than `tolerance` (1e-6), naming it.
 */
export function gradcheck(
  f: (...xs: Tensor[]) => Tensor,
  values: readonly NdArray[],
  { step = 1e-5, tolerance = 1e-6 }: GradcheckOptions = {},
): GradcheckResult {
  const inputs = values.map((value, i) => input(value.shape, value.dtype, `x${i}`));
  const y = weighted(f(...inputs));
  const derivatives = gradients(y, inputs);
  const arrays = values.map(toReference).map(({ data, shape }) => ({ data: Float64Array.from(data), shape }));
  const feeds = new Map<Tensor, ReferenceArray>(inputs.map((x, i) => [x, arrays[i]]));
  const analytic = evaluate(derivatives, feeds);
  let [worst, compared] = [0, 0];
  arrays.forEach(({ data, shape }, i) => {
    data.forEach((value, k) => {
      const at = (x: number) => {
        data[k] = x;
        return evaluate([y], feeds)[0].data[0];
      };
      const numeric = (at(value + step) - at(value - step)) / (2 * step);
      data[k] = value;
      const exact = analytic[i].data[k];
      const difference = Math.abs(exact - numeric) / Math.max(1, Math.abs(numeric), Math.abs(exact));
      if (!(difference <= tolerance)) {
        throw new OrreryError(
          "gradient",
          `gradcheck: input ${i} ${formatShape(shape)}, element ${k}: the gradient says ${exact}, differences say ${numeric}`,
          { hint: "Check the operation's gradient rule, or move the point away from a kink." },
        );
      }
      worst = Math.max(worst, difference);
      compared++;
    });
  });
  return { worst, compared };
}
