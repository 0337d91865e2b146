import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { parseUnit, raise, times, type Unit } from "../stl/units.ts";
import { toAffineForm } from "./affine-form.ts";
import {
  call,
  compileExpression,
  constant,
  type Expression,
  type ExpressionFunction,
  variable,
  variablesOf,
} from "./expression.ts";
import {
  callableFunctions,
  type MeasuredExpression,
  namedConstants,
  type Parameter,
  parseExpression,
} from "./expression-parser.ts";
import { disagree } from "./expression-units.ts";
import { checkSet, type InputSet, scaleSet } from "./sets.ts";

/** A state variable. */
export interface StateSpec {
  readonly name: string;
  /** The unit of its values, such as `m` or `deg`; without one its equation is not checked. */
  readonly unit?: string;
}

/**
 * A system as a user gives it. Equations are text: sums, products and functions of states, inputs, parameters and `t`,
 * affine in the inputs.
 */
export interface SystemSpec {
  readonly name?: string;
  /** In the order of the grid's axes. */
  readonly states: readonly (string | StateSpec)[];
  /** Numbers used in the equations, in coherent units or with their own: `5`, `"2 kn"`. */
  readonly parameters?: Readonly<Record<string, number | string>>;
  /** One set, or several whose product is the set of controls. Their values are in coherent units (m, kg, s, rad). */
  readonly controls?: InputSet | readonly InputSet[];
  readonly disturbances?: InputSet | readonly InputSet[];
  /** The time derivative of every state. */
  readonly derivatives: Readonly<Record<string, string>>;
  /** Functions of one's own that the equations may call. */
  readonly functions?: Readonly<Record<string, ExpressionFunction>>;
}

/** A control- and disturbance-affine system `ẋ = f(x, t) + G(x, t)·u + D(x, t)·d`. */
export interface System {
  readonly name: string;
  readonly states: readonly string[];
  /** Whether `f`, `G` or `D` depend on time. */
  readonly isTimeVarying: boolean;
  readonly controls: readonly InputSet[];
  readonly disturbances: readonly InputSet[];
  /** `f [n]`. */
  readonly drift: readonly Expression[];
  /** `G [n, m]`, columns in the order of the controls' names. */
  readonly controlMatrix: readonly (readonly Expression[])[];
  /** `D [n, k]`. */
  readonly disturbanceMatrix: readonly (readonly Expression[])[];
  readonly functions: Readonly<Record<string, ExpressionFunction>>;
}

/** The name of time in equations. */
export const timeName = "t";

/**
 * A system from its equations.
 * @throws OrreryError `format` for an equation that does not parse, `unsupported` for one that is not affine in the inputs,
 * `argument` for missing or unknown names.
 */
export function defineSystem(spec: SystemSpec): System {
  const name = spec.name ?? "system";
  const states = spec.states.map((s) => (typeof s === "string" ? { name: s } : s));
  const controls = listOf(spec.controls);
  const disturbances = listOf(spec.disturbances);
  const functions = spec.functions ?? {};
  const inputs = namesOf([...controls, ...disturbances]);
  checkNames(name, [...states.map((s) => s.name), ...inputs], Object.keys(spec.parameters ?? {}));
  for (const set of [...controls, ...disturbances]) checkSet(set, `${name}: ${set.names.join(", ")}`);
  checkEquations(
    name,
    states.map((s) => s.name),
    spec.derivatives,
  );
  const hasUnits = states.some((state) => state.unit !== undefined);
  const variables = new Map<string, Unit | undefined>([[timeName, hasUnits ? parseUnit("s") : undefined]]);
  for (const state of states) variables.set(state.name, unitOf(state, name));
  for (const input of inputs) variables.set(input, undefined);
  const scope = { variables, parameters: readParameters(name, spec.parameters ?? {}), functions };
  const rows = states.map((state) => {
    const where = `${name}.${state.name}`;
    const rate = parseExpression(spec.derivatives[state.name], scope, where);
    return toAffineForm(toStateUnit(rate, variables.get(state.name), where), inputs, where);
  });
  const matrix = (sets: readonly InputSet[]) =>
    rows.map(({ coefficients }) => namesOf(sets).map((input) => coefficients.get(input) ?? constant(0)));
  const drift = rows.map((row) => row.offset);
  const [controlMatrix, disturbanceMatrix] = [matrix(controls), matrix(disturbances)];
  const isTimeVarying = [drift, ...controlMatrix, ...disturbanceMatrix]
    .flat()
    .some((e) => variablesOf(e).has(timeName));
  const names = states.map((s) => s.name);
  return {
    name,
    states: names,
    isTimeVarying,
    controls,
    disturbances,
    drift,
    controlMatrix,
    disturbanceMatrix,
    functions,
  };
}

function listOf(sets: InputSet | readonly InputSet[] | undefined): readonly InputSet[] {
  if (sets === undefined) return [];
  return "kind" in sets ? [sets] : sets;
}

/** All components of a product of sets, in order. */
export function namesOf(sets: readonly InputSet[]): string[] {
  return sets.flatMap((set) => set.names);
}

function unitOf({ name, unit }: StateSpec, system: string): Unit | undefined {
  if (unit === undefined) return undefined;
  const found = parseUnit(unit);
  if (found !== undefined) return found;
  throw new OrreryError(
    "argument",
    `${system}.${name}: expected a unit such as m, m/s or rad; got ${JSON.stringify(unit)}`,
  );
}

function checkNames(system: string, variables: readonly string[], parameters: readonly string[]): void {
  const seen = new Set<string>([timeName, ...Object.keys(namedConstants), ...callableFunctions]);
  for (const name of [...variables, ...parameters]) {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
      throw new OrreryError(
        "argument",
        `${system}: expected names of letters, digits and _; got ${JSON.stringify(name)}`,
      );
    }
    if (seen.has(name))
      throw new OrreryError(
        "argument",
        `${system}: expected a name of its own; got ${name} twice or a word that has a meaning`,
      );
    seen.add(name);
  }
}

function checkEquations(
  system: string,
  states: readonly string[],
  derivatives: Readonly<Record<string, string>>,
): void {
  if (states.length < 1 || states.length > 6) {
    throw new OrreryError("argument", `${system}: expected one to six states; got ${states.length}`);
  }
  for (const name of Object.keys(derivatives)) {
    if (states.includes(name)) continue;
    throw new OrreryError("argument", `${system}: expected derivatives of states; got one of ${JSON.stringify(name)}`, {
      hint: hintForName(name, states, "States"),
    });
  }
  const missing = states.filter((name) => !Object.hasOwn(derivatives, name));
  if (missing.length > 0)
    throw new OrreryError(
      "argument",
      `${system}: expected a derivative of every state; got none of ${missing.join(", ")}`,
    );
}

function readParameters(system: string, parameters: Readonly<Record<string, number | string>>): Map<string, Parameter> {
  const scope = { variables: new Map<string, undefined>() };
  return new Map(
    Object.entries(parameters).map(([name, given]) => {
      if (typeof given === "number") {
        if (Number.isFinite(given)) return [name, { value: given }];
        throw new OrreryError("argument", `${system}.${name}: expected a finite number; got ${given}`);
      }
      const { expression, unit } = parseExpression(given, scope, `${system}.${name}`);
      const value = expression.kind === "number" ? expression.value : Number.NaN;
      return [name, typeof unit === "object" ? { value, unit } : { value }];
    }),
  );
}

const perSecond = raise(parseUnit("s")!, -1);

/** A rate in coherent units, as the rate of a state's number. */
function toStateUnit({ expression, unit }: MeasuredExpression, state: Unit | undefined, where: string): Expression {
  if (state === undefined) return expression;
  const expected = times(state, perSecond);
  if (disagree(unit, expected)) {
    const got = typeof unit === "object" ? unit.name : unit;
    throw new OrreryError("format", `${where}: expected a rate in ${state.name}/s; got ${got}`);
  }
  return call("divide", [expression, constant(state.factor)]);
}

/** The values of `f`, `G` and `D` at one state and time. */
export interface Linearization {
  readonly drift: readonly number[];
  readonly controlMatrix: readonly (readonly number[])[];
  readonly disturbanceMatrix: readonly (readonly number[])[];
}

/** The system as a function of numbers: `f`, `G`, `D` at `(x, t)`. Compile it once, call it often. */
export function compileSystem(system: System): (x: readonly number[], t: number) => Linearization {
  const names = [...system.states, timeName];
  const compile = (row: readonly Expression[]) => row.map((e) => compileExpression(e, names, system.functions));
  const drift = compile(system.drift);
  const control = system.controlMatrix.map(compile);
  const disturbance = system.disturbanceMatrix.map(compile);
  return (x, t) => {
    const at = [...x.slice(0, system.states.length), t];
    const run = (row: readonly ((values: readonly number[]) => number)[]) => row.map((f) => f(at));
    return { drift: run(drift), controlMatrix: control.map(run), disturbanceMatrix: disturbance.map(run) };
  };
}

/** `ẋ = f + G·u + D·d` from a linearization and inputs. */
export function velocity(at: Linearization, control: readonly number[], disturbance: readonly number[]): number[] {
  const dot = (row: readonly number[], input: readonly number[]) => row.reduce((sum, g, j) => sum + g * input[j], 0);
  return at.drift.map((f, i) => f + dot(at.controlMatrix[i], control) + dot(at.disturbanceMatrix[i], disturbance));
}

/** The system with every disturbance `factor` times as large. @throws OrreryError `argument` for a negative factor. */
export function withDisturbanceScale(system: System, factor: number): System {
  if (!(factor >= 0 && Number.isFinite(factor))) {
    throw new OrreryError("argument", `${system.name}: expected a disturbance scale of at least 0; got ${factor}`);
  }
  return { ...system, disturbances: system.disturbances.map((set) => scaleSet(set, factor)) };
}

/**
 * The system with the size of the disturbance as one more state that never changes: `ẋ = f + G·u + δ·D·d`, `δ̇ = 0`.
 * One solution of it gives the values for every disturbance bound on the last axis.
 * @throws OrreryError `argument` when the name is taken or there are six states already.
 */
export function withDisturbanceState(system: System, name = "delta"): System {
  const taken = [...system.states, ...namesOf(system.controls), ...namesOf(system.disturbances)];
  checkNames(system.name, [...taken, name], []);
  if (system.states.length === 6)
    throw new OrreryError("argument", `${system.name}: expected at most five states; got 6`);
  const zeros = (sets: readonly InputSet[]) => namesOf(sets).map(() => constant(0));
  const scaled = system.disturbanceMatrix.map((row) => row.map((e) => call("multiply", [variable(name), e])));
  return {
    ...system,
    states: [...system.states, name],
    drift: [...system.drift, constant(0)],
    controlMatrix: [...system.controlMatrix, zeros(system.controls)],
    disturbanceMatrix: [...scaled, zeros(system.disturbances)],
  };
}
