import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { readBytes, writeBytes } from "./file.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "orrery-file-"));
  await writeFile(join(folder, "digits.csv"), "a,b\n");
  await writeFile(join(folder, "cut.gz"), gzipSync("hello ".repeat(1000)).subarray(0, 30));
});

async function message(path: string): Promise<string> {
  const error = await readBytes(join(folder, path)).catch((reason) => reason);
  return `${error.code}: ${String(error)}`.replaceAll(folder, "folder");
}

test("gzip is undone whatever the name", async () => {
  await writeFile(join(folder, "plain-name"), gzipSync("text"));
  expect(Buffer.from(await readBytes(join(folder, "plain-name"))).toString()).toBe("text");
});

test("a name that ends in .gz is written compressed, with the same bytes every time", async () => {
  await writeBytes(join(folder, "a.gz"), Buffer.from("text"));
  await writeBytes(join(folder, "b.gz"), Buffer.from("text"));
  expect(await readFile(join(folder, "a.gz"))).toEqual(await readFile(join(folder, "b.gz")));
  expect(Buffer.from(await readBytes(join(folder, "a.gz"))).toString()).toBe("text");
});

test("a write replaces the old file and leaves no temporary one", async () => {
  await writeBytes(join(folder, "twice/x"), Buffer.from("old"));
  await writeBytes(join(folder, "twice/x"), Buffer.from("new"));
  expect(await readFile(join(folder, "twice/x"), "utf8")).toBe("new");
  expect(await readdir(join(folder, "twice"))).toEqual(["x"]);
});

test("a write that cannot be finished leaves no temporary file", async () => {
  await writeBytes(join(folder, "taken/inside"), Buffer.from("x"));
  await expect(writeBytes(join(folder, "taken"), Buffer.from("y"))).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("a missing file, a missing folder, a folder and a damaged gzip are named with what is nearby", async () => {
  expect(await message("digit.csv")).toMatchInlineSnapshot(
    `"not-found: folder/digit.csv: no such file. Did you mean "digits.csv"?"`,
  );
  expect(await message("dgits/train/x.csv")).toMatchInlineSnapshot(
    `"not-found: folder/dgits/train/x.csv: no such file; the folder folder/dgits does not exist. folder holds: "a.gz", "b.gz", "cut.gz", "digits.csv", "plain-name", "taken", "twice"."`,
  );
  expect(await message(".")).toMatchInlineSnapshot(
    `"argument: folder: expected a file; got a folder. Folders of images are read with readImageFolder."`,
  );
  expect(await message("cut.gz")).toMatchInlineSnapshot(
    `"format: folder/cut.gz: expected a whole gzip stream in 30 bytes; got "unexpected end of file". The file is damaged or was cut off: fetch it again."`,
  );
});
