import {
  divide,
  globalAveragePool2d,
  type Key,
  type NdArray,
  ndarray,
  relu,
  type Tensor,
} from "../../src/engine/index.ts";
import { convolution, fullyConnected, type NetworkLayer } from "../../src/instruments/mapping/index.ts";
import { conv2d, dense, flattenExamples, type Layer } from "../../src/nn/index.ts";

interface Convolution {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly stride: number;
  /** Height and width of what comes out. */
  readonly image: number;
}

/** Four convolutions of images of 8 × 8 pixels, before the mean over what is left of them and the classes. */
const convolutions: readonly Convolution[] = [
  { name: "conv1", inputs: 1, outputs: 16, size: 3, stride: 1, image: 8 },
  { name: "conv2", inputs: 16, outputs: 32, size: 3, stride: 2, image: 4 },
  { name: "conv3", inputs: 32, outputs: 32, size: 3, stride: 1, image: 4 },
  { name: "conv4", inputs: 32, outputs: 64, size: 3, stride: 2, image: 2 },
];
const classes = { inputs: 64, outputs: 10 };

/** The network's layers as the mapper sees them, in order. */
export const problems: readonly NetworkLayer[] = [
  ...convolutions.map(({ name, inputs: C, outputs: M, size: R, stride, image: P }) =>
    convolution({ name, C, M, R, S: R, P, Q: P, strideP: stride, strideQ: stride }),
  ),
  fullyConnected({ name: "classes", ...classes }),
].map((problem) => ({ problem, count: 1 }));

type Affine<T> = { readonly weight: T; readonly bias: T };

/** One layer's parameters; with the ends of the ranges that are quantised, which are learned as well. */
export type LayerParams<T = NdArray> = { readonly affine: Affine<T>; readonly activations: T; readonly weights: T };

/** What happens to what a layer is given and to its weights before it is applied. */
export type Rounding = (
  x: Tensor,
  layer: number,
  params: LayerParams<Tensor>,
  part: "activations" | "weights",
) => Tensor;

const layers: readonly Layer<Affine<Tensor>>[] = [
  ...convolutions.map((sizes) => conv2d({ ...sizes, padding: sizes.size >> 1 })),
  dense(classes.inputs, classes.outputs),
];

/** Fresh parameters of a float network, its ranges not yet set. */
export function initialize(key: Key): LayerParams[] {
  const unset = () => ndarray(1);
  return layers.map((layer, l) => ({
    affine: layer.initialize(key.fold(l)).params,
    activations: unset(),
    weights: unset(),
  }));
}

/** Scores `[batch, 10]` of images `[batch, 1, 8, 8]` with pixels 0…16. */
export function scores(params: readonly LayerParams<Tensor>[], images: Tensor, rounding: Rounding): Tensor {
  let x = divide(images, 16);
  for (const [l, layer] of layers.entries()) {
    if (l === layers.length - 1) x = flattenExamples(globalAveragePool2d(x));
    const weight = rounding(params[l].affine.weight, l, params[l], "weights");
    x = layer.apply({ weight, bias: params[l].affine.bias }, {}, rounding(x, l, params[l], "activations"), {
      training: false,
    }).output;
    if (l < layers.length - 1) x = relu(x);
  }
  return x;
}
