import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { removeOldUploads } from "./old-uploads.ts";
import { serveStudio } from "./serve.ts";

const day = 24 * 3600;
const now = Date.UTC(2026, 0, 31) / 1000;
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "orrery-uploads-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function upload(name: string, days: number): string {
  const folder = join(root, ".uploads", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "data.csv"), "a,b\n1,2\n");
  for (const path of [join(folder, "data.csv"), folder]) utimesSync(path, now - days * day, now - days * day);
  return join(folder, "data.csv");
}

function recipe(folder: string, data: string): void {
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(
    join(root, folder, "recipe.yaml"),
    `job: labels audit\noptions:\n  data: ${JSON.stringify(data)} # form\n`,
  );
}

const left = () => readdirSync(join(root, ".uploads")).sort();

test("uploads that no run names go after a week, others stay", () => {
  upload("20260101-000000-00000001", 8);
  upload("20260101-000000-00000002", 6);
  recipe("audit-1", upload("20260101-000000-00000003", 30));
  for (const sweep of ["sweep-1", ".trash/sweep-2"]) {
    mkdirSync(join(root, sweep), { recursive: true });
    writeFileSync(join(root, sweep, "sweep.json"), "{}");
  }
  recipe("sweep-1/0123456789", upload("20260101-000000-00000004", 30));
  recipe(".trash/audit-2", upload("20260101-000000-00000005", 30));
  recipe(".trash/sweep-2/0123456789", upload("20260101-000000-00000006", 30));
  expect(removeOldUploads(root, now * 1000)).toEqual(["20260101-000000-00000001"]);
  expect(left()).toEqual(["2", "3", "4", "5", "6"].map((n) => `20260101-000000-0000000${n}`));
  rmSync(join(root, "audit-1"), { recursive: true });
  expect(removeOldUploads(root, now * 1000)).toEqual(["20260101-000000-00000003"]);
});

test("a file that came into a batch later keeps it", () => {
  const path = upload("20260101-000000-00000001", 30);
  utimesSync(path, now - day, now - day);
  expect(removeOldUploads(root, now * 1000)).toEqual([]);
});

test("what is no upload stays, and nothing behind a link is touched", () => {
  upload("mine", 100);
  const outside = join(root, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept.txt"), "");
  const batch = join(root, ".uploads", "20260101-000000-00000001");
  mkdirSync(batch);
  symlinkSync(outside, join(batch, "link"));
  symlinkSync(outside, join(root, ".uploads", "20260101-000000-00000002"));
  expect(removeOldUploads(root, now * 1000 + 400 * day * 1000)).toEqual(["20260101-000000-00000001"]);
  expect(existsSync(join(outside, "kept.txt"))).toBe(true);
  expect(left()).toEqual(["20260101-000000-00000002", "mine"]);
});

test("nothing goes where a recipe cannot be read", () => {
  upload("20260101-000000-00000001", 30);
  mkdirSync(join(root, "odd", "recipe.yaml"), { recursive: true });
  expect(() => removeOldUploads(root, now * 1000)).toThrow();
  expect(left()).toEqual(["20260101-000000-00000001"]);
});

test("a folder without uploads, or that is not there, is no matter", () => {
  expect(removeOldUploads(root)).toEqual([]);
  expect(removeOldUploads(join(root, "nothing"))).toEqual([]);
});

test("a studio removes them when it starts", async () => {
  upload("20260101-000000-00000001", 30);
  const studio = await serveStudio({ root, folder: root, command: [], port: 0 });
  await expect.poll(left).toEqual([]);
  await studio.close();
});
