import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { NdArray, ndarray } from "../engine/ndarray.ts";
import { dataPath } from "./data-path.ts";
import { writeNpy } from "./npy.ts";
import { writeNpz } from "./npz.ts";
import { type ReadDatasetOptions, readDataset } from "./read-dataset.ts";

let folder = "";
const path = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orrery-dataset-"));
  await mkdir(path("pictures/cat"), { recursive: true });
  const pixel = sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } });
  await pixel.png().toFile(path("pictures/cat/a.png"));
  await writeFile(
    path("list.csv"),
    "file,label\npictures/cat/a.png,cat\npictures/cat/b.png,dog\n,cat\npictures/cat/a.png,\n",
  );
  await writeNpz(path("names.npz"), { X: ndarray([[1], [2], [3]]), y: ["b", "a", "b"] });
  await writeNpz(path("numbers.npz"), { pixels: ndarray([[1], [2]]), y: new NdArray(BigInt64Array.of(1n, 3n)) });
  await writeNpy(
    path("x.npy"),
    ndarray([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
  );
  await writeNpy(path("labels.npy"), ndarray([1, 0, 2], "uint8"));
  await writeFile(path("notes.pdf"), "");
});

test("every form of labelled data is read by its name", async () => {
  const sets = await Promise.all([
    readDataset(dataPath("images/usps-test-images-idx3-ubyte.gz")),
    readDataset(dataPath("images/cifar10-test2000-200perclass.bin.gz")),
    readDataset(resolve(import.meta.dirname, "../../data/wine.csv.gz")),
    readDataset(resolve(import.meta.dirname, "fixtures/zstd.parquet"), {
      label: "category",
      features: ["id", "embedding"],
    }),
    readDataset(path("names.npz")),
    readDataset(path("numbers.npz"), { inputs: "pixels" }),
    readDataset(path("x.npy"), { labelsFile: path("labels.npy") }),
    readDataset(path("pictures")),
  ]);
  expect(sets.map(({ inputs, classNames }) => [inputs.shape, inputs.dtype, classNames.length])).toEqual([
    [[2007, 1, 16, 16], "uint8", 10],
    [[2000, 3, 32, 32], "uint8", 10],
    [[178, 13], "float32", 3],
    [[5, 4], "float32", 2],
    [[3, 1], "float32", 2],
    [[2, 1], "float32", 4],
    [[3, 2], "float32", 3],
    [[1, 3, 1, 1], "uint8", 1],
  ]);
  for (const { inputs, labels, rows, rejected } of sets) {
    expect([labels.shape, rows.length, rejected]).toEqual([[inputs.shape[0]], inputs.shape[0], []]);
  }
  expect(Array.from(sets[4].labels.data)).toEqual([1, 0, 1]);
});

test("a table may list image files; what it lists in vain is rejected with its line", async () => {
  const set = await readDataset(path("list.csv"), { image: "file" });
  expect(set.files).toEqual(["pictures/cat/a.png"]);
  expect(Array.from(set.inputs.data as Uint8Array)).toEqual([1, 2, 3]);
  const shown = set.rejected.map(({ reason, ...rest }) => ({ ...rest, reason: reason.replaceAll(folder, "folder") }));
  expect(shown).toMatchInlineSnapshot(`
    [
      {
        "file": "pictures/cat/b.png",
        "line": 3,
        "reason": "folder/pictures/cat/b.png: no such file. Did you mean "a.png"?",
        "row": 2,
      },
      {
        "line": 4,
        "reason": ""file" is missing",
        "row": 3,
      },
      {
        "line": 5,
        "reason": "the label is missing",
        "row": 4,
      },
    ]
  `);
});

test("what cannot be told is asked for", async () => {
  const message = async (name: string, options?: ReadDatasetOptions): Promise<string> => {
    const error = await readDataset(path(name), options).catch((reason) => reason);
    return `${error.code}: ${String(error).replaceAll(folder, "folder")}`;
  };
  expect(await message("numbers.npz")).toMatchInlineSnapshot(
    `"argument: folder/numbers.npz: expected a name among inputs, x, X, features, images, data; got "pixels", "y". Say which one it is with the option "inputs"."`,
  );
  expect(await message("x.npy")).toMatchInlineSnapshot(
    `"argument: folder/x.npy: expected a file of labels beside it; got none. Name it with the option "labelsFile"."`,
  );
  expect(await message("notes.pdf")).toMatchInlineSnapshot(
    `"format: folder/notes.pdf: expected a folder of images, or a name that ends in .csv, .tsv, .parquet, .npz, .npy, idx3-ubyte or .bin, perhaps with .gz; got "notes.pdf". Rename the file, or call the reader of its format."`,
  );
  expect(await message("list.cvs")).toMatchInlineSnapshot(
    `"not-found: folder/list.cvs: no such file. Did you mean "list.csv"?"`,
  );
  expect(await message("list.csv", { label: "labl" })).toMatchInlineSnapshot(
    `"not-found: folder/list.csv: no column "labl". Did you mean "label"?"`,
  );
  expect(await message("x.npy", { labelsFile: path("x.npy") })).toMatchInlineSnapshot(
    `"format: folder/x.npy with folder/x.npy: expected one label for each of 3 inputs; got labels of shape [3, 2]. Inputs are [n, …] and labels [n], in the same order."`,
  );
  expect(await message("names.npz", { classNames: ["c"] })).toMatchInlineSnapshot(
    `"format: folder/names.npz: expected at least one usable row; got 3 rejected, the first (row 1): label: expected one of "c"; got "b""`,
  );
});
