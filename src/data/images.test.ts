import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { dataPath } from "./data-path.ts";
import { readImageFolder } from "./image-folder.ts";
import { readImages } from "./images.ts";

let folder = "";
const path = (name: string): string => join(folder, name);

/** 3 wide, 2 high: the red channel counts the pixels, green is 10 times the row, blue 200. */
const colour = Buffer.from([0, 0, 200, 1, 0, 200, 2, 0, 200, 3, 10, 200, 4, 10, 200, 5, 10, 200]);
const grey = Buffer.from([0, 50, 100, 150, 200, 250]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orrery-images-"));
  const rgb = sharp(colour, { raw: { width: 3, height: 2, channels: 3 } });
  const bw = sharp(grey, { raw: { width: 3, height: 2, channels: 1 } });
  await rgb.clone().png().toFile(path("colour.png"));
  await rgb.clone().webp({ lossless: true }).toFile(path("colour.webp"));
  await rgb.clone().jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toFile(path("colour.jpg"));
  await rgb.clone().tiff({ compression: "lzw" }).withMetadata({ orientation: 6 }).toFile(path("turned.tiff"));
  await bw.clone().toColourspace("b-w").png().toFile(path("grey.png"));
  await bw.clone().toColourspace("grey16").png().toFile(path("grey16.png"));
  await rgb.clone().resize(4, 4).png().toFile(path("large.png"));
  await writeFile(path("bitmap.bmp"), Buffer.from("BM6\0\0\0"));
  await writeFile(path("cut.png"), (await rgb.clone().png().toBuffer()).subarray(0, 60));
});

test("colour images become red, green and blue planes", async () => {
  const { images } = await readImages([path("colour.png"), path("colour.webp")]);
  const planes = [0, 1, 2, 3, 4, 5, 0, 0, 0, 10, 10, 10, 200, 200, 200, 200, 200, 200];
  expect(images.shape).toEqual([2, 3, 2, 3]);
  expect(Array.from(images.data)).toEqual([...planes, ...planes]);
});

test("a jpeg is close to what was stored", async () => {
  const { images } = await readImages([path("colour.jpg")]);
  expect(Math.abs(images.data[17] - 200)).toBeLessThan(12);
});

test("grey images have one channel, of 8 bits whatever was stored, or three when asked", async () => {
  const one = await readImages([path("grey.png"), path("grey16.png")]);
  expect(one.images.shape).toEqual([2, 1, 2, 3]);
  expect(Array.from(one.images.data)).toEqual([...grey, ...grey]);
  const three = await readImages([path("grey.png")], { channels: 3 });
  expect(Array.from(three.images.data)).toEqual([...grey, ...grey, ...grey]);
});

test("one colour image makes all of them colour", async () => {
  const { images } = await readImages([path("grey.png"), path("colour.png")]);
  expect(images.shape).toEqual([2, 3, 2, 3]);
});

test("an image is turned as its EXIF orientation tells", async () => {
  const { images } = await readImages([path("turned.tiff")]);
  expect(images.shape).toEqual([1, 3, 3, 2]);
  expect(Array.from(images.data.subarray(0, 6))).toEqual([3, 0, 4, 1, 5, 2]);
});

test("images of another size are rejected, or resized when a size is given", async () => {
  const files = [path("colour.png"), path("large.png"), path("colour.webp")];
  const usual = await readImages(files);
  expect(usual.files).toEqual([files[0], files[2]]);
  expect(Array.from(usual.rows)).toEqual([1, 3]);
  expect(usual.rejected[0].reason).toBe("expected 2×3 pixels like most; got 4×4 (give a size to resize)");
  const resized = await readImages(files, { size: [5, 6], fit: "fill" });
  expect([resized.images.shape, resized.rejected]).toEqual([[3, 3, 5, 6], []]);
});

test("files that are no images are rejected with the reason", async () => {
  const files = ["colour.png", "bitmap.bmp", "cut.png", "colour.pgn"].map(path);
  const { rejected, rows } = await readImages(files);
  expect(Array.from(rows)).toEqual([1]);
  expect(rejected.map(({ row }) => row)).toEqual([2, 3, 4]);
  expect(rejected.map(({ reason }) => reason.replaceAll(folder, "folder"))).toMatchInlineSnapshot(`
    [
      "expected a png, jpeg, webp, gif, tiff, avif or svg image; got a file that is none of them",
      "the image is damaged (Input file has corrupt header)",
      "folder/colour.pgn: no such file. Did you mean "colour.png"?",
    ]
  `);
});

test("real images keep their size", async () => {
  const { images } = await readImages([dataPath("images/sr/Set5/baby.png")]);
  expect(images.shape).toEqual([1, 3, 512, 512]);
});

test("a folder with a sub-folder for each class is a data set", async () => {
  const root = path("pets");
  await Promise.all(["cat/deep", "dog", "brid"].map((name) => mkdir(join(root, name), { recursive: true })));
  const image = await sharp(colour, { raw: { width: 3, height: 2, channels: 3 } })
    .png()
    .toBuffer();
  const names = ["cat/b.png", "cat/deep/a.png", "dog/1.png", "dog/2.png", "brid/x.png", "stray.png", "dog/.hidden"];
  await Promise.all(names.map((name) => writeFile(join(root, name), image)));
  await writeFile(join(root, "dog/notes.txt"), "not an image");

  const set = await readImageFolder(root);
  expect(set.classNames).toEqual(["brid", "cat", "dog"]);
  expect(set.files).toEqual(["brid/x.png", "cat/b.png", "cat/deep/a.png", "dog/1.png", "dog/2.png"]);
  expect(Array.from(set.labels.data)).toEqual([0, 1, 1, 2, 2]);
  expect(set.rejected.map(({ row, file }) => [row, file])).toEqual([
    [6, "dog/notes.txt"],
    [7, "stray.png"],
  ]);

  const given = await readImageFolder(root, { classNames: ["dog", "cat", "bird"] });
  expect(Array.from(given.labels.data)).toEqual([1, 1, 0, 0]);
  expect(Array.from(given.rows)).toEqual([2, 3, 4, 5]);
  expect(given.rejected[0]).toEqual({
    row: 1,
    file: "brid/x.png",
    reason: 'folder "brid" is none of the classes (nearest: "bird")',
  });
});

test("a folder that cannot serve says why", async () => {
  await mkdir(path("flat"), { recursive: true });
  await mkdir(path("void/cat"), { recursive: true });
  const message = async (name: string, size?: [number, number]): Promise<string> => {
    const error = await readImageFolder(path(name), { size }).catch((reason) => reason);
    return String(error).replaceAll(folder, "folder");
  };
  expect(await message("flat")).toMatchInlineSnapshot(
    `"folder/flat: expected a sub-folder for each class; got 0 files and no folder. Move the images of each class into a folder with the class's name, or list paths and labels in a csv file."`,
  );
  expect(await message("flatt")).toMatchInlineSnapshot(`"folder/flatt: no such file. Did you mean "flat"?"`);
  expect(await message("void")).toMatchInlineSnapshot(`"folder/void: expected at least one usable row; got none"`);
  expect(await message("void", [0, 2])).toMatchInlineSnapshot(
    `"images: size must be two positive integers, height and width; got [0, 2]"`,
  );
});
