import {
  absolute,
  full,
  gather,
  logSumExp,
  max,
  multiply,
  negate,
  softmax,
  stack,
  sum,
  type Tensor,
  tensor,
  where,
} from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type BinaryTemporal, type Formula, operandsOf } from "./formula.ts";
import { inSamples } from "./semantics.ts";
import { expressPredicate } from "./term-expression.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * How minima and maxima are taken: exactly, with a subgradient at ties, or smoothly with temperature `sharpness` (large is
 * near exact): `log-sum-exp` is `∓log(Σ e^(∓k x)) / k`, a bound on the far side; `softmax` is `Σ x e^(∓k x) / Σ e^(∓k x)`,
 * on the near side.
 */
export type Extremum =
  | { readonly kind: "exact" }
  | { readonly kind: "log-sum-exp" | "softmax"; readonly sharpness: number };

/** Conventions of robustness as an expression: those of discrete time with windows cut at the end of the trace. */
export interface ExpressionOptions {
  /** Seconds between samples. */
  readonly step?: number;
  readonly until?: "half-open" | "closed";
  readonly extremum?: Extremum;
  readonly vocabulary?: Vocabulary;
}

/**
 * The robustness of a formula at every sample, `[n]`, as an expression of the states' samples `[n]`, so that one can
 * optimise through it. With exact extrema it has the values of `robustness`; with smooth ones the infinities of empty
 * windows and constants are ±1e9, so that every derivative is a number. Only formulas of the future: a window of width `w`
 * costs an array `[n, w]`.
 * @throws OrreryError `unsupported` for operators of the past, neighbours, equality of formulas, and for functions or regions
 * without an expression; `argument` for an interval that is no multiple of `step`.
 */
export function robustnessExpression(
  formula: Formula,
  trace: Readonly<Record<string, Tensor>>,
  options: ExpressionOptions = {},
): Tensor {
  const { step = 1, until = "half-open", extremum = { kind: "exact" }, vocabulary = {} } = options;
  const [first] = Object.values(trace);
  if (first === undefined)
    throw new OrreryError("argument", "robustnessExpression: expected the samples of at least one state");
  const shared = { trace, length: first.shape[0], dtype: first.dtype === "float64" ? "float64" : "float32" } as const;
  return new RobustnessBuilder({ ...shared, step, isClosed: until === "closed", extremum, vocabulary }).build(formula);
}

interface BuilderOptions {
  readonly trace: Readonly<Record<string, Tensor>>;
  readonly length: number;
  readonly dtype: "float32" | "float64";
  readonly step: number;
  readonly isClosed: boolean;
  readonly extremum: Extremum;
  readonly vocabulary: Vocabulary;
}

class RobustnessBuilder {
  readonly #options: BuilderOptions;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  build(formula: Formula): Tensor {
    switch (formula.kind) {
      case "constant":
        return formula.value ? negate(this.#lowest()) : this.#lowest();
      case "positive":
      case "compare":
        return expressPredicate(formula, this.#options.trace, this.#options.vocabulary);
      case "not":
        return negate(this.build(formula.operand));
      case "and":
        return this.#least(formula.operands.map((operand) => this.build(operand)));
      case "or":
        return this.#largest(formula.operands.map((operand) => this.build(operand)));
      case "implies":
        return this.#largest([negate(this.build(formula.left)), this.build(formula.right)]);
      case "iff":
        return negate(absolute(this.build(formula.left).subtract(this.build(formula.right))));
      case "xor":
        return absolute(this.build(formula.left).subtract(this.build(formula.right)));
      case "eventually":
      case "always": {
        const { from, to } = this.#span(formula);
        const x = this.build(formula.operand);
        if (formula.kind === "eventually") return this.#windowMax(x, from, to);
        return negate(this.#windowMax(negate(x), from, to));
      }
      case "until":
        return this.#until(formula);
      case "release": {
        const [left, right] = operandsOf(formula).map((operand): Formula => ({ kind: "not", operand }));
        return negate(this.#until({ ...formula, left, right }));
      }
      default:
        throw new OrreryError(
          "unsupported",
          `robustnessExpression: expected a formula of the future; got ${formula.kind}`,
          {
            hint: "Monitor formulas of the past with robustness.",
          },
        );
    }
  }

  #span({ interval }: Extract<Formula, { interval: unknown }>): { readonly from: number; readonly to: number } {
    const { from, to } = inSamples(interval, this.#options.step);
    return { from, to: Math.min(to, this.#options.length - 1) };
  }

  /** `max_{t' ∈ t+[p,q]} min(b(t'), min_{t'' ∈ [t, t')} a(t''))`, one column for each `t' − t`. */
  #until(formula: Extract<Formula, { kind: BinaryTemporal }>): Tensor {
    const { from, to } = this.#span(formula);
    const [a, b] = [negate(this.build(formula.left)), this.build(formula.right)];
    const columns: Tensor[] = [];
    let failed: Tensor | undefined;
    for (let k = from; k <= to; k++) {
      const lastLeft = this.#options.isClosed ? k : k - 1;
      const reached = this.#shifted(b, k);
      if (lastLeft >= 0) failed = this.#withNext(a, lastLeft, failed);
      columns.push(failed === undefined ? reached : this.#least([reached, negate(failed)]));
    }
    if (columns.length === 0) return this.#lowest();
    return this.#largest(columns);
  }

  /** The largest of `x(t) … x(t + k)`, from that without the last where the extremum may be taken step by step. */
  #withNext(x: Tensor, k: number, before: Tensor | undefined): Tensor {
    if (before === undefined || this.#options.extremum.kind === "softmax") return this.#windowMax(x, 0, k);
    return this.#largest([before, this.#shifted(x, k)]);
  }

  /** `x(t + k)`; −∞ beyond the end. */
  #shifted(x: Tensor, k: number): Tensor {
    return this.#windowMax(x, k, k);
  }

  /** The largest of `x(t + from) … x(t + to)`, cut at the end of the trace; −∞ where nothing is left. */
  #windowMax(x: Tensor, from: number, to: number): Tensor {
    const n = this.#options.length;
    const width = to - from + 1;
    if (from >= n || width <= 0) return this.#lowest();
    const offsets = Array.from({ length: n * width }, (_, i) => Math.floor(i / width) + from + (i % width));
    const indices = tensor(
      offsets.map((i) => Math.min(i, n - 1)),
      "int32",
    ).reshape([n, width]);
    const isInside = tensor(
      offsets.map((i) => (i < n ? 1 : 0)),
      "bool",
    ).reshape([n, width]);
    const windows = gather(x, indices, 0);
    return this.#reduce(where(isInside, windows, tensor(this.#infinity(-1), this.#options.dtype)));
  }

  #infinity(sign: 1 | -1): number {
    return sign * (this.#options.extremum.kind === "exact" ? Number.POSITIVE_INFINITY : 1e9);
  }

  #lowest(): Tensor {
    return full([this.#options.length], this.#infinity(-1), this.#options.dtype);
  }

  #largest(xs: readonly Tensor[]): Tensor {
    return this.#reduce(stack(xs, 1));
  }

  #least(xs: readonly Tensor[]): Tensor {
    return negate(this.#reduce(negate(stack(xs, 1))));
  }

  /** The largest element of every row, `[n, w] → [n]`. */
  #reduce(x: Tensor): Tensor {
    const { extremum } = this.#options;
    if (extremum.kind === "exact") return max(x, { axes: [1] });
    const scaled = multiply(x, extremum.sharpness);
    if (extremum.kind === "log-sum-exp") return multiply(logSumExp(scaled, { axes: [1] }), 1 / extremum.sharpness);
    return sum(multiply(x, softmax(scaled, 1)), { axes: [1] });
  }
}
