import { isFloat } from "../../dtype.ts";
import {
  absolute,
  acos,
  add,
  atan,
  cast,
  ceil,
  cos,
  divide,
  erf,
  exp,
  floor,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  reciprocal,
  round,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  tan,
} from "../../ops/index.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

const unary = (f: (x: Tensor) => Tensor) => (node: ImportedNode) => f(node.input(0));
const binary = (f: (a: Tensor, b: Tensor) => Tensor) => (node: ImportedNode) => f(node.input(0), node.input(1));
const variadic = (f: (a: Tensor, b: Tensor) => Tensor) => (node: ImportedNode) =>
  node.all().reduce((total, x) => f(total, x));

/** Computes in float64 what the engine does for floats only, and returns to the operand's dtype. */
function inFloat(f: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor): Tensor {
  if (isFloat(a.dtype)) return f(a, cast(b, a.dtype));
  return cast(f(cast(a, "float64"), cast(b, "float64")), a.dtype);
}

/** The integer next to `x` on the side of zero. */
const truncate = (x: Tensor) => multiply(sign(x), floor(absolute(x)));

/** With `fmod` the remainder has the dividend's sign, as in C; without it the divisor's. */
function remainder(node: ImportedNode): Tensor {
  const whole = node.int("fmod", 0) === 1 ? truncate : floor;
  return inFloat((a, b) => subtract(a, multiply(b, whole(divide(a, b)))), node.input(0), node.input(1));
}

const asinh = (x: Tensor) => multiply(sign(x), log(add(absolute(x), sqrt(add(square(x), 1)))));
const sinh = (x: Tensor) => multiply(subtract(exp(x), exp(negate(x))), 0.5);
const cosh = (x: Tensor) => multiply(add(exp(x), exp(negate(x))), 0.5);

/** Arithmetic and transcendental functions, element by element. */
export const arithmetic: OperatorTable = {
  Add: binary(add),
  Sub: binary(subtract),
  Mul: binary(multiply),
  Div: binary(divide),
  Pow: binary((a, b) => inFloat(power, a, b)),
  Mod: remainder,
  Max: variadic(maximum),
  Min: variadic(minimum),
  Sum: variadic(add),
  Mean: (node) => multiply(variadic(add)(node), 1 / node.inputs.length),
  Neg: unary(negate),
  Abs: unary(absolute),
  Sign: unary(sign),
  Floor: unary(floor),
  Ceil: unary(ceil),
  Round: unary(round),
  Sqrt: unary(sqrt),
  Exp: unary(exp),
  Log: unary(log),
  Reciprocal: unary(reciprocal),
  Erf: unary(erf),
  Sin: unary(sin),
  Cos: unary(cos),
  Tan: unary(tan),
  Asin: unary((x) => subtract(Math.PI / 2, acos(x))),
  Acos: unary(acos),
  Atan: unary(atan),
  Sinh: unary(sinh),
  Cosh: unary(cosh),
  Asinh: unary(asinh),
  Acosh: unary((x) => log(add(x, sqrt(subtract(square(x), 1))))),
  Atanh: unary((x) => multiply(log(divide(add(x, 1), subtract(1, x))), 0.5)),
};
