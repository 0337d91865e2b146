import type { Tensor } from "../../engine/index.ts";
import { relu } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import type { Activation } from "../activations.ts";
import type { Layer, Nothing } from "../layer.ts";
import { type AffineParams, dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flattenExamples } from "../layers/pooling.ts";
import { type Step, sequential } from "../sequential.ts";

export interface MlpOptions {
  /** Features in, widths of the hidden layers, outputs: at least two numbers. */
  readonly sizes: readonly number[];
  /** Between the dense layers; `relu` when left out. */
  readonly activation?: Activation;
  /** The probability that training drops a hidden feature, in [0, 1); 0 when left out. */
  readonly dropout?: number;
}

/** One entry a step; those of activations and dropout are empty, so that the numbers are those of PyTorch's `Sequential`. */
export type MlpParams = readonly (AffineParams | Nothing)[];

/**
 * A multi-layer perceptron: dense layers with an activation (and dropout) between, `[batch, …]` → `[batch, outputs]`; inputs of more axes are
 * flattened. With sizes `[784, 512, 512, 10]` it has 669,706 parameters.
 * @throws OrreryError `argument` for fewer than two sizes.
 */
export function mlp({ sizes, activation = relu, dropout: rate = 0 }: MlpOptions): Layer<MlpParams, readonly Nothing[]> {
  if (sizes.length < 2) {
    throw new OrreryError("argument", `mlp: sizes must have at least two numbers; got [${sizes}]`);
  }
  const last = sizes.length - 2;
  const steps = sizes.slice(1).flatMap((outputs, i): Step[] => {
    const layer = dense(sizes[i], outputs);
    if (i === last) return [layer];
    return [layer, activation, ...(rate > 0 ? [dropout(rate)] : [])];
  });
  const chain = sequential(...steps) as Layer<MlpParams, readonly Nothing[]>;
  return {
    initialize: (key) => chain.initialize(key),
    apply: (params, state, x: Tensor, mode) => chain.apply(params, state, x.rank === 2 ? x : flattenExamples(x), mode),
  };
}
