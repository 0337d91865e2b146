import { type CompileOptions, compile } from "../engine/compile/compile.ts";
import { gradients as differentiate } from "../engine/gradients.ts";
import type { NdArray } from "../engine/ndarray.ts";
import { add, multiply } from "../engine/ops/arithmetic.ts";
import type { Key } from "../engine/random/key.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { Tree } from "../engine/tree.ts";
import { type AverageWeight, moveAverage } from "./averaging.ts";
import { clipByNorm, clipByValue } from "./clipping.ts";
import type { Variables } from "./layer.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { treeOf, vectorsOf, zeroVectors } from "./partition.ts";

/** What is an array outside is an expression inside a traced function: the inverse of `Computed`. */
export type Traced<C> = C extends NdArray | number
  ? Tensor
  : C extends Key | string | boolean | undefined | null
    ? C
    : { readonly [K in keyof C]: Traced<C[K]> };

/** What a loss function answers for one batch. */
export interface BatchLoss<S> {
  /** The scalar that training makes small. */
  readonly loss: Tensor;
  /** The state for the next batch, e.g. running statistics; left out, it stays as it is. */
  readonly state?: S;
  /** Other scalars to be recorded, e.g. the accuracy on the batch. */
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

/** A loss as expressions of the variables, a batch and the step's own randomness. */
export type LossFunction<P, S, B> = (
  variables: Variables<Traced<P>, Traced<S>>,
  batch: Traced<B>,
  key: Key,
) => BatchLoss<Traced<S>>;

/** Limits on the gradients; `value` is applied before `norm`. */
export interface ClipOptions {
  /** See `clipByValue`. */
  readonly value?: number;
  /** See `clipByNorm`; the norm before is recorded as metric `gradientNorm`. */
  readonly norm?: number;
}

/** What a step is made of. */
export interface StepDefinition<P, S, B> {
  readonly loss: LossFunction<P, S, B>;
  readonly optimizer: Optimizer<unknown>;
  readonly clip?: ClipOptions;
  readonly average?: AverageWeight;
  /** Batches whose gradients are averaged for one update; default 1. */
  readonly accumulate?: number;
  readonly compile?: Omit<CompileOptions, "donate">;
}

/** Everything that changes from step to step and must be kept to go on. */
export interface Carry<P, S> {
  readonly params: P;
  readonly state: S;
  /** The optimiser's state. */
  readonly optimizer: unknown;
  /** The averaged parameters, where an average is kept. */
  readonly average?: P;
}

/** What a step is given beside the carry. */
export interface StepInput<B> {
  /** As many as `accumulate` says, each with a key of its own. */
  readonly batches: readonly { readonly batch: B; readonly key: Key }[];
  readonly learningRate: number;
  readonly averageWeight: number;
}

/** The outcome of a step: the old carry must not be read any more. */
export interface StepOutput<P, S> {
  readonly carry: Carry<P, S>;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A compiled training step. */
export interface TrainStep<P, S, B> {
  run(carry: Carry<P, S>, input: StepInput<B>): Promise<StepOutput<P, S>>;
  release(): Promise<void>;
}

type Params = Tree<Tensor>;
type Carried = { params: Params; state: unknown; optimizer: unknown; average?: Params };
type Scalars = { learningRate: Tensor; averageWeight: Tensor };
type Metrics = Readonly<Record<string, Tensor>>;
type Arrays = { readonly [name: string]: unknown };

/** A compiled function whose trees are checked by the types of `TrainStep` alone. */
interface CompiledTrees {
  (...args: unknown[]): Promise<Arrays>;
  release(): Promise<void>;
}

function compileTrees(f: (...args: never[]) => object, options: CompileOptions): CompiledTrees {
  return compile(f as unknown as () => Tensor, options) as unknown as CompiledTrees;
}

/** The first part of a step: what the batch says. */
function backward<P, S, B>({ loss: lossOf }: StepDefinition<P, S, B>, variables: unknown, batch: unknown, key: Key) {
  const given = variables as Variables<Traced<P>, Traced<S>>;
  const { loss, state = given.state, metrics = {} } = lossOf(given, batch as Traced<B>, key);
  return { gradients: differentiate(loss, given.params as Params), state, metrics: { loss, ...metrics } };
}

/** The second part: how the parameters follow. */
function follow<P, S, B>(
  { optimizer, clip = {}, average: averageWeight }: StepDefinition<P, S, B>,
  carried: Omit<Carried, "state">,
  given: Params,
  scalars: Scalars,
) {
  const limited = clip.value === undefined ? given : clipByValue(given, clip.value);
  const { gradients, norm } =
    clip.norm === undefined ? { gradients: limited, norm: undefined } : clipByNorm(limited, clip.norm);
  const { learningRate } = scalars;
  const { params, state } = optimizer.update(gradients, carried.optimizer, carried.params, { learningRate });
  const isAveraged = averageWeight !== undefined && carried.average !== undefined;
  const average = isAveraged ? moveAverage(carried.average as Params, params, scalars.averageWeight) : undefined;
  const metrics: Metrics = norm === undefined ? {} : { gradientNorm: norm };
  return { params, optimizer: state, ...(average === undefined ? {} : { average }), metrics };
}

const valuesOf = (metrics: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics as Record<string, NdArray>).map(([name, array]) => [name, array.item()]));

/** Forward, backward and update as one graph. The results stand side by side: what stands together travels together. */
function fusedStep<P, S, B>(definition: StepDefinition<P, S, B>): TrainStep<P, S, B> {
  const step = compileTrees(
    (carried: Carried, batch: unknown, scalars: Scalars, key: Key) => {
      const { gradients, state, metrics } = backward(definition, carried, batch, key);
      const next = follow(definition, carried, gradients, scalars);
      return { ...next, state, metrics: { ...metrics, ...next.metrics } };
    },
    { ...definition.compile, donate: [0] },
  );
  return {
    async run(carry, { batches: [{ batch, key }], ...scalars }) {
      const { metrics, ...next } = await step(carry, batch, scalars, key);
      return { carry: next as unknown as Carry<P, S>, metrics: valuesOf(metrics) };
    },
    release: () => step.release(),
  };
}

/** The gradients of several batches summed one after the other, then one update. */
function accumulatingStep<P, S, B>(definition: StepDefinition<P, S, B>, count: number): TrainStep<P, S, B> {
  const collect = compileTrees(
    (carried: { sums: readonly Tensor[]; state: unknown }, params: Params, batch: unknown, key: Key) => {
      const { gradients, state, metrics } = backward(definition, { params, state: carried.state }, batch, key);
      return { sums: vectorsOf(gradients).map((vector, i) => add(carried.sums[i], vector)), state, metrics };
    },
    { ...definition.compile, donate: [0] },
  );
  const update = compileTrees(
    (carried: Omit<Carried, "state">, sums: readonly Tensor[], scalars: Scalars) => {
      const means = sums.map((sum) => multiply(sum, 1 / count));
      return follow(definition, carried, treeOf(means, carried.params), scalars);
    },
    { ...definition.compile, donate: [0, 1] },
  );
  return {
    async run({ state: before, ...rest }, { batches, ...scalars }) {
      let carried: Arrays = { sums: zeroVectors(rest.params as Tree<NdArray>), state: before };
      const totals: Record<string, number> = {};
      for (const { batch, key } of batches) {
        const { metrics, ...next } = await collect(carried, rest.params, batch, key);
        for (const [name, value] of Object.entries(valuesOf(metrics))) {
          totals[name] = (totals[name] ?? 0) + value / count;
        }
        carried = next;
      }
      const { metrics, ...next } = await update(rest, carried.sums, scalars);
      const carry = { ...next, state: carried.state } as unknown as Carry<P, S>;
      return { carry, metrics: { ...totals, ...valuesOf(metrics) } };
    },
    async release() {
      await collect.release();
      await update.release();
    },
  };
}

/** Compiles a training step. It is traced at its first run; variables and optimiser state are replaced without a copy. */
export function trainStep<P, S, B>(definition: StepDefinition<P, S, B>): TrainStep<P, S, B> {
  const { accumulate = 1 } = definition;
  return accumulate === 1 ? fusedStep(definition) : accumulatingStep(definition, accumulate);
}
