import { type Arithmetic, type Formula, type Interval, isUnbounded, type Term } from "./formula.ts";

const symbols: Readonly<Record<Arithmetic, readonly [symbol: string, level: number]>> = {
  ...{ add: ["+", 9], subtract: ["-", 9], multiply: ["*", 10], divide: ["/", 10], power: ["^", 12] },
};
const words = {
  ...{ always: "G", eventually: "F", historically: "H", once: "once", until: "U", release: "release" },
  ...{ since: "since", trigger: "trigger", previous: "prev", next: "next", rise: "rise", fall: "fall", not: "not" },
  ...{ implies: "->", iff: "<->", xor: "xor", and: "and", or: "or" },
} as const;
const levels: Readonly<Partial<Record<Formula["kind"], number>>> = {
  ...{ iff: 1, implies: 2, xor: 3, or: 4, and: 5, until: 6, release: 6, since: 6, trigger: 6 },
  ...{ not: 7, always: 7, eventually: 7, historically: 7, once: 7, previous: 7, next: 7, rise: 7, fall: 7, compare: 8 },
};

/** A formula as text that `parseFormula` reads back to the same formula (with the same vocabulary). Times are in seconds. */
export function printFormula(formula: Formula): string {
  switch (formula.kind) {
    case "constant":
      return String(formula.value);
    case "positive":
      return printTerm(formula.term);
    case "compare":
      return `${printTerm(formula.left)} ${formula.comparison} ${printTerm(formula.right)}`;
    case "not":
    case "previous":
    case "next":
    case "rise":
    case "fall":
      return `${words[formula.kind]} ${inner(formula.operand, 7)}`;
    case "always":
    case "eventually":
    case "historically":
    case "once":
      return `${words[formula.kind]}${printInterval(formula.interval)} ${inner(formula.operand, 7)}`;
    case "and":
    case "or": {
      const level = levels[formula.kind]! + 1;
      return formula.operands.map((operand) => inner(operand, level)).join(` ${formula.kind} `);
    }
    default: {
      const level = levels[formula.kind]!;
      const operator = words[formula.kind] + ("interval" in formula ? printInterval(formula.interval) : "");
      return `${inner(formula.left, level + 1)} ${operator} ${inner(formula.right, level + 1)}`;
    }
  }
}

/** In parentheses unless it binds at least as tightly as `level`. */
function inner(formula: Formula, level: number): string {
  const text = printFormula(formula);
  return (levels[formula.kind] ?? 13) >= level ? text : `(${text})`;
}

function printInterval({ from, to }: Interval): string {
  if (from === 0 && isUnbounded({ from, to })) return "";
  return `[${from} s, ${isUnbounded({ from, to }) ? "inf" : `${to} s`}]`;
}

/** A term as text. */
export function printTerm(term: Term): string {
  switch (term.kind) {
    case "number":
      return term.unit === undefined ? String(term.value) : `${term.value} ${term.unit}`;
    case "state":
    case "region":
      return term.name;
    case "scaled":
      return printTerm(term.operand);
    case "negate":
      return `-${innerTerm(term.operand, 11)}`;
    case "call":
      return `${term.name}(${term.operands.map(printTerm).join(", ")})`;
    default: {
      const [symbol, level] = symbols[term.kind];
      const isRight = term.kind === "power";
      const left = innerTerm(term.left, isRight ? level + 1 : level);
      return `${left} ${symbol} ${innerTerm(term.right, isRight ? level : level + 1)}`;
    }
  }
}

function innerTerm(term: Term, level: number): string {
  const bare = term.kind === "scaled" ? term.operand : term;
  const own = bare.kind in symbols ? symbols[bare.kind as Arithmetic][1] : bare.kind === "negate" ? 11 : 13;
  const text = printTerm(term);
  return own >= level ? text : `(${text})`;
}
