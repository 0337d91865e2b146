import {
  absolute,
  acos,
  add,
  atan,
  cos,
  divide,
  exp,
  greater,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  type Tensor,
  tan,
  tanh,
  tensor,
  where,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Expression } from "../reachability/expression.ts";
import { centerAndReach, type InputSet } from "../reachability/sets.ts";

const fold = (apply: (a: Tensor, b: Tensor) => Tensor) => (x: readonly Tensor[]) => x.reduce(apply);

/** The functions of equations as operations on tensors. */
const functions: Readonly<Record<string, (x: readonly Tensor[]) => Tensor>> = {
  add: fold(add),
  subtract: fold(subtract),
  multiply: fold(multiply),
  divide: fold(divide),
  power: fold(power),
  min: fold(minimum),
  max: fold(maximum),
  norm: (x) => sqrt(x.map((v) => square(v)).reduce((a, b) => add(a, b))),
  negate: ([x]) => negate(x),
  abs: ([x]) => absolute(x),
  sqrt: ([x]) => sqrt(x),
  exp: ([x]) => exp(x),
  log: ([x]) => log(x),
  sin: ([x]) => sin(x),
  cos: ([x]) => cos(x),
  tan: ([x]) => tan(x),
  acos: ([x]) => acos(x),
  asin: ([x]) => subtract(Math.PI / 2, acos(x)),
  atan: ([x]) => atan(x),
  sinh: ([x]) => divide(subtract(exp(x), exp(negate(x))), 2),
  cosh: ([x]) => divide(add(exp(x), exp(negate(x))), 2),
  tanh: ([x]) => tanh(x),
  sign: ([x]) => sign(x),
};

/**
 * An expression of equations over tensors `[n]`.
 * @throws OrreryError `unsupported` for `atan2` and functions of one's own, for which ONNX has no operator.
 */
export function expressEquation(expression: Expression, variables: Readonly<Record<string, Tensor>>): Tensor {
  switch (expression.kind) {
    case "number":
      return tensor(expression.value, "float32");
    case "variable":
      return variables[expression.name];
    case "call": {
      const operands = expression.operands.map((operand) => expressEquation(operand, variables));
      if (Object.hasOwn(functions, expression.name)) return functions[expression.name](operands);
      throw new OrreryError(
        "unsupported",
        `exportController: expected equations of functions that ONNX has; got ${expression.name}`,
        {
          hint: "The controller's file, controller.npz, has no such limit.",
        },
      );
    }
  }
}

/** Of each set the point that is farthest along a direction, as `extremePoint` finds it: components `[n]` in the order of names. */
export function expressExtremes(sets: readonly InputSet[], direction: readonly Tensor[]): Tensor[] {
  let next = 0;
  return sets.flatMap((set) => {
    const { center, reach } = centerAndReach(set);
    const along = set.names.map(() => direction[next++]);
    if (set.kind === "box") return along.map((d, i) => add(multiply(sign(d), reach[i]), center[i]));
    const length = sqrt(along.map((d) => square(d)).reduce((a, b) => add(a, b)));
    const isAny = greater(length, 0);
    return along.map((d, i) => add(multiply(divide(d, where(isAny, length, 1)), set.radius), center[i]));
  });
}
