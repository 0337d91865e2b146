import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findJob } from "../src/instruments/registry.ts";
import { defineJob, runJob } from "../src/lab/index.ts";
import { prepareSweep } from "../src/lab/sweeps/sweep.ts";
import { openStudio, type StudioPage, violationsOf } from "./kit/studio-page.ts";

const wide =
  "for (let counter = 0; counter < 1_000_000; counter += 1) for (let inner = 0; inner < 1_000_000; inner += 1) visit();";
const row = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`column number ${i}`, 1000 * i]));

const job = defineJob({
  name: "test width",
  summary: "Keeps what is wider than a telephone.",
  options: z.strictObject({ someOptionWithALongName: z.string().default(wide).describe("A long text.") }),
  metrics: { loss: { label: "a loss", direction: "lower" } },
  run: async (_, context) => {
    for (let step = 1; step < 20; step++) context.metrics(step, { loss: 123_456 / step });
    const told = { summary: "Wide.", table: { rows: [row] } };
    context.figure({ ...told, name: "text", title: "A text", drawing: { kind: "text", text: wide } });
    context.figure({ ...told, name: "table", title: "A table", drawing: { kind: "table" } });
    return { summary: "Done.", headlines: [{ label: "some loss", value: 123_456_789, note: "with a note to it" }] };
  },
});

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio();
  for (const name of ["width-1", "width-2"]) await runJob(job, {}, { folder: join(studio.root, name) });
  const plan = { grid: { method: ["elr"], seed: [0, 1] }, random: {}, trials: 1, seed: 0, parallel: 1 };
  prepareSweep(await findJob("labels train"), [], plan, join(studio.root, "prepared"));
}, 120_000);
afterAll(() => studio?.close());

const addresses = [
  "/",
  "/jobs/ising/solve",
  "/runs",
  "/runs/width-1",
  "/sweeps",
  "/sweeps/prepared",
  "/compare?runs=width-1,width-2",
];

/** How much wider the page is than its window, pixels. */
const overflowOf = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("a small window", () => {
  it.each([
    ["of a telephone", { viewport: { width: 390, height: 800 } }],
    ["at 200 %", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
  ])(
    "%s shows every page without scrolling sideways",
    async (_, options) => {
      const { page, context } = await studio.open("/", options);
      for (const address of addresses) {
        await page.goto(studio.address + address);
        await page.locator("h1").waitFor();
        await page.waitForLoadState("networkidle");
        expect(await overflowOf(page), address).toBe(0);
        expect(await violationsOf(page), address).toEqual([]);
      }
      await page.goto(`${studio.address}/jobs/ising/solve`);
      await page.getByRole("button", { name: "Sweep…" }).click();
      expect(await overflowOf(page)).toBe(0);
      await studio.leave(context);
    },
    90_000,
  );
});

describe("a page that is open", () => {
  it("says that its run is gone when the folder is, keeps what it read, and asks no more", async () => {
    const { page, context } = await studio.open("/runs/width-2");
    await page.getByRole("heading", { name: "A text" }).waitFor();
    const asked: string[] = [];
    page.on("response", (answer) => answer.status() === 404 && asked.push(answer.url()));
    renameSync(join(studio.root, "width-2"), join(studio.folder, "elsewhere"));
    await page.getByText("This run is no longer there: its folder was removed or moved.").waitFor();
    expect(await page.getByRole("button", { name: "Remove" }).count()).toBe(0);
    expect(await page.getByRole("heading", { name: "A text" }).count()).toBe(1);
    expect(await violationsOf(page)).toEqual([]);
    expect(asked.length).toBe(1);
    renameSync(join(studio.folder, "elsewhere"), join(studio.root, "width-2"));
    await context.close();
  }, 60_000);

  it("tells a recipe of another job, and starts it by Ctrl Enter", async () => {
    const { page, context } = await studio.open("/jobs/labels/train");
    const recipe = page.getByRole("textbox", { name: /^Recipe/ });
    await expect.poll(() => recipe.inputValue()).toContain("job: labels train");
    await recipe.fill("job: ising generate\noptions:\n  size: [4, 4]\n");
    await page.getByText("This is a recipe of ising generate, not of labels train").waitFor();
    await recipe.press("Control+Enter");
    await page.waitForURL(/\/runs\/ising-generate-/);
    await page.getByText("✓ done").waitFor();
    expect(readdirSync(studio.root).filter((name) => name.startsWith("ising-generate-"))).toHaveLength(1);
    await studio.leave(context);
  }, 60_000);

  it("gives the focus back to where a file was chosen from", async () => {
    writeFileSync(join(studio.folder, "ring.txt"), "3 3\n1 2 1\n2 3 1\n3 1 1\n");
    const { page, context } = await studio.open("/jobs/ising/solve");
    const choose = page.getByRole("button", { name: "Choose…" }).first();
    await choose.press("Enter");
    await page.getByRole("button", { name: "ring.txt" }).press("Enter");
    await page.locator("dialog").getByRole("heading", { name: "The couplings as a graph" }).waitFor();
    await page.getByRole("button", { name: "Take it" }).press("Enter");
    await expect.poll(() => page.locator("dialog").count()).toBe(0);
    expect(await choose.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.getByRole("textbox", { name: /^Instance\b/ }).inputValue()).toBe(join(studio.folder, "ring.txt"));
    await studio.leave(context);
  }, 60_000);

  it("draws its series where the system's language is none that browsers format by", async () => {
    const { page, context } = await studio.open("/", {});
    await page.addInitScript(() =>
      Object.defineProperty(navigator, "language", { value: "en-US@posix", configurable: true }),
    );
    await page.goto(`${studio.address}/runs/width-1`);
    await page.locator(".plot canvas").first().waitFor();
    await studio.leave(context);
  }, 60_000);
});
