import { add, conv2d, conv2dTranspose, reshape } from "../../ops/index.ts";
import type { Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";
import { asImages, asPair, asSides, checkSpatial, windowOf } from "./window.ts";

function withBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : add(y, reshape(bias, [1, bias.shape[0], 1, 1]));
}

/** The images without the axis that they got if they had one spatial axis. */
function asBefore(y: Tensor, axes: number): Tensor {
  const [batch, channels, height, width] = y.shape;
  return axes === 1 ? reshape(y, [batch, channels, height * width]) : y;
}

/** A convolution over one or two spatial axes, given as three tensors. */
export function convolve(node: ImportedNode, x: Tensor, w: Tensor, bias: Tensor | undefined): Tensor {
  const axes = checkSpatial(node);
  const { stride, dilation, padding } = windowOf(node, w.shape.slice(2));
  const [images, filters] = [reshape(x, asImages(x.shape)), reshape(w, asImages(w.shape))];
  const y = conv2d(images, filters, { stride, dilation, padding, groups: node.int("group", 1) });
  return asBefore(withBias(y, bias), axes);
}

/** Padding and additional size at the end that lead to the size that the node asks for. */
function transposedPadding(node: ImportedNode, input: Shape, kernel: Shape) {
  const ones = kernel.map(() => 1);
  const zeros = kernel.map(() => 0);
  const [stride, dilation] = [node.ints("strides") ?? ones, node.ints("dilations") ?? ones];
  const extra = node.ints("output_padding") ?? zeros;
  const mode = node.string("auto_pad", "NOTSET");
  const isSame = mode === "SAME_UPPER" || mode === "SAME_LOWER";
  const wanted =
    node.ints("output_shape")?.slice(-kernel.length) ?? (isSame ? input.map((n, i) => n * stride[i]) : undefined);
  if (wanted === undefined) {
    return { pads: mode === "VALID" ? [...zeros, ...zeros] : (node.ints("pads") ?? [...zeros, ...zeros]), extra };
  }
  const reached = input.map((n, i) => stride[i] * (n - 1) + extra[i] + dilation[i] * (kernel[i] - 1) + 1);
  const total = reached.map((n, i) => Math.max(0, n - wanted[i]));
  const before = total.map((n) => (mode === "SAME_UPPER" ? Math.floor(n / 2) : Math.ceil(n / 2)));
  const more = wanted.map((n, i) => extra[i] + Math.max(0, n - reached[i]));
  return { pads: [...before, ...total.map((n, i) => n - before[i])], extra: more };
}

function convolveTransposed(node: ImportedNode): Tensor {
  const axes = checkSpatial(node);
  const [x, w] = [node.input(0), node.input(1)];
  const kernel = w.shape.slice(2);
  const { pads, extra } = transposedPadding(node, x.shape.slice(2), kernel);
  const y = conv2dTranspose(reshape(x, asImages(x.shape)), reshape(w, asImages(w.shape)), {
    stride: asPair(node.ints("strides") ?? kernel.map(() => 1), 1),
    dilation: asPair(node.ints("dilations") ?? kernel.map(() => 1), 1),
    padding: asSides(pads),
    outputPadding: asPair(extra, 0),
    groups: node.int("group", 1),
  });
  return asBefore(withBias(y, node.inputs[2]), axes);
}

/** Convolutions. */
export const convolutions: OperatorTable = {
  Conv: (node) => convolve(node, node.input(0), node.input(1), node.inputs[2]),
  ConvTranspose: convolveTransposed,
};
