import {
  type Computed,
  compile,
  gradients,
  type Key,
  type NdArray,
  oneHot,
  type Tensor,
  type Tree,
} from "../../../engine/index.ts";
import { copyArrays, type Layer, moveAverage, type Optimizer, type Variables } from "../../../nn/index.ts";

/** A network that gives logits `[batch, classes]`; the methods know no more of it than how it is applied. */
export type Network = Layer<unknown, unknown>;

/** A network's parameters and state as arrays. */
export type NetworkVariables = Variables<unknown, unknown>;

/** Named tensors, and named arrays. */
export type Tensors = Readonly<Record<string, Tensor>>;
export type Arrays = Readonly<Record<string, NdArray>>;

/** What a method's loss is made of, as expressions; `b` is the batch size and `k` the number of classes. */
export interface StepContext {
  /** The networks in training mode, inputs to logits `[b, k]`; what a call changes in a network's state is kept. */
  readonly networks: readonly ((x: Tensor) => Tensor)[];
  /** The same without training: nothing in their state changes. */
  readonly evaluations: readonly ((x: Tensor) => Tensor)[];
  /** Networks that the step is given and does not train, without training. */
  readonly others: readonly ((x: Tensor) => Tensor)[];
  /** The networks with averaged parameters and without training, where an average is kept. */
  readonly averages: readonly ((x: Tensor) => Tensor)[];
  readonly layer: Network;
  readonly variables: readonly NetworkVariablesAsTensors[];
  /** `[b, …]`, standardised and perhaps augmented. */
  readonly inputs: Tensor;
  /** The observed labels `[b]`, int32. */
  readonly labels: Tensor;
  /** The observed labels as rows of one 1, `[b, k]`. */
  readonly targets: Tensor;
  /** The batch's part of the method's per-sample memory, `[b, …]` each. */
  readonly rows: Tensors;
  /** What the method keeps beside. */
  readonly memory: Tensors;
  /** Other arrays that the method gives with the batch. */
  readonly extras: Tensors;
  readonly scalars: Tensors;
  readonly learningRate: Tensor;
  readonly key: Key;
}

/** A network's variables inside a step. */
export interface NetworkVariablesAsTensors {
  readonly params: Tree<Tensor>;
  readonly state: unknown;
}

/** What a method's loss answers. */
export interface StepResult {
  /** The scalar whose gradient moves the networks. */
  readonly loss: Tensor;
  /** New values of the per-sample memory; what is left out stays. */
  readonly rows?: Tensors;
  /** New values of the memory; what is left out stays. */
  readonly memory?: Tensors;
  /** Scalars to be recorded. */
  readonly metrics?: Tensors;
}

export type StepLoss = (context: StepContext) => StepResult;

/** Everything that changes from step to step except the per-sample memory. `average` is a list of none or as many as networks. */
export interface Carry {
  readonly params: readonly unknown[];
  readonly state: readonly unknown[];
  readonly optimizer: unknown;
  readonly average: readonly unknown[];
  readonly memory: Arrays;
}

/** One batch. */
export interface StepBatch {
  readonly inputs: NdArray;
  readonly labels: NdArray;
  readonly rows: Arrays;
  readonly extras: Arrays;
  /** Networks that are used but not trained. */
  readonly others: readonly NetworkVariables[];
}

/** The numbers of one step: `learningRate` and `averageWeight` beside the method's own. */
export type StepScalars = Readonly<Record<string, number>> & { readonly learningRate: number };

export interface StepOutput {
  readonly carry: Carry;
  readonly rows: Arrays;
  readonly metrics: Readonly<Record<string, number>>;
}

/** A compiled training step of one or two networks. */
export interface RobustStep {
  /** The old carry must not be read any more. */
  run(carry: Carry, batch: StepBatch, scalars: StepScalars, key: Key): Promise<StepOutput>;
  release(): Promise<void>;
}

interface StepDefinition {
  readonly layer: Network;
  readonly classes: number;
  readonly loss: StepLoss;
  readonly optimizer: Optimizer<unknown>;
  readonly threads?: number;
}

interface TracedCarry {
  readonly params: readonly Tree<Tensor>[];
  readonly state: readonly unknown[];
  readonly optimizer: unknown;
  readonly average: readonly Tree<Tensor>[];
  readonly memory: Tensors;
}

interface TracedBatch {
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly rows: Tensors;
  readonly extras: Tensors;
  readonly others: readonly NetworkVariables[];
}

function traceStep(
  { layer, classes, loss: lossOf, optimizer }: StepDefinition,
  carry: TracedCarry,
  batch: TracedBatch,
  scalars: Tensors,
  key: Key,
) {
  const { params, average } = carry;
  const state = [...carry.state];
  const networks = params.map((own, i) => (x: Tensor) => {
    const applied = layer.apply(own, state[i], x, { training: true, key: key.fold(i) });
    state[i] = applied.state;
    return applied.output;
  });
  const fixed = (own: unknown, buffers: unknown) => (x: Tensor) =>
    layer.apply(own, buffers, x, { training: false }).output;
  const evaluations = params.map((own, i) => fixed(own, carry.state[i]));
  const averages = average.map((own, i) => fixed(own, carry.state[i]));
  const others = batch.others.map((variables) => fixed(variables.params, variables.state));
  const { learningRate } = scalars;
  const result = lossOf({
    ...{ networks, evaluations, others, averages, layer, learningRate, scalars },
    variables: params.map((own, i) => ({ params: own, state: carry.state[i] })),
    ...{ inputs: batch.inputs, labels: batch.labels, rows: batch.rows, extras: batch.extras },
    targets: oneHot(batch.labels, classes),
    memory: carry.memory,
    key: key.fold(params.length),
  });
  const slopes = gradients(result.loss, params as Tree<Tensor>);
  const next = optimizer.update(slopes, carry.optimizer, params as Tree<Tensor>, { learningRate });
  const moved = average.length === 0 ? [] : moveAverage(average as Tree<Tensor>, next.params, scalars.averageWeight);
  return {
    carry: {
      ...{ params: next.params, state, optimizer: next.state, average: moved },
      memory: { ...carry.memory, ...result.memory },
    },
    rows: result.rows ?? {},
    metrics: { loss: result.loss, ...result.metrics },
  };
}

/** The result with its parts side by side: what stands together travels together. */
type FlatOutput = { [K in keyof Carry]: unknown } & { rows: unknown; metrics: unknown };

/** Compiles forward, gradients, update and the method's own memory as one graph, traced anew for each batch size. */
export function robustStep(definition: StepDefinition): RobustStep {
  const traced = (carry: TracedCarry, batch: TracedBatch, scalars: Tensors, key: Key) => {
    const { carry: next, rows, metrics } = traceStep(definition, carry, batch, scalars, key);
    return { ...next, rows, metrics };
  };
  const compiled = compile(traced as unknown as () => Tensor, {
    donate: [0],
    threads: definition.threads,
  }) as unknown as ((...args: unknown[]) => Promise<Computed<FlatOutput>>) & { release(): Promise<void> };
  return {
    async run(carry, batch, scalars, key) {
      const { rows, metrics, ...next } = await compiled(carry, batch, scalars, key);
      const values = Object.entries(metrics as Record<string, NdArray>).map(([name, array]) => [name, array.item()]);
      return { carry: next as unknown as Carry, rows: rows as Arrays, metrics: Object.fromEntries(values) };
    },
    release: () => compiled.release(),
  };
}

/** The carry before the first step: networks drawn from the keys, one key each. */
export function initialCarry(options: {
  readonly layer: Network;
  readonly optimizer: Optimizer<unknown>;
  readonly keys: readonly Key[];
  readonly isAveraged: boolean;
  readonly memory: Arrays;
}): Carry {
  const { layer, optimizer, keys, isAveraged, memory } = options;
  const drawn = keys.map((key) => layer.initialize(key) as NetworkVariables);
  const params = drawn.map((variables) => variables.params);
  return {
    params,
    state: drawn.map(({ state }) => state),
    optimizer: optimizer.initialize(params as Tree<NdArray>),
    average: isAveraged ? copyArrays(params) : [],
    memory,
  };
}
