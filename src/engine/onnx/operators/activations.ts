import {
  absolute,
  add,
  argMax,
  cast,
  clip,
  divide,
  exp,
  gelu,
  greater,
  logSoftmax,
  maximum,
  minimum,
  multiply,
  oneHot,
  relu,
  reshape,
  sigmoid,
  softmax,
  softplus,
  square,
  subtract,
  tanh,
  transpose,
  where,
} from "../../ops/index.ts";
import { normalizeAxis, sizeOf } from "../../shape.ts";
import { constantValue, type Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** The negative part `min(x, 0)`, whose derivative at 0 is 1. */
const negativePart = (x: Tensor) => clip(x, Number.NEGATIVE_INFINITY, 0);

/** `x` where positive, `f(min(x, 0))` elsewhere: an exponential there cannot overflow. */
const positiveOr = (x: Tensor, f: (negative: Tensor) => Tensor) => where(greater(x, 0), x, f(negativePart(x)));

const exponential = (x: Tensor, alpha: number) => positiveOr(x, (n) => multiply(subtract(exp(n), 1), alpha));

/** Hendrycks and Gimpel's approximation by a hyperbolic tangent. */
function tanhGelu(x: Tensor): Tensor {
  const inner = multiply(multiply(x, add(multiply(square(x), 0.044715), 1)), Math.sqrt(2 / Math.PI));
  return multiply(multiply(x, 0.5), add(tanh(inner), 1));
}

const hardSigmoid = (x: Tensor, alpha: number, beta: number) => clip(add(multiply(x, alpha), beta), 0, 1);

/** Limits as attributes before version 11, as inputs since; either may be absent. */
function importClip(node: ImportedNode): Tensor {
  const x = node.input(0);
  const limits = [node.inputs[1], node.inputs[2]].map((limit) =>
    limit === undefined ? undefined : constantValue(limit),
  );
  const isKnown = limits.every((value, i) => value !== undefined || node.inputs[i + 1] === undefined);
  if (isKnown) {
    const low = limits[0]?.item() ?? node.float("min", Number.NEGATIVE_INFINITY);
    const high = limits[1]?.item() ?? node.float("max", Number.POSITIVE_INFINITY);
    return low <= high ? clip(x, low, high) : minimum(maximum(x, low), high);
  }
  const [, low, high] = node.inputs;
  const raised = low === undefined ? x : maximum(x, low);
  return high === undefined ? raised : minimum(raised, high);
}

/** Along one axis since version 13; before, over all axes from `axis` on as one. */
function alongAxis(node: ImportedNode, f: (x: Tensor, axis: number) => Tensor): Tensor {
  const x = node.input(0);
  if (node.version >= 13) return f(x, node.int("axis", -1));
  const axis = normalizeAxis(node.title, node.int("axis", 1), x.rank);
  const rows = sizeOf(x.shape.slice(0, axis));
  return reshape(f(reshape(x, [rows, sizeOf(x.shape) / rows]), 1), x.shape);
}

/** 1 at the first largest value along the axis, 0 elsewhere. */
function hardmax(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis("Hardmax", axis, x.rank);
  const last = oneHot(argMax(x, at), x.shape[at], x.dtype);
  const order = x.shape.map((_, i) => (i === at ? x.rank - 1 : i < at ? i : i - 1));
  return transpose(last, ...order);
}

/** Activation functions. */
export const activations: OperatorTable = {
  Relu: (node) => relu(node.input(0)),
  LeakyRelu: (node) => positiveOr(node.input(0), (n) => multiply(n, node.float("alpha", 0.01))),
  PRelu: (node) => {
    const [x, slope] = [node.input(0), node.input(1)];
    return add(relu(x), multiply(negativePart(x), slope));
  },
  ThresholdedRelu: (node) => {
    const x = node.input(0);
    return multiply(x, cast(greater(x, node.float("alpha", 1)), x.dtype));
  },
  Elu: (node) => exponential(node.input(0), node.float("alpha", 1)),
  Celu: (node) => {
    const alpha = node.float("alpha", 1);
    return positiveOr(node.input(0), (n) => multiply(subtract(exp(multiply(n, 1 / alpha)), 1), alpha));
  },
  Selu: (node) => {
    const alpha = node.float("alpha", 1.6732632423543772);
    return multiply(exponential(node.input(0), alpha), node.float("gamma", 1.0507009873554805));
  },
  Sigmoid: (node) => sigmoid(node.input(0)),
  HardSigmoid: (node) => hardSigmoid(node.input(0), node.float("alpha", 0.2), node.float("beta", 0.5)),
  HardSwish: (node) => multiply(node.input(0), hardSigmoid(node.input(0), 1 / 6, 0.5)),
  Tanh: (node) => tanh(node.input(0)),
  Gelu: (node) => (node.string("approximate", "none") === "tanh" ? tanhGelu : gelu)(node.input(0)),
  Softplus: (node) => softplus(node.input(0)),
  Softsign: (node) => divide(node.input(0), add(absolute(node.input(0)), 1)),
  Mish: (node) => multiply(node.input(0), tanh(softplus(node.input(0)))),
  Swish: (node) => multiply(node.input(0), sigmoid(multiply(node.input(0), node.float("alpha", 1)))),
  Shrink: (node) => {
    const [x, lambd, bias] = [node.input(0), node.float("lambd", 0.5), node.float("bias", 0)];
    const below = where(greater(multiply(x, -1), lambd), add(x, bias), multiply(x, 0));
    return where(greater(x, lambd), subtract(x, bias), below);
  },
  Clip: importClip,
  Softmax: (node) => alongAxis(node, softmax),
  LogSoftmax: (node) => alongAxis(node, logSoftmax),
  Hardmax: (node) => alongAxis(node, hardmax),
};
