import { add, formatShape, matmul, type Tensor } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkSizes } from "../check-sizes.ts";
import type { Initializer } from "../initializer.ts";
import { kaimingUniform, uniform } from "../initializers.ts";
import { type Layer, type Nothing, stateless } from "../layer.ts";

/** A weight, and a bias unless the layer was made without one. */
export type AffineParams<B extends boolean = true> = B extends false
  ? { readonly weight: Tensor }
  : { readonly weight: Tensor; readonly bias: Tensor };

export interface DenseOptions<B extends boolean = true> {
  /** Whether a bias is added; true when left out. */
  readonly bias?: B;
  /** Uniform within `1/√inputs` when left out, as in PyTorch. */
  readonly initializeWeight?: Initializer;
  /** Uniform within `1/√inputs` when left out, as in PyTorch. */
  readonly initializeBias?: Initializer;
}

/** A dense layer, whose parameters are those of PyTorch's `Linear`. */
export type Dense<B extends boolean = true> = Layer<AffineParams<B>, Nothing>;

/** PyTorch's default for the weights of dense and convolution layers: uniform within `1/√(numbers into a unit)`. */
export const defaultWeight: Initializer = kaimingUniform({ slope: Math.sqrt(5) });

/** PyTorch's default for their biases: uniform within `1/√fanIn`. */
export function defaultBias(fanIn: number): Initializer {
  return uniform(-1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn));
}

/** `x · weightᵀ + bias` over the last axis. @throws OrreryError `shape` naming `where` when the last axis does not fit. */
export function affine(where: string, params: AffineParams | AffineParams<false>, x: Tensor): Tensor {
  const inputs = params.weight.shape[1];
  if (x.shape[x.rank - 1] !== inputs) {
    throw new OrreryError(
      "shape",
      `${where}: expected ${inputs} features in the last axis; got ${formatShape(x.shape)}`,
    );
  }
  const product = matmul(x, params.weight, { transposeB: true });
  return "bias" in params ? add(product, params.bias) : product;
}

/**
 * A fully connected layer: `y = x · weightᵀ + bias`, `[…, inputs]` → `[…, outputs]`.
 * Parameters: `weight` `[outputs, inputs]`, `bias` `[outputs]`.
 * @throws OrreryError `argument` unless both sizes are at least 1; applied, `shape` when the last axis is not `inputs`.
 */
export function dense<const B extends boolean = true>(
  inputs: number,
  outputs: number,
  options: DenseOptions<B> = {},
): Dense<B> {
  checkSizes("dense", { inputs, outputs });
  const { bias = true, initializeWeight = defaultWeight, initializeBias = defaultBias(inputs) } = options;
  const layer = stateless<AffineParams | AffineParams<false>>({
    initialize: (key) => {
      const [forWeight, forBias] = key.split(2);
      const weight = initializeWeight(forWeight, [outputs, inputs]);
      return bias ? { weight, bias: initializeBias(forBias, [outputs]) } : { weight };
    },
    apply: (params, x) => affine("dense", params, x),
  });
  return layer as Dense<B>;
}
