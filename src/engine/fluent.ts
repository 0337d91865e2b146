import { read } from "./compile/compile.ts";
import {
  absolute,
  add,
  ceil,
  clip,
  divide,
  floor,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  relu,
  round,
  sign,
  square,
  subtract,
} from "./ops/arithmetic.ts";
import { cast, equal, greater, greaterEqual, less, lessEqual } from "./ops/comparison.ts";
import { stopGradient } from "./ops/control.ts";
import { gather, takeAlongAxis } from "./ops/gather.ts";
import { split } from "./ops/joining.ts";
import { matmul } from "./ops/matmul.ts";
import { argMax, argMin, logSumExp, max, mean, min, prod, sum, variance } from "./ops/reduction.ts";
import { broadcastTo, expandDims, flatten, reshape, squeeze, transpose } from "./ops/reshape.ts";
import { flip, pad, slice, tile } from "./ops/slicing.ts";
import { logSoftmax, softmax } from "./ops/softmax.ts";
import {
  cos,
  erf,
  exp,
  gelu,
  log,
  reciprocal,
  sigmoid,
  silu,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./ops/transcendental.ts";
import { Tensor, type TensorLike } from "./tensor.ts";

/** The functions that are methods of `Tensor` too, under the same name. */
const methods = {
  ...{
    add,
    subtract,
    multiply,
    divide,
    power,
    maximum,
    minimum,
    negate,
    absolute,
    sign,
    square,
    relu,
    clip,
    floor,
    ceil,
    round,
  },
  ...{ equal, less, lessEqual, greater, greaterEqual, cast },
  ...{ exp, log, sqrt, reciprocal, sin, cos, tanh, sigmoid, softplus, erf, gelu, silu },
  ...{ sum, mean, max, min, prod, variance, logSumExp, argMax, argMin, softmax, logSoftmax },
  ...{ matmul, reshape, flatten, transpose, squeeze, expandDims, broadcastTo, slice, split, pad, tile, flip },
  ...{ gather, takeAlongAxis, stopGradient, read },
};

type Methods = typeof methods;
type Bound<F> = F extends (x: never, ...rest: infer R) => infer Y ? (...rest: R) => Y : never;
type FluentMethods = { [K in keyof Methods]: Bound<Methods[K]> };

declare module "./tensor.ts" {
  interface Tensor extends FluentMethods {}
}

for (const [name, f] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return (f as (x: TensorLike, ...rest: unknown[]) => unknown)(this, ...rest);
    },
    writable: true,
    configurable: true,
  });
}
