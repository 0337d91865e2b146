import { type Key, key, NdArray, type Tensor } from "../../src/engine/index.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { dense } from "../../src/nn/layers/dense.ts";
import { gru } from "../../src/nn/layers/recurrent.ts";
import { softmaxCrossEntropy } from "../../src/nn/losses/cross-entropy.ts";
import { mobilenetV2 } from "../../src/nn/networks/mobilenet-v2.ts";
import { resnet20 } from "../../src/nn/networks/resnet.ts";
import { vitTiny } from "../../src/nn/networks/vit.ts";
import { adam, adamW } from "../../src/nn/optimizers/adam.ts";
import type { Optimizer } from "../../src/nn/optimizers/optimizer.ts";
import { sgd } from "../../src/nn/optimizers/sgd.ts";
import { sequential } from "../../src/nn/sequential.ts";
import { type LossFunction, trainStep } from "../../src/nn/train-step.ts";
import { cellNetwork } from "./cell-network.ts";
import { filled } from "./filled.ts";
import { graphConvolutions } from "./graph-network.ts";

/** A compiled training step with everything it needs. */
export interface PreparedStep {
  /** One step; the loss. */
  run(): Promise<number>;
  release(): Promise<void>;
}

/** A line of the table: the equations are in `bench/workloads.md`. */
export interface Workload {
  readonly name: string;
  readonly target?: number;
  /** How many steps are timed in a turn. */
  readonly steps: number;
  make(): Promise<PreparedStep>;
}

interface Training<P, S, B> {
  readonly initial: { readonly params: P; readonly state: S };
  readonly loss: LossFunction<P, S, B>;
  readonly optimizer: Optimizer<unknown>;
  readonly learningRate: number;
  readonly batch: B;
}

/** A workload's training step over one fixed batch. */
export async function prepare<P, S, B>({
  initial,
  loss,
  optimizer,
  learningRate,
  batch,
}: Training<P, S, B>): Promise<PreparedStep> {
  const step = trainStep<P, S, B>({ loss, optimizer, compile: { threads: 2 } });
  let carry = { ...initial, optimizer: optimizer.initialize(initial.params as never) as unknown };
  const batches = [{ batch, key: key(0) }];
  return {
    async run() {
      const next = await step.run(carry, { batches, learningRate, averageWeight: 0 });
      carry = next.carry as typeof carry;
      return next.metrics.loss;
    },
    release: () => step.release(),
  };
}

type AnyNetwork = Layer<unknown, unknown>;

interface Classification {
  readonly network: AnyNetwork;
  readonly shape: readonly number[];
  readonly optimizer: Optimizer<unknown>;
  readonly learningRate: number;
}

/** Mean cross-entropy on inputs from the integer generator, label b mod 10. */
function classification({ network, shape, optimizer, learningRate }: Classification): Promise<PreparedStep> {
  const x = new NdArray(
    filled(
      shape.reduce((a, b) => a * b, 1),
      7,
    ),
    shape,
  );
  const y = new NdArray(
    Int32Array.from({ length: shape[0] }, (_, i) => i % 10),
    [shape[0]],
    "int32",
  );
  return prepare({
    initial: network.initialize(key(0)),
    batch: { x, y },
    optimizer,
    learningRate,
    loss: ({ params, state }, batch, dropoutKey: Key) => {
      const { x: images, y: labels } = batch as unknown as { x: Tensor; y: Tensor };
      const applied = network.apply(params, state, images, { training: true, key: dropoutKey });
      return { loss: softmaxCrossEntropy(applied.output, labels), state: applied.state as never };
    },
  });
}

const asNetwork = <P, S>(layer: Layer<P, S>): AnyNetwork => layer as unknown as AnyNetwork;

const perceptron = () =>
  asNetwork(
    sequential(
      dense(784, 512),
      (x) => x.relu(),
      dense(512, 512),
      (x) => x.relu(),
      dense(512, 10),
    ),
  );

/** The last state of a recurrent net, classified. */
function recurrentClassifier(): AnyNetwork {
  const [recurrent, head] = [gru(128, 128), dense(128, 10)];
  return {
    initialize: (source) => {
      const [first, second] = source.split(2);
      return {
        params: { recurrent: recurrent.initialize(first).params, head: head.initialize(second).params },
        state: {},
      } as never;
    },
    apply: (params, state, x, mode) => {
      const parts = params as { recurrent: never; head: never };
      const { last } = recurrent.apply(parts.recurrent, {}, x as Tensor, mode).output;
      return { output: head.apply(parts.head, {}, last, mode).output, state };
    },
  };
}

const momentum = () => sgd({ momentum: 0.9, weightDecay: 5e-4 });
const images = [64, 3, 32, 32];

/** Every workload of the speed table. */
export const workloads: readonly Workload[] = [
  {
    name: "mlp-adam",
    target: 0.6,
    steps: 20,
    make: () => classification({ network: perceptron(), shape: [128, 784], optimizer: adam(), learningRate: 1e-3 }),
  },
  {
    name: "mlp-sgd",
    steps: 20,
    make: () => classification({ network: perceptron(), shape: [128, 784], optimizer: sgd(), learningRate: 0.05 }),
  },
  { name: "gcn-cora", target: 0.5, steps: 20, make: () => prepare(graphConvolutions()) },
  { name: "cell-gnn-16", target: 0.3, steps: 20, make: () => prepare(cellNetwork(16)) },
  { name: "cell-gnn-128", target: 0.5, steps: 10, make: () => prepare(cellNetwork(128)) },
  {
    name: "vit-tiny",
    target: 0.9,
    steps: 3,
    make: () => {
      const network = asNetwork(vitTiny({ depth: 4 }));
      return classification({ network, shape: images, optimizer: adamW({ weightDecay: 0.05 }), learningRate: 1e-3 });
    },
  },
  {
    name: "resnet20",
    target: 1.1,
    steps: 5,
    make: () =>
      classification({ network: asNetwork(resnet20()), shape: images, optimizer: momentum(), learningRate: 0.05 }),
  },
  {
    name: "mobilenetv2",
    target: 1.0,
    steps: 4,
    make: () => {
      const network = asNetwork(mobilenetV2({ width: 0.5, classes: 10, small: true }));
      return classification({ network, shape: images, optimizer: momentum(), learningRate: 0.05 });
    },
  },
  {
    name: "gru",
    target: 0.8,
    steps: 8,
    make: () =>
      classification({ network: recurrentClassifier(), shape: [64, 100, 128], optimizer: adam(), learningRate: 1e-3 }),
  },
];
