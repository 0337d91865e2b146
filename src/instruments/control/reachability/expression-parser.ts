import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { dimensionless, type Unit, unitNames } from "../stl/units.ts";
import {
  builtinFunctions,
  call,
  constant,
  type Expression,
  type ExpressionFunction,
  type Place,
  variable,
} from "./expression.ts";
import { type Token, tokenize } from "./expression-tokens.ts";
import { commonUnit, disagree, type Measure, powerUnit, productUnit, unitOfCall } from "./expression-units.ts";

/** A named number. */
export interface Parameter {
  /** In coherent units (m, kg, s, rad). */
  readonly value: number;
  readonly unit?: Unit;
}

/** The names that an expression may use. */
export interface ExpressionScope {
  /** States, inputs and time, with the unit their values are in where one is declared. */
  readonly variables: ReadonlyMap<string, Unit | undefined>;
  readonly parameters?: ReadonlyMap<string, Parameter>;
  readonly functions?: Readonly<Record<string, ExpressionFunction>>;
}

/** An expression whose value is in coherent units, and the unit of that value. */
export interface MeasuredExpression {
  readonly expression: Expression;
  readonly unit: Measure;
}

/** Names with a fixed value. */
export const namedConstants: Readonly<Record<string, number>> = { pi: Math.PI };
const arithmetic = ["add", "subtract", "multiply", "divide", "power", "negate"];
/** The functions that may be called by name. */
export const callableFunctions: readonly string[] = Object.keys(builtinFunctions).filter(
  (name) => !arithmetic.includes(name),
);

/**
 * Parses `+ - * / ^`, parentheses, numbers with units (`5 m/s`), names and calls: `-v + speed*cos(theta) + omega*y`.
 * Powers bind to the right and before a sign; values are brought to coherent units where units are declared.
 * @throws OrreryError `format` with `source:line:column`, what was expected and, for an unknown name, the nearest one.
 */
export function parseExpression(text: string, scope: ExpressionScope, source: string): MeasuredExpression {
  return new Parser(tokenize(text, source), scope, source).parse();
}

/** How many operations may stand inside one another: everything that reads expressions goes into them recursively. */
const deepest = 500;

class Parser {
  readonly #tokens: readonly Token[];
  readonly #scope: ExpressionScope;
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], scope: ExpressionScope, source: string) {
    this.#tokens = tokens;
    this.#scope = scope;
    this.#source = source;
  }

  parse(): MeasuredExpression {
    const result = this.#sum();
    if (this.#next.kind !== "end") throw this.#expected("an operator or the end", this.#hintForUnit());
    return result;
  }

  get #next(): Token {
    return this.#tokens[this.#at];
  }

  #take(...texts: string[]): Token | undefined {
    const token = this.#next;
    if (token.kind !== "symbol" || !texts.includes(token.text)) return undefined;
    this.#at++;
    return token;
  }

  #enter(token: Token): void {
    if (++this.#depth > deepest)
      throw this.#error(token, `expected at most ${deepest} operations inside one another; got more`);
  }

  #sum(): MeasuredExpression {
    const depth = this.#depth;
    this.#enter(this.#next);
    const sum = this.#terms();
    this.#depth = depth;
    return sum;
  }

  #terms(): MeasuredExpression {
    let left = this.#product();
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      this.#enter(sign);
      const right = this.#product();
      this.#requireSame(left.unit, right.unit, sign);
      const expression = call(
        sign.text === "+" ? "add" : "subtract",
        [left.expression, right.expression],
        placeOf(sign),
      );
      left = { expression, unit: commonUnit(left.unit, right.unit) };
    }
    return left;
  }

  #product(): MeasuredExpression {
    let left = this.#signed();
    for (let sign = this.#take("*", "/"); sign !== undefined; sign = this.#take("*", "/")) {
      this.#enter(sign);
      const right = this.#signed();
      const name = sign.text === "*" ? "multiply" : "divide";
      const expression = call(name, [left.expression, right.expression], placeOf(sign));
      left = { expression, unit: productUnit(left.unit, right.unit, sign.text === "*" ? 1 : -1) };
    }
    return left;
  }

  #signed(): MeasuredExpression {
    const sign = this.#take("-", "+");
    if (sign === undefined) return this.#power();
    this.#enter(sign);
    const { expression, unit } = this.#signed();
    return { expression: sign.text === "-" ? call("negate", [expression], placeOf(sign)) : expression, unit };
  }

  #power(): MeasuredExpression {
    const base = this.#primary();
    const sign = this.#take("^");
    if (sign === undefined) return base;
    this.#enter(sign);
    const { expression: exponent } = this.#signed();
    const unit = powerUnit(base.unit, exponent.kind === "number" ? exponent.value : undefined);
    return { expression: call("power", [base.expression, exponent], placeOf(sign)), unit };
  }

  #primary(): MeasuredExpression {
    const token = this.#next;
    if (token.kind === "number") {
      this.#at++;
      const { factor } = token.unit ?? dimensionless;
      return { expression: constant(Number(token.text) * factor), unit: token.unit ?? "free" };
    }
    if (token.kind === "name") {
      this.#at++;
      return this.#take("(") === undefined ? this.#named(token) : this.#call(token);
    }
    if (this.#take("(") === undefined) throw this.#expected("a number, a name or (");
    const inner = this.#sum();
    this.#close();
    return inner;
  }

  #named(token: Token): MeasuredExpression {
    const { variables, parameters } = this.#scope;
    const parameter = parameters?.get(token.text);
    if (parameter !== undefined) return { expression: constant(parameter.value), unit: parameter.unit ?? "unknown" };
    if (variables.has(token.text)) {
      const unit = variables.get(token.text);
      const plain: Expression = { ...variable(token.text), place: placeOf(token) } as Expression;
      const expression = call("multiply", [plain, constant(unit?.factor ?? 1)], placeOf(token));
      return { expression, unit: unit ?? "unknown" };
    }
    if (Object.hasOwn(namedConstants, token.text))
      return { expression: constant(namedConstants[token.text]), unit: "free" };
    throw this.#unknown(
      token,
      [...variables.keys(), ...(parameters?.keys() ?? []), ...Object.keys(namedConstants)],
      "a known name",
    );
  }

  #call(token: Token): MeasuredExpression {
    const own = this.#scope.functions ?? {};
    const isOwn = Object.hasOwn(own, token.text);
    if (!isOwn && !callableFunctions.includes(token.text)) {
      throw this.#unknown(token, [...Object.keys(own), ...callableFunctions], "a function");
    }
    const operands = this.#operands();
    const { arity } = isOwn ? own[token.text] : builtinFunctions[token.text];
    if (arity !== undefined && arity !== operands.length) {
      throw this.#error(
        token,
        `expected ${arity} operand${arity === 1 ? "" : "s"} of ${token.text}; got ${operands.length}`,
      );
    }
    const expressions = operands.map((o) => o.expression);
    if (isOwn) return { expression: call(token.text, expressions, placeOf(token)), unit: "unknown" };
    const { unit, wantsPlain } = unitOfCall(
      token.text,
      operands.map((o) => o.unit),
    );
    for (const o of operands) this.#requireSame(wantsPlain ? dimensionless : operands[0].unit, o.unit, token);
    return { expression: foldMany(token.text, expressions, placeOf(token)), unit };
  }

  #operands(): MeasuredExpression[] {
    const operands = [this.#sum()];
    while (this.#take(",") !== undefined) operands.push(this.#sum());
    this.#close();
    return operands;
  }

  #close(): void {
    if (this.#take(")") === undefined) throw this.#expected(")");
  }

  #requireSame(a: Measure, b: Measure, token: Token): void {
    const scaled = [a, b].find((unit) => typeof unit === "object" && unit.factor !== 1);
    if (typeof scaled === "object" && (a === "free" || b === "free")) {
      throw this.#error(token, `expected a number with its unit beside a value in ${scaled.name}; got a bare number`);
    }
    if (!disagree(a, b)) return;
    const name = (unit: Measure) =>
      typeof unit !== "object" ? unit : unit.name === "1" ? "a plain number" : unit.name;
    throw this.#error(token, `expected equal units; got ${name(a)} and ${name(b)}`);
  }

  #unknown(token: Token, candidates: readonly string[], expected: string): OrreryError {
    return this.#error(
      token,
      `expected ${expected}; got ${JSON.stringify(token.text)}`,
      hintForName(token.text, candidates, "Names"),
    );
  }

  #expected(what: string, hint?: string): OrreryError {
    const { kind, text } = this.#next;
    return this.#error(this.#next, `expected ${what}; got ${kind === "end" ? text : JSON.stringify(text)}`, hint);
  }

  /** A word behind a number was meant as a unit. */
  #hintForUnit(): string | undefined {
    const isUnit = this.#next.kind === "name" && this.#tokens[this.#at - 1]?.kind === "number";
    return isUnit ? hintForName(this.#next.text, unitNames, "Units") : undefined;
  }

  #error(token: Token, message: string, hint?: string): OrreryError {
    return new OrreryError(
      "format",
      `${this.#source}:${token.line}:${token.column} ${message}`,
      hint === undefined ? {} : { hint },
    );
  }
}

function placeOf({ line, column }: Token): Place {
  return { line, column };
}

/** `min` and `max` of more than two operands as nested pairs. */
function foldMany(name: string, operands: readonly Expression[], place: Place): Expression {
  if ((name !== "min" && name !== "max") || operands.length < 2) return call(name, operands, place);
  return operands.reduce((a, b) => call(name, [a, b], place));
}
