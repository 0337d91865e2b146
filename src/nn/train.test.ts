import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  batchNorm,
  conv2d,
  globalAveragePool2d,
  key,
  logSoftmax,
  matmul,
  maxPool2d,
  mean,
  NdArray,
  ndarray,
  oneHot,
  square,
  sum,
  type Tensor,
  uniform,
} from "../engine/index.ts";
import { exponentialAverage, stochasticAverage } from "./averaging.ts";
import type { Checkpoint, CheckpointStore } from "./checkpoint.ts";
import { adam } from "./optimizers/adam.ts";
import { sgd } from "./optimizers/sgd.ts";
import { type TrainEvent, train } from "./train.ts";

const reference = JSON.parse(readFileSync(new URL("reference/small-cnn.json", import.meta.url), "utf8"));
const initial = Object.fromEntries(
  Object.entries(reference.initial as Record<string, { shape: number[]; data: number[] }>).map(([name, stored]) => [
    name,
    new NdArray(Float32Array.from(stored.data), stored.shape),
  ]),
);

/** The batch that the reference numbers were made with: a linear congruential generator, then the label as brightness. */
function referenceBatch(): { images: NdArray; labels: NdArray } {
  const labels = Int32Array.from({ length: 16 }, (_, b) => (7 * b + 3) % 10);
  const images = new Float32Array(16 * 3 * 144);
  let state = 7;
  for (let i = 0; i < images.length; i++) {
    state = Number((1_664_525n * BigInt(state) + 1_013_904_223n) % 4_294_967_296n);
    const [image, channel] = [Math.floor(i / 432), Math.floor(i / 144) % 3];
    const brightness = channel === image % 3 ? labels[image] / 10 : 0;
    images[i] = Math.fround(Math.floor(state / 256) / 2 ** 23 - 1) + brightness;
  }
  return { images: new NdArray(images, [16, 3, 12, 12]), labels: new NdArray(labels, [16]) };
}

type Weights = Readonly<Record<string, Tensor>>;
type Labelled = { images: Tensor; labels: Tensor };

function smallCnn({ params: w }: { params: Weights }, { images, labels }: Labelled) {
  const first = batchNorm(conv2d(images, w["conv1.weight"], { padding: 1 }), w["norm.weight"], w["norm.bias"]).output;
  const second = conv2d(maxPool2d(first.relu(), { size: 2 }), w["conv2.weight"], { stride: 2, padding: 1 });
  const features = globalAveragePool2d(second.add(w["conv2.bias"].reshape([1, 16, 1, 1])).relu()).reshape([16, 16]);
  const logits = matmul(features, w["dense.weight"], { transposeB: true }).add(w["dense.bias"]);
  return { loss: sum(logSoftmax(logits).multiply(oneHot(labels, 10))).multiply(-1 / 16) };
}

const batch = referenceBatch();
const one = { perEpoch: 1, at: () => batch };

describe("a small convolutional net", () => {
  it("is trained on the batch that the reference used", () => {
    expect(batch.images.data.slice(0, 4)).toEqual(Float32Array.from(reference.batch.firstPixels));
    expect(Array.from(batch.labels.data as Int32Array)).toEqual(reference.batch.labels);
  });

  const optimizers = { sgd: sgd({ momentum: 0.9, weightDecay: 5e-4 }), adam: adam() };
  for (const run of reference.runs as { name: "sgd" | "adam"; settings: { lr: number }; losses: number[] }[]) {
    it(`has PyTorch's losses over 50 steps with ${run.name}`, async () => {
      const losses: number[] = [];
      await train({
        variables: { params: initial, state: {} },
        loss: smallCnn,
        batches: one,
        optimizer: optimizers[run.name] as ReturnType<typeof sgd>,
        learningRate: run.settings.lr,
        until: { steps: 50 },
        key: key(0),
        observer: (event) => event.kind === "step" && losses.push(event.metrics.loss),
      });
      expect(losses).toHaveLength(50);
      losses.forEach((loss, step) => {
        expect(Math.abs(loss / run.losses[step] - 1), `step ${step}`).toBeLessThan(1e-4);
      });
    });
  }
});

const points = [0, 1, 2, 3].map((i) => ({
  x: ndarray([
    [1, i],
    [i, 2],
    [0.5, -i],
  ]),
  y: ndarray([1 + i, 2 - i, i]),
}));
const source = { perEpoch: 4, at: ({ batch: i }: { batch: number }) => points[i] };
const line = {
  variables: { params: { w: ndarray([0.5, -0.5]), b: ndarray(0) }, state: { seen: ndarray(0) } },
  loss: (
    { params, state }: { params: { w: Tensor; b: Tensor }; state: { seen: Tensor } },
    { x, y }: { x: Tensor; y: Tensor },
  ) => ({
    loss: mean(square(matmul(x, params.w).add(params.b).subtract(y))),
    state: { seen: state.seen.add(1) },
    metrics: { slope: params.w.slice({ 0: 0 }) },
  }),
  batches: source,
  optimizer: adam(),
  learningRate: 0.05,
  key: key(1),
};

function memoryStore(): CheckpointStore & { latest?: Checkpoint } {
  const store: CheckpointStore & { latest?: Checkpoint } = {
    save: async (checkpoint) => {
      store.latest = checkpoint;
    },
    load: async () => store.latest,
  };
  return store;
}

describe("train", () => {
  it("leaves the given variables as they were and returns new ones, the state of the loss among them", async () => {
    const result = await train({ ...line, until: { epochs: 2 } });
    expect(line.variables.params.w.toNested()).toEqual([0.5, -0.5]);
    expect(result.params.w.toNested()).not.toEqual([0.5, -0.5]);
    expect(result).toMatchObject({ status: "done", step: 8 });
    expect(result.state.seen.item()).toBe(8);
  });

  it("tells of steps, epochs and evaluations in their order, and keeps best and last of each metric", async () => {
    const events: TrainEvent[] = [];
    const accuracies = [0.5, 0.9, 0.7];
    const result = await train({
      ...line,
      learningRate: (step) => 0.1 / (step + 1),
      until: { epochs: 3 },
      evaluation: {
        every: { epochs: 1 },
        directions: { accuracy: "higher" },
        run: async ({ state }) => ({ accuracy: accuracies[state.seen.item() / 4 - 1] }),
      },
      observer: (event) => events.push(event),
    });
    const epoch = ["step", "step", "step", "step", "epoch", "evaluation"];
    expect(events.map(({ kind }) => kind)).toEqual([...epoch, ...epoch, ...epoch]);
    const steps = events.flatMap((event) => (event.kind === "step" ? [event] : []));
    expect(steps[3]).toMatchObject({ step: 4, epoch: 0, learningRate: 0.025 });
    const losses = steps.map(({ metrics }) => metrics.loss);
    const epochs = events.flatMap((event) => (event.kind === "epoch" ? [event] : []));
    expect(epochs[1].metrics.loss).toBeCloseTo((losses[4] + losses[5] + losses[6] + losses[7]) / 4, 6);
    expect(result.metrics.accuracy).toEqual({
      direction: "higher",
      best: { value: 0.9, step: 8 },
      last: { value: 0.7, step: 12 },
    });
    expect(result.metrics.loss.best.value).toBe(Math.min(...losses));
    expect(Object.keys(result.metrics)).toEqual(["loss", "slope", "accuracy"]);
  });

  it("finishes the step, saves and answers cancelled when its signal is aborted; resumed, it ends with the same bits", async () => {
    const whole = await train({ ...line, until: { steps: 11 } });
    const controller = new AbortController();
    const store = memoryStore();
    const cancelled = await train({
      ...line,
      until: { steps: 11 },
      signal: controller.signal,
      checkpoints: { store, every: { steps: 100 } },
      observer: ({ kind, step }) => kind === "step" && step === 6 && controller.abort(),
    });
    expect(cancelled).toMatchObject({ status: "cancelled", step: 6 });
    expect(store.latest?.progress).toMatchObject({ step: 6, cursor: { epoch: 1, batch: 2 } });
    const resumed = await train({ ...line, until: { steps: 11 }, resume: await store.load() });
    expect(resumed).toEqual(whole);
  });

  it("answers at once when everything is done already", async () => {
    const store = memoryStore();
    const first = await train({ ...line, until: { steps: 3 }, checkpoints: { store, every: { steps: 1 } } });
    const again = await train({ ...line, until: { steps: 3 }, resume: store.latest });
    expect(again).toEqual(first);
  });

  it("gives every batch its own key, which depends on the run's key and its place alone", async () => {
    const noise = async (seed: number) => {
      const values: number[] = [];
      await train({
        ...line,
        loss: ({ params }: { params: { w: Tensor; b: Tensor } }, _batch: unknown, own) => ({
          loss: params.b.multiply(0),
          metrics: { noise: sum(uniform(own, [1])) },
        }),
        key: key(seed),
        until: { steps: 5 },
        observer: (event) => event.kind === "step" && values.push(event.metrics.noise),
      });
      return values;
    };
    const [first, again, other] = [await noise(1), await noise(1), await noise(2)];
    expect(first).toEqual(again);
    expect(new Set([...first, ...other]).size).toBe(10);
  });

  it("accumulates: four batches in one update are one batch of all examples", async () => {
    const rows = points.flatMap(({ x }) => x.toNested() as number[][]);
    const all = { x: ndarray(rows), y: ndarray(points.flatMap(({ y }) => y.toNested() as number[])) };
    const options = { ...line, clip: { norm: 0.5 }, average: exponentialAverage(0.5) };
    const parts = await train({ ...options, accumulate: 4, until: { epochs: 5 } });
    const whole = await train({ ...options, batches: { perEpoch: 1, at: () => all }, until: { epochs: 5 } });
    expect([parts.step, parts.state.seen.item()]).toEqual([5, 20]);
    for (const name of ["w", "b"] as const) {
      (parts.params[name].data as Float32Array).forEach((value, i) => {
        expect(value).toBeCloseTo(whole.params[name].data[i] as number, 5);
      });
      expect(parts.average?.[name].data[0]).toBeCloseTo(whole.average?.[name].data[0] as number, 5);
    }
    expect(parts.metrics.loss.last.value).toBeCloseTo(whole.metrics.loss.last.value, 4);
    expect(parts.metrics.gradientNorm.last.value).toBeCloseTo(whole.metrics.gradientNorm.last.value, 4);
  });

  it("averages the parameters after the steps that the average asks for", async () => {
    const seen: number[] = [];
    const { average } = await train({
      ...line,
      average: stochasticAverage({ from: 2, every: 3 }),
      until: { steps: 9 },
      evaluation: {
        every: { steps: 1 },
        directions: { offset: "lower" },
        run: async ({ params }) => {
          seen.push(params.b.item());
          return { offset: params.b.item() };
        },
      },
    });
    expect(average?.b.item()).toBeCloseTo((seen[2] + seen[5] + seen[8]) / 3, 6);
  });

  it("does not grow over 2,000 steps", async () => {
    const footprints: number[] = [];
    await train({
      ...line,
      until: { steps: 2000 },
      observer: ({ kind, step }) => {
        if (kind === "step" && (step === 500 || step === 2000)) footprints.push(process.memoryUsage().rss);
      },
    });
    expect(footprints[1] - footprints[0]).toBeLessThan(64 * 2 ** 20);
  });
});

describe("errors of train", () => {
  it("name a loss that is not finite, its step and the last checkpoint", async () => {
    const blowing = train({
      ...line,
      optimizer: sgd(),
      learningRate: 1e30,
      until: { steps: 50 },
      checkpoints: { store: memoryStore(), every: { steps: 1 } },
    });
    await expect(blowing).rejects.toMatchObject({
      code: "runtime",
      message: expect.stringMatching(/^train: the loss is (Infinity|NaN) at step [12]$/),
      hint: expect.stringContaining("The last checkpoint is of step"),
    });
  });

  it("list everything that does not fit a checkpoint", async () => {
    const store = memoryStore();
    await train({ ...line, until: { steps: 1 }, checkpoints: { store, every: { steps: 1 } } });
    const params = { w: ndarray([1, 2, 3]), c: ndarray(0) };
    const other = train({
      ...line,
      variables: { params, state: line.variables.state },
      loss: ({ params: { w } }: { params: { w: Tensor; c: Tensor } }) => ({ loss: sum(w) }),
      optimizer: sgd(),
      batches: { ...source, perEpoch: 5 },
      key: key(2),
      until: { steps: 2 },
      resume: store.latest,
    });
    await expect(other).rejects.toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: train: the checkpoint does not fit: it was made with key 00000000-00000001, not 00000000-00000002; an epoch had 4 batches, not 5; params.w is float32[2], not float32[3]; params.c is missing, not float32[]; params.b is not part of this run; and 4 more]`,
    );
  });

  it("name counts that are none", async () => {
    await expect(train({ ...line, until: { epochs: 0 } })).rejects.toThrow(
      "train: until must be a whole number of epochs, at least 1; got 0",
    );
    await expect(train({ ...line, until: { steps: 1 }, accumulate: 1.5 })).rejects.toThrow(
      "train: accumulate must be a whole number of batches, at least 1; got 1.5",
    );
  });

  it("name an evaluation's metric that the steps have too", async () => {
    const run = train({
      ...line,
      until: { steps: 1 },
      evaluation: { every: { steps: 1 }, directions: { loss: "lower" }, run: async () => ({ loss: 1 }) },
    });
    await expect(run).rejects.toThrow('train: the evaluation\'s metric "loss" is also one of the steps');
  });
});
