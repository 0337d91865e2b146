import { OrreryError } from "../../../errors.ts";
import { hintForName, nearestName } from "../../../nearest-name.ts";
import { type Arithmetic, type Comparison, combine, type Formula, type Interval, unbounded } from "./formula.ts";
import { parseInterval } from "./interval-parser.ts";
import { alignUnits, type Measured, multiplyUnits, powerUnit, type UnitMismatch, unitsOfCall } from "./measure.ts";
import { TokenReader } from "./token-reader.ts";
import { keywords, type Token } from "./tokens.ts";
import { parseUnit } from "./units.ts";
import { checkVocabulary, functionNamed, knownNames, unitOfState, type Vocabulary } from "./vocabulary.ts";

/** How a formula is read. */
export interface ParseOptions {
  /** What the text is called in messages. */
  readonly source?: string;
  /** The unit of interval bounds that are written without one. */
  readonly timeUnit?: string;
}

/** What has been read so far: a term that may still become a predicate, or a formula. */
type Operand =
  | ({ readonly kind: "term"; readonly token: Token } & Measured)
  /** `last` is the right side of a comparison, which a chain goes on from. */
  | { readonly kind: "formula"; readonly token: Token; readonly formula: Formula; readonly last?: Measured };

/** How tightly the binary operators bind, loosest first, and how they group. */
const precedence: Readonly<Record<string, number>> = {
  ...{ iff: 1, implies: 2, xor: 3, or: 4, and: 5, until: 6, release: 6, since: 6, trigger: 6 },
  ...{ ">=": 8, ">": 8, "<=": 8, "<": 8, "==": 8, "!=": 8, "+": 9, "-": 9, "*": 10, "/": 10, "^": 12 },
};
const [prefixPrecedence, minusPrecedence] = [7, 11];
/** How many operators may stand inside one another: everything that reads formulas goes into them recursively. */
const deepest = 500;
const rightGrouping = new Set(["implies", "until", "release", "since", "trigger", "^"]);
const arithmetic: Readonly<Record<string, Arithmetic>> = {
  ...{ "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "^": "power" },
};

/**
 * Reads a formula of signal temporal logic, such as `F[0, 12 s] dock and G[0, 12 s] (not reef and depth <= 5 m)`.
 * Operators, loosest first: `<->`, `->`, `xor`, `or`, `and`, then `U release since trigger`, then `not G F H once prev
 * next rise fall`, comparisons, arithmetic. A bare term `h` means `h >= 0`; `a <= x <= b` means both
 * comparisons.
 * @throws OrreryError `format` with `source:line:column`, what was expected and a suggestion: for a syntax error, an
 * unknown name, an empty interval or units that do not agree.
 */
export function parseFormula(text: string, vocabulary: Vocabulary = {}, options: ParseOptions = {}): Formula {
  checkVocabulary(vocabulary);
  const { source = "formula", timeUnit = "s" } = options;
  const reader = new TokenReader(text, source);
  if (parseUnit(timeUnit)?.dimension.join() !== "0,0,1,0") {
    throw new OrreryError(
      "argument",
      `parseFormula: expected timeUnit to be a unit of time; got ${JSON.stringify(timeUnit)}`,
    );
  }
  return new Parser(reader, vocabulary, timeUnit).parse();
}

class Parser {
  readonly #reader: TokenReader;
  readonly #vocabulary: Vocabulary;
  readonly #timeUnit: string;
  #depth = 0;

  constructor(reader: TokenReader, vocabulary: Vocabulary, timeUnit: string) {
    this.#reader = reader;
    this.#vocabulary = vocabulary;
    this.#timeUnit = timeUnit;
  }

  parse(): Formula {
    const whole = this.#toFormula(this.#expression(0));
    const rest = this.#reader.peek();
    if (rest.kind !== "end")
      this.#reader.fail(rest, "expected an operator or the end of the formula", hintForOperator(rest));
    return whole;
  }

  #expression(least: number): Operand {
    const depth = this.#depth;
    this.#enter(this.#reader.peek());
    let left = this.#prefix();
    for (;;) {
      const token = this.#reader.peek();
      const level = token.kind === "symbol" ? precedence[token.text] : undefined;
      if (level === undefined || level < least) break;
      this.#enter(this.#reader.next());
      left = this.#infix(token, left, rightGrouping.has(token.text) ? level : level + 1);
    }
    this.#depth = depth;
    return left;
  }

  #enter(token: Token): void {
    if (++this.#depth <= deepest) return;
    const hint = 'Write it shorter; operands of one "and" or "or" may be as many as you like.';
    this.#reader.fail(token, `expected at most ${deepest} operators inside one another; got more`, hint);
  }

  #infix(token: Token, left: Operand, least: number): Operand {
    if (token.text in arithmetic) return this.#arithmetic(token, left, this.#expression(least));
    if (precedence[token.text] === 8) return this.#compare(token, left, this.#expression(least));
    const kind = token.text as "and" | "or" | "implies" | "iff" | "xor" | "until" | "release" | "since" | "trigger";
    if (kind === "and" || kind === "or") {
      const operands = [this.#toFormula(left), this.#toFormula(this.#expression(least))];
      while (this.#reader.peek().kind === "symbol" && this.#reader.peek().text === kind) {
        this.#reader.next();
        operands.push(this.#toFormula(this.#expression(least)));
      }
      return { kind: "formula", token: left.token, formula: combine(kind, operands) };
    }
    const isTemporal = precedence[kind] === precedence.until;
    const interval = isTemporal ? this.#interval() : unbounded;
    const sides = { left: this.#toFormula(left), right: this.#toFormula(this.#expression(least)) };
    const formula = isTemporal ? { kind, interval, ...sides } : { kind, ...sides };
    return { kind: "formula", token: left.token, formula: formula as Formula };
  }

  #prefix(): Operand {
    const token = this.#reader.next();
    if (token.kind === "number") {
      const value = { kind: "number" as const, value: Number(token.text) };
      if (token.unit === undefined) return { kind: "term", token, term: value, measure: "free" };
      return { kind: "term", token, term: { ...value, unit: token.unit.name }, measure: token.unit };
    }
    if (token.kind === "name") return this.#name(token);
    switch (token.text) {
      case "(": {
        const inner = this.#expression(0);
        this.#reader.expect(")");
        return inner.kind === "term" ? inner : { kind: "formula", token: inner.token, formula: inner.formula };
      }
      case "-": {
        const { term, measure } = this.#toTerm(this.#expression(minusPrecedence));
        return { kind: "term", token, term: { kind: "negate", operand: term }, measure };
      }
      case "true":
      case "false":
        return { kind: "formula", token, formula: { kind: "constant", value: token.text === "true" } };
      case "always":
      case "eventually":
      case "historically":
      case "once":
        return this.#temporal(token, token.text);
      case "not":
      case "previous":
      case "next":
      case "rise":
      case "fall": {
        const operand = this.#toFormula(this.#expression(prefixPrecedence));
        return { kind: "formula", token, formula: { kind: token.text, operand } };
      }
      default:
        return this.#reader.fail(token, "expected a predicate or an operator such as G, F, not or (");
    }
  }

  #temporal(token: Token, kind: "always" | "eventually" | "historically" | "once"): Operand {
    const interval = this.#interval();
    const operand = this.#toFormula(this.#expression(prefixPrecedence));
    return { kind: "formula", token, formula: { kind, interval, operand } };
  }

  #interval(): Interval {
    return this.#reader.peek().text === "[" ? parseInterval(this.#reader, this.#timeUnit) : unbounded;
  }

  #name(token: Token): Operand {
    const name = token.written;
    if (this.#reader.peek().text === "(") return this.#call(token);
    if (Object.hasOwn(this.#vocabulary.regions ?? {}, name)) {
      return { kind: "term", token, term: { kind: "region", name }, measure: "unknown" };
    }
    const { states } = this.#vocabulary;
    if (states !== undefined && !states.some((s) => s.name === name)) {
      const hint = hintForName(name, knownNames(this.#vocabulary), "Known names");
      this.#reader.fail(token, "expected the name of a state, a region or a function", hint);
    }
    const measure = unitOfState(name, this.#vocabulary) ?? "unknown";
    return { kind: "term", token, term: { kind: "state", name }, measure };
  }

  #call(token: Token): Operand {
    const found = functionNamed(token.written, this.#vocabulary);
    if (found === undefined) {
      const hint = hintForName(token.written, knownNames(this.#vocabulary), "Known names");
      this.#reader.fail(token, "expected the name of a function", hint);
    }
    this.#reader.expect("(");
    const operands = [this.#toTerm(this.#expression(0))];
    while (this.#reader.peek().text === ",") {
      this.#reader.next();
      operands.push(this.#toTerm(this.#expression(0)));
    }
    this.#reader.expect(")");
    if (found.arity !== undefined && found.arity !== operands.length) {
      this.#reader.fail(token, `expected ${found.arity} operands of ${token.written}; got ${operands.length}`);
    }
    const { terms, measure } = this.#agree(token, unitsOfCall(found.units, operands));
    return { kind: "term", token, term: { kind: "call", name: token.written, operands: terms }, measure };
  }

  #arithmetic(token: Token, a: Operand, b: Operand): Operand {
    const kind = arithmetic[token.text];
    const [left, right] = [this.#toTerm(a), this.#toTerm(b)];
    if (kind === "add" || kind === "subtract") {
      const { terms, measure } = this.#agree(token, alignUnits([left, right]));
      return { kind: "term", token: a.token, term: { kind, left: terms[0], right: terms[1] }, measure };
    }
    const term = { kind, left: left.term, right: right.term };
    if (kind === "power") return { kind: "term", token: a.token, term, measure: powerUnit(left.measure, right.term) };
    const measure = multiplyUnits(left.measure, right.measure, kind === "multiply" ? 1 : -1);
    return { kind: "term", token: a.token, term, measure };
  }

  #compare(token: Token, left: Operand, b: Operand): Operand {
    const isChained = left.kind === "formula" && left.last !== undefined;
    const sides = [isChained ? left.last! : this.#toTerm(left), this.#toTerm(b)];
    const { terms } = this.#agree(token, alignUnits(sides));
    const own: Formula = { kind: "compare", comparison: token.text as Comparison, left: terms[0], right: terms[1] };
    const formula = isChained ? combine("and", [left.formula, own]) : own;
    return { kind: "formula", token: left.token, formula, last: sides[1] };
  }

  #agree<T extends object>(token: Token, result: T | UnitMismatch): T {
    if (!("mismatch" in result)) return result;
    const [expected, got] = result.mismatch;
    const hint = "Write both sides in units of the same kind, or give the number no unit.";
    return this.#reader.fail(token, `units around ${token.written}: expected ${expected}; got ${got}`, hint);
  }

  #toTerm(operand: Operand): Measured {
    if (operand.kind === "term") return operand;
    const hint = "Temporal and Boolean operators give formulas; compare terms inside of them.";
    return this.#reader.fail(operand.token, "expected a term (a number, a state, arithmetic); got a formula", hint);
  }

  #toFormula(operand: Operand): Formula {
    return operand.kind === "formula" ? operand.formula : { kind: "positive", term: operand.term };
  }
}

/** What a word where an operator should stand was probably meant to be. */
function hintForOperator({ kind, written }: Token): string | undefined {
  const nearest = kind === "name" ? nearestName(written, keywords) : undefined;
  return nearest === undefined ? undefined : `Did you mean ${JSON.stringify(nearest)}?`;
}
