import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";

const root = mkdtempSync(join(tmpdir(), "orrery-old-runs-"));
afterAll(() => rmSync(root, { recursive: true }));
const folder = join(root, "one");
const file = (name: string) => join(folder, name);
const edit = (name: string, change: (text: string) => string) =>
  writeFileSync(file(name), change(readFileSync(file(name), "utf8")));

/** Runs the command line here and answers its exit code with what it printed. */
async function orrery(...words: string[]) {
  let text = "";
  const catchAll = (part: unknown) => {
    text += String(part);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(catchAll as never),
  );
  try {
    return { code: await runCommandLine([...words, "--runs", root]), text };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** A run as one that was cancelled leaves it. */
const asCancelled = (text: string) =>
  JSON.stringify({ ...JSON.parse(text), status: { state: "cancelled" }, attempts: [] });

describe("a run of another version", () => {
  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    expect((await orrery("mapping", "evaluate", "--folder", folder, "--quiet")).code).toBe(0);
    edit("run.json", asCancelled);
  });

  it("that did not have an option yet goes on with its default", async () => {
    edit("recipe.yaml", (text) => text.replace(/^ {2}paperCompatible:.*\n/m, ""));
    const { code, text } = await orrery("runs", "resume", "one");
    expect([code, text]).toEqual([0, expect.stringContaining("report:")]);
  });

  it("that had an option which is gone is refused with its name", async () => {
    edit("recipe.yaml", (text) => text.replace("paperCompatible", "paperCompatable"));
    const { code, text } = await orrery("runs", "resume", "one");
    expect([code, text]).toEqual([1, expect.stringContaining("paperCompatable: unknown option. Did you mean")]);
  });

  it("without its recipe is refused, not fallen over", async () => {
    rmSync(file("recipe.yaml"));
    const { code, text } = await orrery("runs", "resume", "one");
    expect([code, text]).toEqual([1, expect.stringContaining("recipe.yaml: expected the recipe of the run")]);
  });

  it("with a record of another form is told in the list, and never written over", async () => {
    edit("run.json", (text) => text.replace("orrery run 1", "orrery run 9"));
    expect((await orrery("runs", "list")).text).toContain("their run.json cannot be read: one;");
    const shown = await orrery("runs", "show", "one");
    expect([shown.code, shown.text]).toEqual([1, expect.stringContaining('got "orrery run 9", of another version')]);
    edit("run.json", (text) => text.slice(0, 40));
    const again = await orrery("mapping", "evaluate", "--folder", folder, "--quiet");
    expect([again.code, again.text]).toEqual([1, expect.stringContaining("got something else or a part of one")]);
    expect(readFileSync(file("run.json"), "utf8")).toHaveLength(40);
  });
});
