import { Batches, takeRows } from "../../src/data/index.ts";
import { compile, type Key, type NdArray, ndarray, type Tensor } from "../../src/engine/index.ts";
import type { BitSetting } from "../../src/instruments/mapping/index.ts";
import { adamW, type Carry, copyArrays, cosineDecay, softmaxCrossEntropy, trainStep } from "../../src/nn/index.ts";
import {
  activationSteps,
  leastSquaresRange,
  quantizeActivations,
  quantizeWeights,
  weightSteps,
} from "./fake-quantization.ts";
import { initialize, type LayerParams, type Rounding, scores } from "./network.ts";

/** Images `[n, 1, 8, 8]` with their digits. */
export interface Examples {
  readonly images: NdArray;
  readonly labels: NdArray<"int32">;
}

/** How many steps the grids of each layer have. */
type Steps<T> = readonly { readonly activations: T; readonly weights: T }[];

const asTheyAre: Rounding = (x) => x;
const onGrids =
  (steps: Steps<Tensor>): Rounding =>
  (x, l, params, part) =>
    (part === "weights" ? quantizeWeights : quantizeActivations)(x, params[part], steps[l][part]);

type Batch = Examples & { readonly steps: Steps<number> };
type Params = readonly LayerParams[];
// The graphs are too small for two threads to help each other.
const oneThread = { threads: 1 };
const optimizer = adamW({ weightDecay: 0 });
const floatStep = trainStep<Params, object, Examples>({
  loss: ({ params }, { images, labels }) => ({ loss: softmaxCrossEntropy(scores(params, images, asTheyAre), labels) }),
  optimizer,
  compile: oneThread,
});
const roundedStep = trainStep<Params, object, Batch>({
  loss: ({ params }, { images, labels, steps }) => ({
    loss: softmaxCrossEntropy(scores(params, images, onGrids(steps)), labels),
  }),
  optimizer,
  compile: oneThread,
});
const predict = compile(
  (params: readonly LayerParams<Tensor>[], images: Tensor, steps: Steps<Tensor>) =>
    scores(params, images, onGrids(steps)).argMax(),
  oneThread,
);
/** What each layer is given, in a float network. */
const layerInputs = compile((params: readonly LayerParams<Tensor>[], images: Tensor) => {
  const inputs: Tensor[] = [];
  scores(params, images, (x, _, _params, part) => {
    if (part === "activations") inputs.push(x);
    return x;
  });
  return inputs;
}, oneThread);

interface Schedule {
  readonly epochs: number;
  readonly learningRate: number;
  readonly key: Key;
}

async function train<B>(
  step: ReturnType<typeof trainStep<Params, object, B>>,
  start: Params,
  { images, labels }: Examples,
  { epochs, learningRate, key, batchOf }: Schedule & { readonly batchOf: (examples: Examples) => B },
): Promise<Params> {
  const order = new Batches({ count: labels.shape[0], batchSize: 64, key, lastBatch: "drop" });
  const rate = cosineDecay(learningRate, { steps: epochs * order.perEpoch });
  let carry: Carry<Params, object> = { params: copyArrays(start), state: {}, optimizer: optimizer.initialize(start) };
  for (let n = 0; n < epochs * order.perEpoch; n++) {
    const { indices } = order.at({ epoch: Math.floor(n / order.perEpoch), batch: n % order.perEpoch });
    const batch = batchOf({ images: takeRows(images, indices), labels: takeRows(labels, indices) });
    const input = { batches: [{ batch, key: key.fold(n) }], learningRate: rate(n), averageWeight: 0 };
    ({ carry } = await step.run(carry, input));
  }
  return carry.params;
}

/** A float network trained from scratch. */
export function trainFloat(examples: Examples, key: Key): Promise<Params> {
  const schedule = { epochs: 60, learningRate: 0.005, key, batchOf: (batch: Examples) => batch };
  return train(floatStep, initialize(key), examples, schedule);
}

/** A float network with its ranges set for some widths, then trained on with rounded weights and activations. */
export async function fineTune(float: Params, examples: Examples, setting: BitSetting, key: Key): Promise<Params> {
  const steps = stepsOf(setting);
  const sample = takeRows(
    examples.images,
    Int32Array.from({ length: 128 }, (_, i) => i),
  );
  const inputs = await layerInputs(float, sample);
  const calibrated = float.map(({ affine }, l) => ({
    affine,
    activations: ndarray(leastSquaresRange(inputs[l].data as Float32Array, steps[l].activations)),
    weights: ndarray(leastSquaresRange(affine.weight.data as Float32Array, steps[l].weights)),
  }));
  const batchOf = (batch: Examples) => ({ ...batch, steps });
  return train(roundedStep, calibrated, examples, { epochs: 6, learningRate: 0.002, key, batchOf });
}

/** How many of the examples a rounded network tells right. */
export async function countRight(params: Params, { images, labels }: Examples, setting: BitSetting): Promise<number> {
  const predicted = await predict(params, images, stepsOf(setting));
  return labels.data.filter((label, i) => predicted.data[i] === label).length;
}

function stepsOf(setting: BitSetting): Steps<number> {
  return setting.map((b) => ({ activations: activationSteps(b.activations), weights: weightSteps(b.weights) }));
}
