import {
  add,
  broadcastTo,
  cast,
  clip,
  divide,
  expandDims,
  matmul,
  max,
  maximum,
  min,
  minimum,
  multiply,
  reshape,
  round,
  slice,
  straightThrough,
  subtract,
} from "../../ops/index.ts";
import { normalizeAxis } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { onnxDataTypeName } from "../data-types.ts";
import { convolve } from "./convolution.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/**
 * Quantised values are whole numbers held as floats, so that derivatives pass through them: rounding has the derivative 1 (straight-through),
 * saturation 0 beyond the limits (Jacob et al. 2018).
 */

/** The whole numbers that ONNX's integer types hold, by type number. */
const limits: Readonly<Record<number, readonly [number, number]>> = {
  2: [0, 255],
  3: [-128, 127],
  4: [0, 65535],
  5: [-32768, 32767],
  6: [-(2 ** 31), 2 ** 31 - 1],
  21: [0, 15],
  22: [-8, 7],
};

/** The limits of the integer type that input `i`, a zero point, has, or that the node asks for; `uint8` where nothing says so. */
function limitsOf(node: ImportedNode, i: number): readonly [number, number] {
  const code = node.int("output_dtype", 0) || (node.elementType(i) ?? 2);
  const found = limits[code];
  if (found !== undefined) return found;
  throw node.unsupported(
    `quantisation to ${onnxDataTypeName(code)}`,
    "Quantise to an integer type of 4, 8 or 16 bits.",
  );
}

/** A scale or zero point lined up with `x`: one number, one along an axis, or one for every block along it. */
function alongside(node: ImportedNode, x: Tensor, value: Tensor, axis: number): Tensor {
  const numbers = cast(value, "float32");
  if (numbers.rank === 0 || (numbers.rank === 1 && numbers.shape[0] === 1)) return reshape(numbers, []);
  const at = normalizeAxis(node.title, axis, x.rank);
  if (numbers.rank === 1)
    return reshape(
      numbers,
      x.shape.map((_, i) => (i === at ? numbers.shape[0] : 1)),
    );
  const block = node.int("block_size", 0);
  const repeated = broadcastTo(expandDims(numbers, at + 1), [
    ...numbers.shape.slice(0, at + 1),
    block,
    ...numbers.shape.slice(at + 1),
  ]);
  const joined = numbers.shape.map((n, i) => (i === at ? n * block : n));
  return slice(reshape(repeated, joined), { [at]: [0, x.shape[at]] });
}

/** `clip(round(x / scale) + zero, low, high)`. */
function quantize(x: Tensor, scale: Tensor, zero: Tensor | undefined, [low, high]: readonly [number, number]): Tensor {
  const scaled = divide(x, scale);
  const whole = straightThrough(round(scaled), scaled);
  return clip(zero === undefined ? whole : add(whole, zero), low, high);
}

/** `(q − zero) · scale`. */
function dequantize(q: Tensor, scale: Tensor, zero: Tensor | undefined): Tensor {
  const numbers = cast(q, scale.dtype);
  return multiply(zero === undefined ? numbers : subtract(numbers, zero), scale);
}

function importQuantize(node: ImportedNode): Tensor {
  const x = cast(node.input(0), "float32");
  const axis = node.int("axis", 1);
  const zero = node.inputs[2] === undefined ? undefined : alongside(node, x, node.inputs[2], axis);
  return quantize(x, alongside(node, x, node.input(1), axis), zero, limitsOf(node, 2));
}

/** Input `i` of a node as floats, with the scale and zero point in the inputs after it. */
function dequantized(node: ImportedNode, i: number, axis: number): Tensor {
  const [q, zero] = [node.input(i), node.inputs[i + 2]];
  const offset = zero === undefined ? undefined : alongside(node, q, zero, axis);
  return dequantize(q, alongside(node, q, node.input(i + 1), axis), offset);
}

/** Input `i` minus its zero point in input `zero`. */
function centred(node: ImportedNode, i: number, zero: number, axis: number): Tensor {
  const numbers = cast(node.input(i), "float32");
  const offset = node.inputs[zero];
  return offset === undefined ? numbers : subtract(numbers, alongside(node, numbers, offset, axis));
}

/** Range and zero point from the tensor itself: `[q, scale, zero]`. */
function dynamicQuantize(node: ImportedNode): readonly Tensor[] {
  const x = node.input(0);
  const lowest = minimum(min(x), 0);
  const scale = divide(subtract(maximum(max(x), 0), lowest), 255);
  const zero = clip(round(divide(multiply(lowest, -1), scale)), 0, 255);
  return [quantize(x, scale, zero, [0, 255]), scale, zero];
}

/** A convolution of quantised images, weights and bias; the bias has the product of both scales. */
function quantizedConvolution(node: ImportedNode): Tensor {
  const [x, w] = [dequantized(node, 0, 1), dequantized(node, 3, 0)];
  const bias = node.inputs[8];
  const biasScale = multiply(cast(node.input(1), "float32"), cast(node.input(4), "float32"));
  const y = convolve(node, x, w, bias === undefined ? undefined : multiply(cast(bias, "float32"), biasScale));
  return quantize(y, alongside(node, y, node.input(6), 1), alongside(node, y, node.input(7), 1), limitsOf(node, 7));
}

function quantizedProduct(node: ImportedNode): Tensor {
  const y = matmul(dequantized(node, 0, -2), dequantized(node, 3, -1));
  return quantize(y, alongside(node, y, node.input(6), -2), alongside(node, y, node.input(7), -2), limitsOf(node, 7));
}

/** Quantisation, and the operators that compute with quantised values. */
export const quantization: OperatorTable = {
  QuantizeLinear: importQuantize,
  DequantizeLinear: (node) => dequantized(node, 0, node.int("axis", 1)),
  DynamicQuantizeLinear: dynamicQuantize,
  QLinearConv: quantizedConvolution,
  QLinearMatMul: quantizedProduct,
  MatMulInteger: (node) => matmul(centred(node, 0, 2, -2), centred(node, 1, 3, -1)),
  ConvInteger: (node) => convolve(node, centred(node, 0, 2, 1), centred(node, 1, 3, 0), undefined),
};
