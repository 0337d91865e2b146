import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { toNumbers } from "../engine/dtype.ts";
import { cifar10Classes, decodeCifar, readCifar } from "./cifar.ts";
import { dataPath } from "./data-path.ts";

function record(...labels: number[]): Uint8Array {
  const bytes = new Uint8Array(labels.length + 3072).map((_, i) => i % 251);
  bytes.set(labels);
  return bytes;
}

test("the real CIFAR-10 test images are 200 of each class", async () => {
  const set = await readCifar(dataPath("images/cifar10-test2000-200perclass.bin.gz"));
  const counts = new Array<number>(10).fill(0);
  for (const label of set.labels.data) counts[Number(label)]++;
  expect(set.inputs.shape).toEqual([2000, 3, 32, 32]);
  expect(counts).toEqual(new Array(10).fill(200));
  expect(set.classNames).toBe(cifar10Classes);
});

test("the first training images begin with a frog and two trucks and have the known mean colour", async () => {
  const { inputs, labels, classNames } = await readCifar(dataPath("images/cifar10-train-first5000.bin.gz"));
  expect(Array.from(toNumbers(labels.data).subarray(0, 3), (k) => classNames[k])).toEqual(["frog", "truck", "truck"]);
  const sums = [0, 0, 0];
  for (let i = 0; i < inputs.size; i++) sums[Math.floor(i / 1024) % 3] += Number(inputs.data[i]);
  const means = sums.map((sum) => sum / (5000 * 1024 * 255));
  expect(means[0]).toBeCloseTo(0.491, 2);
  expect(means[1]).toBeCloseTo(0.481, 2);
  expect(means[2]).toBeCloseTo(0.445, 2);
});

test("CIFAR-100 records have a coarse and a fine label", () => {
  const bytes = Buffer.concat([record(3, 40), record(19, 99)]);
  const fine = decodeCifar(bytes, { variant: "cifar100" });
  const coarse = decodeCifar(bytes, { variant: "cifar100", labels: "coarse" });
  expect(Array.from(toNumbers(fine.labels.data))).toEqual([40, 99]);
  expect(Array.from(toNumbers(coarse.labels.data))).toEqual([3, 19]);
  expect([fine.classNames.length, coarse.classNames.length]).toEqual([100, 20]);
  expect(fine.inputs.data[0]).toBe(2);
});

test("several files are one set, plain or gzipped", async () => {
  const folder = await mkdtemp(join(tmpdir(), "orrery-cifar-"));
  await writeFile(join(folder, "1.bin"), record(4));
  await writeFile(join(folder, "2.bin"), gzipSync(Buffer.concat([record(5), record(6)])));
  const set = await readCifar([join(folder, "1.bin"), join(folder, "2.bin")]);
  expect(Array.from(toNumbers(set.labels.data))).toEqual([4, 5, 6]);
  expect(Array.from(set.rows)).toEqual([1, 2, 3]);
});

test("a record with an impossible label is rejected with the reason", () => {
  const set = decodeCifar(Buffer.concat([record(1), record(77), record(2)]));
  expect(Array.from(toNumbers(set.labels.data))).toEqual([1, 2]);
  expect(set.rejected).toEqual([{ row: 2, reason: "label: expected a class in [0, 10); got 77" }]);
});

test("a file of another size says so", () => {
  expect(() => decodeCifar(record(1).subarray(0, 3000), {}, "cut.bin")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: cut.bin at byte 0: expected whole records of 3073 bytes (cifar10); got 3000 bytes after 0 records]`,
  );
  expect(() =>
    decodeCifar(Buffer.concat([record(1, 2), record(1, 2)]), {}, "fine.bin"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: fine.bin at byte 6146: expected whole records of 3073 bytes (cifar10); got 2 bytes after 2 records]`,
  );
  expect(() => decodeCifar(new Uint8Array(), {}, "empty.bin")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: empty.bin at byte 0: expected whole records of 3073 bytes (cifar10); got 0 bytes after 0 records]`,
  );
  expect(() => decodeCifar(record(200), {}, "bad.bin")).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: bad.bin: expected at least one usable row; got 1 rejected, the first (row 1): label: expected a class in [0, 10); got 200]`,
  );
});
