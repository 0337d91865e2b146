/** Where an expression was written; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A real function of named variables. Arithmetic is a call like any other: `add`, `subtract`, `multiply`, `divide`, `power`, `negate`. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly name: string; readonly place?: Place }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Expression[]; readonly place?: Place };

/** A function that expressions may call. */
export interface ExpressionFunction {
  /** How many operands it takes; undefined for any number, at least one. */
  readonly arity?: number;
  evaluate(...x: number[]): number;
}

/** The functions that every expression may call. */
export const builtinFunctions: Readonly<Record<string, ExpressionFunction>> = {
  add: { arity: 2, evaluate: (a, b) => a + b },
  subtract: { arity: 2, evaluate: (a, b) => a - b },
  multiply: { arity: 2, evaluate: (a, b) => a * b },
  divide: { arity: 2, evaluate: (a, b) => a / b },
  power: { arity: 2, evaluate: (a, b) => a ** b },
  negate: { arity: 1, evaluate: (a) => -a },
  abs: { arity: 1, evaluate: Math.abs },
  sqrt: { arity: 1, evaluate: Math.sqrt },
  exp: { arity: 1, evaluate: Math.exp },
  log: { arity: 1, evaluate: Math.log },
  sin: { arity: 1, evaluate: Math.sin },
  cos: { arity: 1, evaluate: Math.cos },
  tan: { arity: 1, evaluate: Math.tan },
  asin: { arity: 1, evaluate: Math.asin },
  acos: { arity: 1, evaluate: Math.acos },
  atan: { arity: 1, evaluate: Math.atan },
  atan2: { arity: 2, evaluate: Math.atan2 },
  sinh: { arity: 1, evaluate: Math.sinh },
  cosh: { arity: 1, evaluate: Math.cosh },
  tanh: { arity: 1, evaluate: Math.tanh },
  sign: { arity: 1, evaluate: Math.sign },
  min: { evaluate: Math.min },
  max: { evaluate: Math.max },
  norm: { evaluate: Math.hypot },
};

/** A constant. */
export function constant(value: number): Expression {
  return { kind: "number", value };
}

/** A state, an input or time. */
export function variable(name: string): Expression {
  return { kind: "variable", name };
}

const isNumber = (e: Expression, value: number) => e.kind === "number" && e.value === value;
const identities: Readonly<Record<string, (a: Expression, b: Expression) => Expression | undefined>> = {
  add: (a, b) => (isNumber(a, 0) ? b : isNumber(b, 0) ? a : undefined),
  subtract: (a, b) => (isNumber(b, 0) ? a : isNumber(a, 0) ? call("negate", [b]) : undefined),
  multiply: (a, b) =>
    isNumber(a, 0) || isNumber(b, 0) ? constant(0) : isNumber(a, 1) ? b : isNumber(b, 1) ? a : undefined,
  divide: (a, b) => (isNumber(b, 1) ? a : isNumber(a, 0) && !isNumber(b, 0) ? constant(0) : undefined),
  power: (a, b) => (isNumber(b, 1) ? a : isNumber(b, 0) ? constant(1) : undefined),
};

/** A call, with constants folded and the neutral elements of arithmetic removed. Functions that are no builtins are kept. */
export function call(name: string, operands: readonly Expression[], place?: Place): Expression {
  const builtin = Object.hasOwn(builtinFunctions, name) ? builtinFunctions[name] : undefined;
  if (builtin !== undefined && operands.every((e) => e.kind === "number")) {
    return constant(builtin.evaluate(...operands.map((e) => (e.kind === "number" ? e.value : Number.NaN))));
  }
  const simpler = Object.hasOwn(identities, name) ? identities[name](operands[0], operands[1]) : undefined;
  if (simpler !== undefined) return simpler;
  return place === undefined ? { kind: "call", name, operands } : { kind: "call", name, operands, place };
}

/** The variables that an expression mentions. */
export function variablesOf(expression: Expression, found: Set<string> = new Set()): Set<string> {
  if (expression.kind === "variable") found.add(expression.name);
  if (expression.kind === "call") for (const operand of expression.operands) variablesOf(operand, found);
  return found;
}

/**
 * The expression as a function of the values of `names`, in their order.
 * Every variable and every function of the expression must be known.
 */
export function compileExpression(
  expression: Expression,
  names: readonly string[],
  functions: Readonly<Record<string, ExpressionFunction>> = {},
): (values: ArrayLike<number>) => number {
  if (expression.kind === "number") {
    const { value } = expression;
    return () => value;
  }
  if (expression.kind === "variable") {
    const index = names.indexOf(expression.name);
    return (values) => values[index];
  }
  const { evaluate } = Object.hasOwn(functions, expression.name)
    ? functions[expression.name]
    : builtinFunctions[expression.name];
  const operands = expression.operands.map((e) => compileExpression(e, names, functions));
  if (operands.length === 1) return (values) => evaluate(operands[0](values));
  if (operands.length === 2) return (values) => evaluate(operands[0](values), operands[1](values));
  return (values) => evaluate(...operands.map((f) => f(values)));
}
