import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OrreryError } from "../../errors.ts";
import { systemRefusal } from "./system-refusal.ts";

test("a full disk, a folder that may not be written and a name too long are told with the place and the next step", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  expect(String(systemRefusal(full))).toBe(
    "no space left on the disk. Free some; orrery runs resume last goes on with the run.",
  );
  const closed = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES", path: "/runs/one" });
  expect(String(systemRefusal(closed))).toMatch(/^\/runs\/one: permission denied. Choose a folder for runs/);
  const folder = mkdtempSync(join(tmpdir(), "orrery-system-"));
  try {
    writeFileSync(join(folder, "x".repeat(2000)), "");
    expect.unreachable();
  } catch (cause) {
    expect(systemRefusal(cause)?.message).toMatch(/x: the name is too long$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("mistakes of ours and errors that are told already are not taken for refusals", () => {
  expect(systemRefusal(new TypeError("x is not a function"))).toBeUndefined();
  expect(systemRefusal(new OrreryError("argument", "no"))).toBeUndefined();
  try {
    mkdirSync(join(tmpdir(), "no such folder", "inner"));
  } catch (cause) {
    expect(systemRefusal(cause)).toBeUndefined();
  }
});
