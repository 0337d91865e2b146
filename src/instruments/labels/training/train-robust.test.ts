import { beforeAll, describe, expect, it, vi } from "vitest";
import { splitDigits, withLabels, withNoise } from "../../../../test/kit/noisy-labels.ts";
import { type Dataset, subset, takeRows } from "../../../data/index.ts";
import { key, leavesOf, NdArray, sampleNormal } from "../../../engine/index.ts";
import { type CheckpointStore, decodeCheckpoint, encodeCheckpoint } from "../../../nn/index.ts";
import { type MethodChoice, methodNames } from "./choice.ts";
import type { TrainingOptions } from "./options.ts";
import { type RobustEvent, type RobustResult, type RobustTraining, trainRobust } from "./train-robust.ts";

let digits: { readonly train: Dataset; readonly test: Dataset };
let noisy: Dataset;
const small: Partial<TrainingOptions> = {
  epochs: 4,
  network: { kind: "mlp", hidden: [24] },
  noise: { rate: 0.3, kind: "symmetric" },
};

beforeAll(async () => {
  digits = await splitDigits();
  noisy = await withNoise(digits.train, { kind: "symmetric", rate: 0.3, key: key(5) });
});

const trained = (method: MethodChoice, more: Partial<RobustTraining> = {}) =>
  trainRobust({ method, options: small, dataset: noisy, key: key(2), ...more });

/** All bits of a result but the time it took. */
function bitsOf({ seconds: _, model, last, ...rest }: RobustResult): string {
  const text = (value: unknown) =>
    leavesOf(value).map(({ leaf, path }) => {
      if (leaf instanceof NdArray)
        return `${path} ${Buffer.from(leaf.data.buffer, leaf.data.byteOffset, leaf.data.byteLength).toString("base64")}`;
      return `${path} ${ArrayBuffer.isView(leaf) ? Buffer.from(leaf.buffer).toString("base64") : String(leaf)}`;
    });
  return text([rest, model.members, last.members]).join("\n");
}

/** Every checkpoint as bytes, in order. */
function recordedCheckpoints(): { readonly bytes: Uint8Array[]; readonly store: CheckpointStore } {
  const bytes: Uint8Array[] = [];
  return {
    bytes,
    store: {
      save: async (checkpoint) => {
        bytes.push(encodeCheckpoint(checkpoint));
      },
      load: async () => (bytes.length === 0 ? undefined : decodeCheckpoint(bytes[bytes.length - 1], "memory")),
    },
  };
}

describe("trainRobust", () => {
  it.each(["gce", "elr", "co-teaching", "aum", "dividemix"] as const)(
    "%s resumed after any epoch ends with the bytes of the run that was not interrupted",
    async (method) => {
      const { bytes, store } = recordedCheckpoints();
      const whole = bitsOf(await trained(method, { checkpoints: store, test: digits.test }));
      for (const saved of bytes) {
        const again = recordedCheckpoints();
        const resume = decodeCheckpoint(saved, "memory");
        const result = await trained(method, { checkpoints: again.store, resume, test: digits.test });
        expect(bitsOf(result)).toBe(whole);
        const last = again.bytes.at(-1);
        if (last !== undefined) expect(Buffer.compare(last, bytes[bytes.length - 1])).toBe(0);
      }
      expect(bytes.length).toBeGreaterThanOrEqual(4);
    },
  );

  it("stops between steps when it is cancelled and goes on from the last whole epoch", async () => {
    const controller = new AbortController();
    const { store } = recordedCheckpoints();
    const observer = (event: RobustEvent) => {
      if (event.kind === "epoch" && event.done === 2) controller.abort();
    };
    const run = trained("elr", { signal: controller.signal, checkpoints: store, observer });
    await expect(run).rejects.toMatchObject({ code: "cancelled", message: "labels train: cancelled after 2 epochs" });
    const resumed = await trained("elr", { resume: await store.load() });
    expect(bitsOf(resumed)).toBe(bitsOf(await trained("elr")));
  });

  it.each(methodNames)("%s learns the same bits whether true labels are absent, given or shuffled", async (method) => {
    const options = { ...small, epochs: 2 };
    const weights = ({ last, model, probabilities }: RobustResult) =>
      bitsOf({ last, model, probabilities } as unknown as RobustResult).replaceAll(/^.*record.*$/gm, "");
    const truth = digits.train.labels.data;
    const [absent, given, shuffled] = [
      await trained(method, { options }),
      await trained(method, { options, truth }),
      await trained(method, { options, truth: truth.toReversed(), test: digits.test }),
    ];
    expect(weights(given)).toBe(weights(absent));
    expect(weights(shuffled)).toBe(weights(absent));
  });

  it("returns the best epoch by the noisy validation rows, the last one, and an oracle only beside a test set", async () => {
    const result = await trained("cross-entropy", { test: digits.test, options: { ...small, epochs: 8 } });
    const accuracies = result.history.map(({ validation }) => validation?.accuracy ?? 0);
    expect(result.model.record.epoch).toBe(accuracies.indexOf(Math.max(...accuracies)));
    expect(result.last.record.epoch).toBe(7);
    const tested = result.history.map(({ test }) => test?.accuracy ?? 0);
    expect(result.oracle?.record.epoch).toBe(tested.indexOf(Math.max(...tested)));
    expect((await trained("cross-entropy")).oracle).toBeUndefined();
    expect(result.trainRows.length + result.validationRows.length).toBe(noisy.labels.size);
    expect(Math.abs(result.validationRows.length - noisy.labels.size / 10)).toBeLessThan(12);
    expect(result.probabilities.shape).toEqual([result.trainRows.length, 10]);
  });

  it("measures memorisation and the selection where the true labels are given", async () => {
    const { history } = await trained("elr", { truth: digits.train.labels.data });
    const { memorization, selection } = history[history.length - 1];
    const parts = [
      memorization?.cleanCorrect,
      memorization?.noisyFitted,
      memorization?.noisyCorrected,
      selection?.precision,
      selection?.recall,
    ];
    for (const part of parts) expect(part).toBeGreaterThanOrEqual(0);
    for (const part of parts) expect(part).toBeLessThanOrEqual(1);
    expect((await trained("elr")).history[3].memorization).toBeUndefined();
  });

  it("reports phases and every epoch of them", async () => {
    const events: RobustEvent[] = [];
    await trained({ name: "aum", ranking: 2 }, { observer: (event) => events.push(event) });
    const phases = events.flatMap((event) => (event.kind === "phase" ? [`${event.phase} ${event.epochs}`] : []));
    expect(phases).toEqual(["rank 2", "rank again 2", "train 4"]);
    const done = events.flatMap((event) => (event.kind === "epoch" ? [`${event.done}/${event.total}`] : []));
    expect(done).toEqual(["1/8", "2/8", "3/8", "4/8", "5/8", "6/8", "7/8", "8/8"]);
    const left = events.flatMap((event) => (event.kind === "epoch" ? [event.remainingMs ?? -1] : []));
    expect(left.slice(0, -1).every((ms) => ms > 0)).toBe(true);
    expect(left.at(-1)).toBe(0);
  });

  it.each(["elr", "dividemix"] as const)("reports how far an epoch of %s has come", async (method) => {
    const parts: number[] = [];
    const observer = (event: RobustEvent) => {
      if (event.kind === "progress") parts.push(event.done);
    };
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 100));
    let now = 1000;
    try {
      await trained(method, { options: { ...small, epochs: 2 }, observer });
    } finally {
      clock.mockRestore();
    }
    expect(parts.length).toBeGreaterThan(4);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
    expect(parts.some((done) => done > 0 && done < 1)).toBe(true);
    expect(Math.max(...parts)).toBeLessThanOrEqual(2);
  });

  it("trains with two and with a hundred classes, of which some have one row or none", async () => {
    const points = (classes: number, count: number): Dataset => {
      const labels = Int32Array.from({ length: count }, (_, i) => (i === 0 ? 1 : (i * i) % classes));
      const data = sampleNormal(key(classes), count * 8);
      return {
        inputs: new NdArray(data, [count, 8]),
        labels: new NdArray(labels),
        classNames: Array.from({ length: classes }, (_, i) => `c${i}`),
      };
    };
    for (const method of ["elr", "aum", "volminnet", "forward", "cores", "dividemix", "sop"] as const) {
      for (const dataset of [points(2, 60), points(100, 300)]) {
        const { last } = await trainRobust({
          method,
          dataset,
          options: { ...small, epochs: 2, balanceClasses: true },
          key: key(0),
        });
        expect(Number.isFinite(last.record.trainLoss)).toBe(true);
      }
    }
  });

  it("refuses what cannot be, before any work", async () => {
    const cases: readonly [Partial<RobustTraining>, string][] = [
      [{ method: "elrr" as never }, 'no method "elrr". Did you mean "elr"?'],
      [{ method: { name: "elr", lamda: 1 } as never }, 'elr has no setting "lamda". Did you mean "lambda"?'],
      [{ method: { name: "elr", beta: 1 } }, "elr: beta must be in [0, 1); got 1"],
      [{ method: { name: "dividemix", warmUp: 4 } }, "warmUp must be below the 4 epochs"],
      [{ method: { name: "label-smoothing", rate: -1 } }, "a negative rate diverges from scratch"],
      [{ method: { name: "forward", transition: [[1]] } }, "transition must be [10, 10]; got 1 rows"],
      [{ options: { epoch: 3 } as never }, 'unknown option "epoch". Did you mean "epochs"?'],
      [
        { options: { epochs: 0, learningRate: -1 } },
        "epochs must be a whole number of at least 1; got 0; learningRate must be above 0; got -1",
      ],
      [{ truth: [1, 2] }, "expected 1198 true labels; got 2"],
      [{ validation: { fraction: 1 } }, "validation.fraction must be in [0, 1); got 1"],
      [{ validation: { rows: [99999] } }, "validation rows must be some of 1198 rows; got row 99999"],
      [{ options: { network: { kind: "resnet8" } } }, 'network "resnet8" needs images'],
      [{ options: { augmentation: { kind: "crop-flip" } } }, "crop-flip needs images"],
      [{ dataset: { ...noisy, labels: new NdArray(noisy.labels.data.map(() => 3)) } }, "all rows have one label"],
      [
        { dataset: { ...noisy, labels: new NdArray(noisy.labels.data.map((y) => y + 1)) } },
        "Labels are whole numbers in [0, 10)",
      ],
      [
        { dataset: { ...noisy, inputs: takeRows(noisy.inputs, [0, 1]) } },
        "expected one label for each of 2 rows; got 1198",
      ],
    ];
    for (const [more, message] of cases) {
      const error = await trained("elr", more).catch(String);
      expect(error).toContain(message);
    }
  });

  it("refuses a checkpoint of another run", async () => {
    const { store } = recordedCheckpoints();
    await trained("elr", { checkpoints: store });
    const resume = await store.load();
    await expect(trained("gce", { resume })).rejects.toThrow("the checkpoint belongs to another run");
    await expect(trained("elr", { resume, key: key(3) })).rejects.toThrow("the checkpoint has key");
    const other = withLabels(noisy, digits.train.labels.data);
    await expect(trained("elr", { resume, dataset: other })).rejects.toThrow("the checkpoint belongs to another run");
  });
});

describe("rows of thousands of numbers", () => {
  const [count, side] = [80, 48];
  const noise = sampleNormal(key(8), count * 3 * side * side, "float32");
  const photographs: Dataset = {
    inputs: new NdArray(
      noise.map((value, i) => value + 4 * Number(Math.floor(i / (3 * side * side)) % 2)),
      [count, 3, side, side],
    ),
    labels: new NdArray(
      Int32Array.from({ length: count }, (_, i) => i % 2),
      [count],
      "int32",
    ),
    classNames: ["dark", "bright"],
  };
  const rows = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
  const part = (from: number, to: number) => subset(photographs, rows(from, to));
  const trainingOf = (options: Partial<TrainingOptions>) =>
    trainRobust({
      ...{ method: "elr", options, dataset: part(0, 50), test: part(50, count) },
      ...{ validation: { fraction: 0 }, key: key(1) },
    });

  it("are learned at the rate that is taken when none is given", async () => {
    const { last } = await trainingOf({ epochs: 60 });
    expect(last.record.test?.accuracy).toBe(1);
  });

  it("keep a rate that is given", async () => {
    const given = await trainingOf({ epochs: 2, learningRate: 0.02 });
    const usual = await trainingOf({ epochs: 2 });
    const adapted = await trainingOf({ epochs: 2, learningRate: (0.02 * 600) / (3 * side * side) });
    expect(bitsOf(usual)).toBe(bitsOf(adapted));
    expect(bitsOf(usual)).not.toBe(bitsOf(given));
  });
});
