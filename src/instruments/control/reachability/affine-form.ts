import { OrreryError } from "../../../errors.ts";
import { call, constant, type Expression, type Place, variablesOf } from "./expression.ts";

/** `offset + Σ coefficients[name]·name` over some input variables. Inputs that do not occur have no coefficient. */
export interface AffineForm {
  readonly offset: Expression;
  readonly coefficients: ReadonlyMap<string, Expression>;
}

/**
 * Writes an expression as an affine function of the inputs with coefficients that are free of them.
 * @throws OrreryError `unsupported` naming the input and the operation where the expression is not affine.
 */
export function toAffineForm(expression: Expression, inputs: readonly string[], where: string): AffineForm {
  return new Decomposition(new Set(inputs), where).decompose(expression);
}

class Decomposition {
  readonly #inputs: ReadonlySet<string>;
  readonly #where: string;

  constructor(inputs: ReadonlySet<string>, where: string) {
    this.#inputs = inputs;
    this.#where = where;
  }

  decompose(expression: Expression): AffineForm {
    if (this.#inputsIn(expression).length === 0) return { offset: expression, coefficients: new Map() };
    if (expression.kind === "variable") {
      return { offset: constant(0), coefficients: new Map([[expression.name, constant(1)]]) };
    }
    if (expression.kind === "number") return { offset: expression, coefficients: new Map() };
    const { name, operands } = expression;
    const [a, b] = operands;
    switch (name) {
      case "add":
      case "subtract":
        return combine(name, this.decompose(a), this.decompose(b));
      case "negate":
        return map(this.decompose(a), (e) => call("negate", [e]));
      case "multiply":
        return this.#multiply(expression, a, b);
      case "divide":
        if (this.#inputsIn(b).length > 0) throw this.#notAffine(`${this.#list(b)} in a denominator`, expression.place);
        return map(this.decompose(a), (e) => call("divide", [e, b]));
      case "power":
        throw this.#notAffine(`${this.#list(expression)} in a power`, expression.place);
      default:
        throw this.#notAffine(`${this.#list(expression)} inside ${name}`, expression.place);
    }
  }

  #multiply(expression: Expression & { kind: "call" }, a: Expression, b: Expression): AffineForm {
    const [left, right] = [this.#inputsIn(a), this.#inputsIn(b)];
    if (left.length > 0 && right.length > 0) {
      throw this.#notAffine(`the product of ${left[0]} and ${right[0]}`, expression.place);
    }
    return left.length > 0
      ? map(this.decompose(a), (e) => call("multiply", [e, b]))
      : map(this.decompose(b), (e) => call("multiply", [a, e]));
  }

  #inputsIn(expression: Expression): string[] {
    return [...variablesOf(expression)].filter((name) => this.#inputs.has(name));
  }

  #list(expression: Expression): string {
    return this.#inputsIn(expression).join(" and ");
  }

  #notAffine(got: string, place: Place | undefined): OrreryError {
    const at = place === undefined ? ":" : `:${place.line}:${place.column}`;
    const message = `${this.#where}${at} expected controls and disturbances to enter affinely; got ${got}`;
    const hint =
      "The optimal input has a closed form only for f(x) + G(x)·u + D(x)·d: make the input's rate the input and the input a state, or give the nonlinear term a name and its own bounds as an input.";
    return new OrreryError("unsupported", message, { hint });
  }
}

function map({ offset, coefficients }: AffineForm, f: (e: Expression) => Expression): AffineForm {
  return { offset: f(offset), coefficients: new Map([...coefficients].map(([name, e]) => [name, f(e)])) };
}

function combine(name: "add" | "subtract", a: AffineForm, b: AffineForm): AffineForm {
  const zero = constant(0);
  const names = new Set([...a.coefficients.keys(), ...b.coefficients.keys()]);
  const join = (x: Expression = zero, y: Expression = zero) => call(name, [x, y]);
  return {
    offset: join(a.offset, b.offset),
    coefficients: new Map([...names].map((n) => [n, join(a.coefficients.get(n), b.coefficients.get(n))])),
  };
}
