import {
  absolute,
  cos,
  exp,
  log,
  maximum,
  minimum,
  power,
  sin,
  sqrt,
  type Tensor,
  tan,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { checkRegion, type Region } from "./region.ts";
import { isName } from "./tokens.ts";
import { parseUnit, type Unit } from "./units.ts";

/** A named signal, with the unit its values are in. */
export interface State {
  readonly name: string;
  readonly unit?: string;
}

/** A real function that formulas may call. */
export interface TermFunction {
  /** How many operands it takes; undefined for any number, at least one. */
  readonly arity?: number;
  evaluate(...x: number[]): number;
  /** The same as an engine expression, for gradients; without it the function cannot be optimised through. */
  express?(...x: Tensor[]): Tensor;
  /**
   * What it does to units: the result has the operands' common unit (`same`) or its square root (`root`), or is a plain
   * number of plain numbers (`plain`) or angles (`angle`). Unchecked when left out.
   */
  readonly units?: "same" | "root" | "plain" | "angle";
}

/** The names that formulas may use. Without `states`, every name that is nothing else is a state. */
export interface Vocabulary {
  readonly states?: readonly State[];
  readonly regions?: Readonly<Record<string, Region>>;
  readonly functions?: Readonly<Record<string, TermFunction>>;
}

const folded =
  (step: (a: Tensor, b: Tensor) => Tensor) =>
  (...x: Tensor[]) =>
    x.reduce((a, b) => step(a, b));

/** The functions that every formula may call. */
export const builtinFunctions: Readonly<Record<string, TermFunction>> = {
  abs: { arity: 1, evaluate: Math.abs, express: (x) => absolute(x), units: "same" },
  sqrt: { arity: 1, evaluate: Math.sqrt, express: (x) => sqrt(x), units: "root" },
  exp: { arity: 1, evaluate: Math.exp, express: (x) => exp(x), units: "plain" },
  log: { arity: 1, evaluate: Math.log, express: (x) => log(x), units: "plain" },
  sin: { arity: 1, evaluate: Math.sin, express: (x) => sin(x), units: "angle" },
  cos: { arity: 1, evaluate: Math.cos, express: (x) => cos(x), units: "angle" },
  tan: { arity: 1, evaluate: Math.tan, express: (x) => tan(x), units: "angle" },
  pow: { arity: 2, evaluate: (x, y) => x ** y, express: (x, y) => power(x, y) },
  min: { evaluate: Math.min, express: folded(minimum), units: "same" },
  max: { evaluate: Math.max, express: folded(maximum), units: "same" },
  norm: {
    evaluate: Math.hypot,
    express: (...x) => sqrt(folded((a, b) => a.add(b))(...x.map((v) => v.square()))),
    units: "same",
  },
};

/** The function of that name in a vocabulary. */
export function functionNamed(name: string, vocabulary: Vocabulary): TermFunction | undefined {
  const own = vocabulary.functions ?? {};
  if (Object.hasOwn(own, name)) return own[name];
  return Object.hasOwn(builtinFunctions, name) ? builtinFunctions[name] : undefined;
}

/** All names a formula may use, for suggestions. */
export function knownNames({ states = [], regions = {}, functions = {} }: Vocabulary): string[] {
  return [
    ...states.map(({ name }) => name),
    ...Object.keys(regions),
    ...Object.keys(functions),
    ...Object.keys(builtinFunctions),
  ];
}

/** The unit of a state; undefined when none is declared. */
export function unitOfState(name: string, { states }: Vocabulary): Unit | undefined {
  const unit = states?.find((s) => s.name === name)?.unit;
  return unit === undefined ? undefined : parseUnit(unit);
}

/** @throws OrreryError `argument` for a vocabulary that contradicts itself: an unknown unit, a region over unknown states, a name used twice or that formulas cannot use. */
export function checkVocabulary(vocabulary: Vocabulary): void {
  const names = new Set<string>();
  const own = [...(vocabulary.states ?? []).map((s) => s.name), ...Object.keys(vocabulary.regions ?? {})];
  for (const name of [...own, ...Object.keys(vocabulary.functions ?? {})]) {
    if (names.has(name)) throw new OrreryError("argument", `vocabulary: expected each name once; got ${name} twice`);
    names.add(name);
    if (isName(name)) continue;
    const message = `vocabulary: expected a name that formulas can use; got ${JSON.stringify(name)}`;
    throw new OrreryError("argument", message, {
      hint: "Letters, digits, _ and dots, and none of the words of formulas, such as F, G, U or H: give it another name.",
    });
  }
  for (const { name, unit } of vocabulary.states ?? []) {
    if (unit === undefined || parseUnit(unit) !== undefined) continue;
    throw new OrreryError(
      "argument",
      `state ${name}: expected a unit such as m, m/s or rad; got ${JSON.stringify(unit)}`,
    );
  }
  for (const [name, region] of Object.entries(vocabulary.regions ?? {})) {
    checkRegion(name, region);
    const states = vocabulary.states?.map((s) => s.name);
    const unknown = region.states.find((s) => states !== undefined && !states.includes(s));
    if (unknown === undefined) continue;
    throw new OrreryError("argument", `region ${name}: expected names of states; got ${JSON.stringify(unknown)}`, {
      hint: hintForName(unknown, states!, "States"),
    });
  }
}
