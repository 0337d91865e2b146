import { OrreryError } from "../../../errors.ts";
import { type Formula, operandsOf, termsOf } from "./formula.ts";
import { completeSemantics, type DiscreteSemantics, difference, inSamples } from "./semantics.ts";
import { negated, slidingMax, slidingMin } from "./sliding-window.ts";
import { compilePredicate, statesOfTerm } from "./term.ts";
import { type BoundedUntil, sinceDiscrete, untilDiscrete } from "./until.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Equally spaced samples of every state, all of one length `n`. */
export type Trace = Readonly<Record<string, ArrayLike<number>>>;

/**
 * The robustness of a formula at every sample of a trace, `[n]`: positive where it holds, negative where it does not, and
 * by how much. `ρ(h ≥ 0) = h`, `ρ(¬φ) = −ρ(φ)`, `∧` and `G` are minima, `∨` and `F` maxima over the window, and
 * `ρ(a U_[p,q] b, t) = max_{t' ∈ t+[p,q]} min(ρ(b, t'), min_{t'' ∈ [t, t')} ρ(a, t''))`. Takes O(n) an operator.
 * `<->` and `xor` are measured as `∓|ρ(a) − ρ(b)|`, as in rtamt, whose sign is not their truth: for that, monitor the
 * negation normal form.
 * @throws OrreryError `argument` for unequal lengths, a value that is NaN, or an interval that is no multiple of `step`;
 * `not-found` for a state without samples.
 */
export function robustness(
  formula: Formula,
  trace: Trace,
  options: DiscreteSemantics & { readonly vocabulary?: Vocabulary } = {},
): Float64Array {
  const { vocabulary = {}, ...semantics } = options;
  const states = Object.keys(trace);
  const lengths = states.map((name) => trace[name].length);
  if (lengths.some((n) => n !== lengths[0])) {
    const got = states.map((name, i) => `${name} ${lengths[i]}`).join(", ");
    throw new OrreryError("argument", `robustness: expected as many samples of every state; got ${got}`);
  }
  const needed = statesOf(formula, vocabulary);
  const samples = Array.from({ length: lengths[0] ?? 0 }, (_, t) => states.map((name) => trace[name][t]));
  for (const [t, x] of samples.entries()) checkSample(x, states, t, needed);
  return new DiscreteEvaluator(samples, states, vocabulary, completeSemantics(semantics)).evaluate(formula);
}

/** @throws OrreryError `argument` naming the sample and the state that is NaN. */
export function checkSample(
  x: readonly number[],
  states: readonly string[],
  index: number,
  needed: ReadonlySet<string>,
): void {
  const bad = x.findIndex((v, i) => Number.isNaN(v) && needed.has(states[i]));
  if (bad < 0) return;
  throw new OrreryError("argument", `robustness: expected numbers; got NaN for ${states[bad]} at sample ${index}`, {
    hint: "Fill or cut the gap: a formula has no value there.",
  });
}

/** The states that a formula's predicates read. */
export function statesOf(formula: Formula, vocabulary: Vocabulary): Set<string> {
  const names = new Set(termsOf(formula).flatMap((term) => statesOfTerm(term, vocabulary)));
  for (const part of operandsOf(formula)) for (const name of statesOf(part, vocabulary)) names.add(name);
  return names;
}

class DiscreteEvaluator {
  readonly #samples: readonly (readonly number[])[];
  readonly #states: readonly string[];
  readonly #vocabulary: Vocabulary;
  readonly #semantics: Required<DiscreteSemantics>;
  readonly #known = new Map<Formula, Float64Array>();

  constructor(
    samples: readonly (readonly number[])[],
    states: readonly string[],
    vocabulary: Vocabulary,
    semantics: Required<DiscreteSemantics>,
  ) {
    this.#samples = samples;
    this.#states = states;
    this.#vocabulary = vocabulary;
    this.#semantics = semantics;
  }

  evaluate(formula: Formula): Float64Array {
    const known = this.#known.get(formula);
    if (known !== undefined) return known;
    const values = this.#compute(formula);
    this.#known.set(formula, values);
    return values;
  }

  #compute(formula: Formula): Float64Array {
    switch (formula.kind) {
      case "constant":
        return new Float64Array(this.#samples.length).fill(
          formula.value ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
        );
      case "positive":
      case "compare":
        return Float64Array.from(this.#samples, compilePredicate(formula, this.#states, this.#vocabulary));
      case "not":
        return negated(this.evaluate(formula.operand));
      case "and":
        return fold(
          formula.operands.map((f) => this.evaluate(f)),
          Math.min,
        );
      case "or":
        return fold(
          formula.operands.map((f) => this.evaluate(f)),
          Math.max,
        );
      case "implies":
        return fold([negated(this.evaluate(formula.left)), this.evaluate(formula.right)], Math.max);
      case "iff":
        return fold([this.evaluate(formula.left), this.evaluate(formula.right)], (a, b) => -difference(a, b));
      case "xor":
        return fold([this.evaluate(formula.left), this.evaluate(formula.right)], difference);
      case "previous":
      case "next":
      case "rise":
      case "fall":
        return this.#neighbour(formula.kind, this.evaluate(formula.operand));
      default:
        return this.#temporal(formula);
    }
  }

  #neighbour(kind: "previous" | "next" | "rise" | "fall", x: Float64Array): Float64Array {
    const { outside } = this.#semantics;
    const infinity = Number.POSITIVE_INFINITY;
    if (kind === "previous") return x.map((_, t) => (t > 0 ? x[t - 1] : outside));
    if (kind === "next") return x.map((_, t) => (t + 1 < x.length ? x[t + 1] : outside));
    if (kind === "rise") return x.map((v, t) => Math.min(v, t > 0 ? -x[t - 1] : infinity));
    return x.map((v, t) => Math.min(-v, t > 0 ? x[t - 1] : infinity));
  }

  #temporal(formula: Extract<Formula, { interval: unknown }>): Float64Array {
    const { from, to } = inSamples(formula.interval, this.#semantics.step);
    const past = { from: -to, to: -from };
    if (!("operand" in formula)) return this.#binary(formula, { from, to });
    const x = this.evaluate(formula.operand);
    switch (formula.kind) {
      case "always":
        return slidingMin(x, { from, to }, this.#beyond(x));
      case "eventually":
        return slidingMax(x, { from, to }, this.#beyond(x));
      case "historically":
        return slidingMin(x, past);
      default:
        return slidingMax(x, past);
    }
  }

  #binary(
    formula: Extract<Formula, { kind: "until" | "release" | "since" | "trigger" }>,
    window: BoundedUntil["window"],
  ): Float64Array {
    const isDual = formula.kind === "release" || formula.kind === "trigger";
    const side = (x: Float64Array) => (isDual ? negated(x) : x);
    const [left, right] = [side(this.evaluate(formula.left)), side(this.evaluate(formula.right))];
    const isClosed = this.#semantics.until === "closed";
    const isFuture = formula.kind === "until" || formula.kind === "release";
    const beyond = isFuture ? this.#beyondPair(formula, isDual) : undefined;
    const values = isFuture
      ? untilDiscrete({ left, right, window, isClosed, beyond })
      : sinceDiscrete({ left, right, window, isClosed });
    return side(values);
  }

  #beyondPair(formula: { readonly left: Formula; readonly right: Formula }, isDual: boolean): BoundedUntil["beyond"] {
    const [left, right] = [this.#beyond(this.evaluate(formula.left)), this.#beyond(this.evaluate(formula.right))];
    if (left === undefined || right === undefined) return undefined;
    return isDual ? { left: -left, right: -right } : { left, right };
  }

  #beyond(x: Float64Array): number | undefined {
    const { end } = this.#semantics;
    if (end === "truncate" || x.length === 0) return undefined;
    return end === "hold" ? x[x.length - 1] : end.pad;
  }
}

function fold(signals: readonly Float64Array[], step: (a: number, b: number) => number): Float64Array {
  return signals.slice(1).reduce((a, b) => a.map((v, t) => step(v, b[t])), signals[0]);
}
