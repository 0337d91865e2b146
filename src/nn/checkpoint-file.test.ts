import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NdArray, ndarray, zerosArray } from "../engine/index.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { decodeCheckpoint, encodeCheckpoint, fileCheckpoints } from "./checkpoint-file.ts";

const checkpoint: Checkpoint = {
  key: "00000000-0000002a",
  progress: {
    step: 7,
    batches: 7,
    cursor: { epoch: 1, batch: 2 },
    perEpoch: 5,
    metrics: {
      loss: { direction: "lower", best: { value: 0.1, step: 3 }, last: { value: Number.NaN, step: 7 } },
    },
    epochSums: { loss: Number.POSITIVE_INFINITY },
    epochSteps: 2,
  },
  arrays: {
    params: {
      layers: [
        {
          weight: ndarray([
            [1.5, -2],
            [3, 4],
          ]),
        },
        {},
      ],
      "odd name": ndarray(0.1, "float64"),
    },
    state: { count: ndarray([1, 2, 3], "int32"), seen: ndarray([true, false]), empty: zerosArray([0, 4]) },
    optimizer: { velocity: [], big: new NdArray(BigInt64Array.of(-5n), [1]) },
  },
};

describe("a checkpoint file", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orrery-checkpoint-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("gives back what was saved: every dtype, empty arrays and lists, numbers that JSON has not", async () => {
    const store = fileCheckpoints(join(folder, "deep", "run.safetensors"));
    expect(await store.load()).toBeUndefined();
    await store.save(checkpoint);
    expect(await store.load()).toEqual(checkpoint);
    const later = { ...checkpoint, progress: { ...checkpoint.progress, step: 8 } };
    await store.save(later);
    expect((await store.load())?.progress.step).toBe(8);
  });

  it("begins with a safetensors header in which every array stands under its path", () => {
    const bytes = encodeCheckpoint(checkpoint);
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(length % 8).toBe(0);
    expect(header["params.layers[0].weight"]).toEqual({ dtype: "F32", shape: [2, 2], data_offsets: [0, 16] });
    expect(header.__metadata__.format).toBe("orrery checkpoint 1");
  });

  it("is refused at every length it may be cut off at", () => {
    const bytes = encodeCheckpoint(checkpoint);
    for (let length = 0; length < bytes.length; length += 13) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), "run.safetensors")).toThrow(
        `run.safetensors: expected a whole checkpoint; got ${length} bytes`,
      );
    }
  });

  it("is told apart from other safetensors files", async () => {
    const path = join(folder, "other.safetensors");
    const json = Buffer.from('{"__metadata__":{"format":"pt"}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    await writeFile(path, Buffer.concat([length, json]));
    await expect(fileCheckpoints(path).load()).rejects.toMatchObject({ code: "format" });
  });
});
