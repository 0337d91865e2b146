import {
  conv2d,
  type Key,
  key,
  logSoftmax,
  matmul,
  NdArray,
  oneHot,
  sampleNormal,
  sum,
  type Tensor,
  uniform,
  zerosArray,
} from "../../src/engine/index.ts";
import { exponentialAverage } from "../../src/nn/averaging.ts";
import { fileCheckpoints } from "../../src/nn/checkpoint-file.ts";
import { adamW } from "../../src/nn/optimizers/adam.ts";
import { cosineDecay } from "../../src/nn/schedules.ts";
import { type BatchSource, type TrainEvent, train } from "../../src/nn/train.ts";

const steps = 40;
const root = key(2026);

function random(own: Key, shape: readonly number[], scale: number): NdArray<"float32"> {
  const size = shape.reduce((n, m) => n * m, 1);
  return new NdArray(
    sampleNormal(own, size).map((x) => x * scale),
    shape,
  );
}

const [forFilters, forHidden, forOutput, forImages, forTraining] = root.split(5);
const variables = {
  params: {
    filters: random(forFilters, [8, 1, 3, 3], 0.3),
    // Large enough to travel alone, beside small ones that are packed.
    hidden: { weight: random(forHidden, [512, 96], 0.05), bias: zerosArray([96]) },
    output: { weight: random(forOutput, [96, 5], 0.1), bias: zerosArray([5]) },
  },
  state: { seen: zerosArray([]) },
};

/** Seven batches an epoch, so that the run ends within one. */
const batches: BatchSource<{ images: NdArray; labels: NdArray }> = {
  perEpoch: 7,
  at: ({ epoch, batch }) => ({
    images: random(forImages.fold(epoch * 7 + batch), [16, 1, 8, 8], 1),
    labels: new NdArray(Int32Array.from({ length: 16 }, (_, i) => (i * (batch + 3)) % 5)),
  }),
};

/** A convolution and a dense layer; a tenth of its features is dropped at random. */
function features(images: Tensor, params: { filters: Tensor; hidden: { weight: Tensor; bias: Tensor } }, own: Key) {
  const maps = conv2d(images, params.filters, { padding: 1 }).relu().reshape([16, 512]);
  const hidden = matmul(maps, params.hidden.weight).add(params.hidden.bias).relu();
  return hidden.multiply(uniform(own, [16, 96]).greater(0.1).cast("float32"));
}

/** Trains to the end from whatever checkpoint is at `path`, saving every third step; tells of every step. */
export async function trainAt(path: string, observer: (event: TrainEvent) => void = () => {}): Promise<void> {
  const store = fileCheckpoints(path);
  await train({
    variables,
    batches,
    loss: ({ params, state }, { images, labels }, own) => {
      const scores = matmul(features(images, params, own), params.output.weight).add(params.output.bias);
      const loss = sum(logSoftmax(scores).multiply(oneHot(labels, 5))).multiply(-1 / 16);
      return { loss, state: { seen: state.seen.add(loss.multiply(0.5)) } };
    },
    optimizer: adamW(),
    learningRate: cosineDecay(0.01, { steps }),
    clip: { norm: 1 },
    average: exponentialAverage(0.9),
    until: { steps },
    key: forTraining,
    evaluation: {
      every: { epochs: 1 },
      directions: { seen: "lower" },
      run: async ({ state }) => ({ seen: state.seen.item() }),
    },
    checkpoints: { store, every: { steps: 3 } },
    resume: await store.load(),
    observer,
  });
}
