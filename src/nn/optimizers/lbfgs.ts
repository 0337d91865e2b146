import { arrayFrom, toNumbers } from "../../engine/dtype.ts";
import { NdArray } from "../../engine/ndarray.ts";
import { leavesOfClass, rebuildTree, type Tree } from "../../engine/tree.ts";
import { OrreryError } from "../../errors.ts";
import { type Line, type LinePoint, strongWolfe } from "./wolfe.ts";

export interface LbfgsOptions {
  /** η > 0: the first step tried by the line search, the step taken without one; default 1. */
  readonly learningRate?: number;
  /** Iterations a call; default 20. */
  readonly iterations?: number;
  /** Evaluations a call after which no iteration begins; default 1.25 times the iterations. */
  readonly evaluations?: number;
  /** How many pairs of steps and gradient changes are remembered; default 100. */
  readonly history?: number;
  readonly lineSearch?: "strong-wolfe" | "none";
  /** Ends where `max |gᵢ|` is at most this; default 1e-7. */
  readonly gradientTolerance?: number;
  /** Ends where the loss or every parameter changes by less; default 1e-9. */
  readonly changeTolerance?: number;
}

/** A loss and its gradients at given parameters, usually a compiled function. */
export type Objective<P> = (params: P) => Promise<{ readonly loss: NdArray | number; readonly gradients: P }>;

interface Pair {
  /** The change of the parameters. */
  readonly step: Float64Array;
  /** The change of the gradient. */
  readonly change: Float64Array;
  /** `step · change`, above 0. */
  readonly product: number;
}

/** What is known of the curvature from earlier iterations. */
export interface LbfgsState {
  readonly pairs: readonly Pair[];
  /** The scale of the inverse Hessian that the pairs correct. */
  readonly scale: number;
  /** The last iteration's step and the gradient before it; undefined before the first. */
  readonly last?: { readonly step: Float64Array; readonly gradient: Float64Array };
}

/** The outcome of one call. */
export interface LbfgsResult<P> {
  readonly params: P;
  readonly state: LbfgsState;
  /** The loss at the parameters that were given. */
  readonly initialLoss: number;
  /** The loss last evaluated. */
  readonly loss: number;
  readonly evaluations: number;
  /** Why the call ended: `converged` by a tolerance, `limit` by the number of iterations or evaluations. */
  readonly reason: "converged" | "limit";
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
};
const largest = (a: Float64Array): number => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const scaled = (a: Float64Array, factor: number): Float64Array => a.map((x) => x * factor);
const addScaled = (a: Float64Array, b: Float64Array, factor: number): Float64Array =>
  a.map((x, i) => x + factor * b[i]);

function flat(tree: unknown): Float64Array {
  const leaves: readonly NdArray[] = leavesOfClass("lbfgs", tree, NdArray);
  const all = new Float64Array(leaves.reduce((n, { size }) => n + size, 0));
  let offset = 0;
  for (const { data, size } of leaves) {
    all.set(toNumbers(data), offset);
    offset += size;
  }
  return all;
}

function unflat<P>(values: Float64Array, like: P): P {
  let offset = 0;
  const given: readonly NdArray[] = leavesOfClass("lbfgs", like, NdArray);
  const leaves = given.map(({ shape, dtype, size }) => {
    const part = values.subarray(offset, offset + size);
    offset += size;
    return new NdArray(arrayFrom(dtype, part), shape, dtype);
  });
  return rebuildTree<P>(like, leaves);
}

/** The state with the pair of the last iteration, unless its curvature is too small to be of use. */
function remember(state: LbfgsState, gradient: Float64Array, history: number): LbfgsState {
  if (state.last === undefined) return state;
  const { step } = state.last;
  const change = addScaled(gradient, state.last.gradient, -1);
  const product = dot(change, step);
  if (!(product > 1e-10)) return state;
  const kept = state.pairs.length === history ? state.pairs.slice(1) : state.pairs;
  return { ...state, pairs: [...kept, { step, change, product }], scale: product / dot(change, change) };
}

/** The inverse Hessian times −gradient by two loops over the pairs (Nocedal & Wright 2006, algorithm 7.4). */
function direction({ pairs, scale }: LbfgsState, gradient: Float64Array): Float64Array {
  let q = scaled(gradient, -1);
  const weights: number[] = [];
  for (let i = pairs.length - 1; i >= 0; i--) {
    weights[i] = dot(pairs[i].step, q) / pairs[i].product;
    q = addScaled(q, pairs[i].change, -weights[i]);
  }
  let r = scaled(q, scale);
  pairs.forEach(({ step, change, product }, i) => {
    r = addScaled(r, step, weights[i] - dot(change, r) / product);
  });
  return r;
}

type Evaluate = (x: Float64Array) => Promise<{ loss: number; gradient: Float64Array }>;

interface Iteration {
  readonly x: Float64Array;
  readonly loss: number;
  readonly gradient: Float64Array;
}

function lineFrom({ x, loss, gradient }: Iteration, d: Float64Array, evaluate: Evaluate): Line {
  const at = async (t: number): Promise<LinePoint> => {
    const point = await evaluate(addScaled(x, d, t));
    return { ...point, t, slope: dot(point.gradient, d) };
  };
  return { start: { t: 0, loss, gradient, slope: dot(gradient, d) }, at, reach: largest(d) };
}

/**
 * Limited-memory BFGS (Liu & Nocedal 1989), equal to PyTorch's: `step` takes a few iterations from the parameters given,
 * each of which evaluates the objective at least once; call it again with its result, e.g. once a batch.
 * Vectors are float64 on the host: for problems of up to some million parameters.
 */
export interface Lbfgs {
  initialize(): LbfgsState;
  /** @throws OrreryError `runtime` when the loss at the given parameters is not finite. */
  step<P extends Tree<NdArray>>(objective: Objective<P>, params: P, state: LbfgsState): Promise<LbfgsResult<P>>;
}

/** Makes an L-BFGS rule. @throws OrreryError `argument` when a setting is outside its range. */
export function lbfgs(options: LbfgsOptions = {}): Lbfgs {
  const { learningRate = 1, iterations = 20, history = 100 } = options;
  const settings = {
    learningRate,
    iterations,
    evaluations: Math.floor((iterations * 5) / 4),
    history,
    lineSearch: "none" as const,
    gradientTolerance: 1e-7,
    changeTolerance: 1e-9,
    ...options,
  };
  if (!(learningRate > 0) || !(iterations >= 1) || !(history >= 1)) {
    throw new OrreryError(
      "argument",
      `lbfgs: learningRate must be above 0, iterations and history at least 1; got ${learningRate}, ${iterations} and ${history}`,
    );
  }
  return {
    initialize: () => ({ pairs: [], scale: 1 }),
    step: (objective, params, state) => run(objective, params, { state, settings }),
  };
}

async function run<P>(
  objective: Objective<P>,
  params: P,
  { state: before, settings }: { state: LbfgsState; settings: Required<LbfgsOptions> },
): Promise<LbfgsResult<P>> {
  let evaluations = 0;
  const evaluate: Evaluate = async (x) => {
    evaluations++;
    const { loss, gradients } = await objective(unflat(x, params));
    return { loss: typeof loss === "number" ? loss : loss.item(), gradient: flat(gradients) };
  };
  const start = flat(params);
  let now: Iteration = { x: start, ...(await evaluate(start)) };
  const initialLoss = now.loss;
  if (!Number.isFinite(initialLoss)) {
    throw new OrreryError("runtime", `lbfgs: the loss at the given parameters must be finite; got ${initialLoss}`);
  }
  let state = before;
  const result = (reason: LbfgsResult<P>["reason"]): LbfgsResult<P> => {
    return { params: unflat(now.x, params), state, initialLoss, loss: now.loss, evaluations, reason };
  };
  if (largest(now.gradient) <= settings.gradientTolerance) return result("converged");
  for (let iteration = 1; ; iteration++) {
    const isFirst = state.last === undefined;
    state = remember(state, now.gradient, settings.history);
    const d = direction(state, now.gradient);
    const { gradient, loss } = now;
    const first = isFirst ? Math.min(1, 1 / gradient.reduce((sum, g) => sum + Math.abs(g), 0)) : 1;
    const line = lineFrom(now, d, evaluate);
    if (line.start.slope > -settings.changeTolerance) {
      // No step, no change: the next call must not count the last pair twice.
      state = { ...state, last: { step: scaled(d, 0), gradient } };
      return result("converged");
    }
    const isLast = iteration === settings.iterations;
    const step = await advance(line, first * settings.learningRate, { now, d, isLast, search: settings.lineSearch });
    now = step.now;
    state = { ...state, last: { step: scaled(d, step.t), gradient } };
    if (isLast || evaluations >= settings.evaluations) return result("limit");
    const isStill =
      largest(d) * step.t <= settings.changeTolerance || Math.abs(now.loss - loss) < settings.changeTolerance;
    if (largest(now.gradient) <= settings.gradientTolerance || isStill) return result("converged");
  }
}

interface Advance {
  readonly now: Iteration;
  readonly d: Float64Array;
  readonly isLast: boolean;
  readonly search: LbfgsOptions["lineSearch"];
}

/** One step along the line: searched for, or of the given length; the latter is not evaluated when nothing will read it. */
async function advance(
  line: Line,
  t: number,
  { now, d, isLast, search }: Advance,
): Promise<{ now: Iteration; t: number }> {
  if (search === "strong-wolfe") {
    const { point } = await strongWolfe(line, t);
    return { now: { x: addScaled(now.x, d, point.t), loss: point.loss, gradient: point.gradient }, t: point.t };
  }
  if (isLast) return { now: { ...now, x: addScaled(now.x, d, t) }, t };
  const { loss, gradient } = await line.at(t);
  return { now: { x: addScaled(now.x, d, t), loss, gradient }, t };
}
