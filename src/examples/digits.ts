import { mkdir, writeFile } from "node:fs/promises";
import { Batches, loadDigits, stratifiedSplit, takeRows } from "../data/index.ts";
import { compile, divide, input, key, relu, type Tensor } from "../engine/index.ts";
import { exportModel } from "../engine/onnx/export.ts";
import {
  accuracy,
  adamW,
  conv2d,
  cosineDecay,
  dense,
  dropout,
  flattenExamples,
  maxPool,
  type ParamsOf,
  sequential,
  softmaxCrossEntropy,
  type TrainEvent,
  train,
  warmUp,
} from "../nn/index.ts";
import { bar, confusionTable, drawDigits } from "./draw-digits.ts";

const epochs = 24;
const batchSize = 64;
const [forSplit, forBatches, forWeights, forTraining] = key(7).split(4);

/** Pixels 0…16 come in as they are in the file; the net brings them to 0…1 itself, so that the exported model does too. */
const net = sequential({
  scale: (x: Tensor) => divide(x, 16),
  first: conv2d({ inputs: 1, outputs: 16, size: 3, padding: 1 }),
  relu1: relu,
  second: conv2d({ inputs: 16, outputs: 32, size: 3, padding: 1 }),
  relu2: relu,
  pool: maxPool({ size: 2 }),
  flat: flattenExamples,
  dropout: dropout(0.3),
  hidden: dense(32 * 4 * 4, 64),
  relu3: relu,
  classes: dense(64, 10),
});
type Params = ParamsOf<typeof net>;

const variables = net.initialize(forWeights);
const scores = (params: Params, x: Tensor) => net.apply(params, variables.state, x, { training: false }).output;

const { inputs, labels } = await loadDigits();
const images = inputs.reshape([inputs.shape[0], 1, 8, 8]);
const parts = stratifiedSplit(labels.data, { train: 0.8, test: 0.2 }, forSplit);
const at = (indices: Int32Array) => ({ images: takeRows(images, indices), labels: takeRows(labels, indices) });
const held = at(parts.test);

const order = new Batches({ count: parts.train.length, batchSize, key: forBatches, lastBatch: "drop" });
const batches = {
  perEpoch: order.perEpoch,
  at: (cursor: { epoch: number; batch: number }) => at(order.at(cursor).indices.map((i) => parts.train[i])),
};
const test = compile((params: Params, x: Tensor, y: Tensor) => accuracy(scores(params, x), y));

let [loss, right] = [Number.NaN, 0];

/** One line that is written over at every step, where there is a terminal; otherwise one line for every few epochs. */
function showProgress(event: TrainEvent): void {
  if (event.kind === "step") loss = event.metrics.loss;
  if (event.kind === "evaluation") right = event.metrics.testAccuracy;
  const { step, epoch } = event;
  const total = epochs * order.perEpoch;
  const line = `epoch ${String(Math.min(epoch + 1, epochs)).padStart(2)}/${epochs} ${bar(step / total)} loss ${loss.toFixed(4)}  test ${(100 * right).toFixed(1)} %`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}\u001b[K`);
  else if (event.kind === "evaluation" && (epoch + 1) % 6 === 0) console.log(line);
}

const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());
console.log(
  `Training a convolutional net on ${parts.train.length} handwritten digits; ${parts.test.length} are held out.\n`,
);
const startedAt = performance.now();
const result = await train({
  variables,
  batches,
  loss: ({ params, state }, batch, own) => {
    const { output } = net.apply(params, state, batch.images, { training: true, key: own });
    return { loss: softmaxCrossEntropy(output, batch.labels) };
  },
  optimizer: adamW({ weightDecay: 0.01 }),
  learningRate: warmUp(cosineDecay(0.004, { steps: epochs * order.perEpoch }), { steps: 20 }),
  until: { epochs },
  key: forTraining,
  evaluation: {
    every: { epochs: 1 },
    directions: { testAccuracy: "higher" },
    run: async ({ params }) => ({ testAccuracy: (await test(params, held.images, held.labels)).item() }),
  },
  observer: showProgress,
  signal: interruption.signal,
});
if (process.stdout.isTTY) process.stdout.write("\n");
if (result.status === "cancelled") {
  console.log(`Stopped after ${result.step} steps.`);
  process.exit(130);
}

const predict = compile((params: Params, x: Tensor) => scores(params, x).argMax());
const [truth, predicted] = [held.labels.data, (await predict(result.params, held.images)).data as Int32Array];
const wrong = [...truth.keys()].filter((i) => predicted[i] !== truth[i]);
const percent = (100 * (truth.length - wrong.length)) / truth.length;
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `\nTest accuracy ${percent.toFixed(2)} % (${wrong.length} of ${truth.length} wrong) after ${seconds.toFixed(1)} s.`,
);
console.log("\nTrue digits down, predicted ones across:\n");
console.log(confusionTable(truth, predicted, 10));

const others = [...truth.keys()].filter((i) => predicted[i] === truth[i]);
console.log("\nMistakes first:\n");
console.log(
  drawDigits(
    [...wrong, ...others].slice(0, 8).map((i) => ({
      pixels: Array.from((held.images.data as Float32Array).subarray(64 * i, 64 * i + 64), (x) => x / 16),
      caption: predicted[i] === truth[i] ? `${truth[i]}` : `${truth[i]}, taken for ${predicted[i]}`,
    })),
  ),
);

const folder = "runs/digits";
await mkdir(folder, { recursive: true });
const model = exportModel((params: Params, digit: Tensor) => scores(params, digit), [input([1, 1, 8, 8])], {
  parameters: result.params,
  inputNames: ["image"],
  outputNames: ["scores"],
  dynamicBatch: true,
  name: "digits",
});
await writeFile(`${folder}/digits.onnx`, model);
console.log(
  `The trained model is in ${folder}/digits.onnx (${(model.length / 1024).toFixed(0)} KiB): images [batch, 1, 8, 8] in 0…16 give scores [batch, 10].`,
);
