import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineJob, runJob } from "../src/lab/index.ts";
import { openStudio, type StudioPage, violationsOf } from "./kit/studio-page.ts";

const job = defineJob({
  name: "test descend",
  summary: "Goes down.",
  options: z.strictObject({
    rate: z.number().describe("How fast."),
    shape: z.string().describe("How.").default("bowl"),
  }),
  metrics: { loss: { label: "Loss", direction: "lower" } },
  run: async ({ rate }, context) => {
    for (let step = 0; step <= 20; step++) context.metrics(step, { loss: (1 - rate) ** step });
    return { summary: "Down.", headlines: [] };
  },
});

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio();
  for (const [i, rate] of [0.1, 0.3].entries()) {
    await runJob(job, { rate }, { folder: join(studio.root, `descend-${i}`), name: i === 0 ? "slow" : "<fast>" });
  }
}, 120_000);
afterAll(() => studio?.close());

describe("a comparison as one HTML file", () => {
  it.each(["light", "dark"] as const)(
    "is saved from the page, opens from disk with no network, and has everything, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/compare?runs=descend-0,descend-1", { colorScheme });
      const link = page.getByRole("link", { name: "Save as one HTML file" });
      await link.focus();
      const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
      expect(download.suggestedFilename()).toBe("comparison.html");
      const file = join(studio.folder, `comparison-${colorScheme}.html`);
      await download.saveAs(file);
      expect(await violationsOf(page)).toEqual([]);
      await page.goto("about:blank");
      await studio.leave(context);

      const alone = await studio.browser.newContext({ offline: true, colorScheme, locale: "en-US" });
      const report = await alone.newPage();
      const asked: string[] = [];
      report.on("request", (request) => asked.push(request.url()));
      await report.goto(pathToFileURL(file).href);
      await report.getByRole("heading", { name: "2 runs compared" }).waitFor();
      for (const name of ["Where they differ", "Loss of each run", "loss against rate", "Options and metrics"]) {
        await report.getByRole("heading", { name }).waitFor();
      }
      const cells = await report.locator("#figure-differences tbody tr").nth(1).locator("td, th").allInnerTexts();
      expect(cells).toEqual(["<fast>", "test descend", "done", expect.any(String), "0.3000", "0.0008", "0.0008"]);
      expect(await report.locator("#figure-metric-1 svg path").count()).toBeGreaterThan(1);
      expect(asked.filter((url) => !/^(file|data):/.test(url))).toEqual([]);
      expect(await violationsOf(report)).toEqual([]);
      await alone.close();
    },
    60_000,
  );

  it("is refused for no runs and for runs that are not there", async () => {
    const statusOf = async (runs: string) =>
      (await fetch(`${studio.address}/api/comparisons/report?runs=${encodeURIComponent(runs)}`)).status;
    expect(await statusOf("")).toBe(400);
    expect(await statusOf(Array.from({ length: 201 }, (_, i) => `r${i}`).join())).toBe(400);
    for (const id of ["nothing", "../runs", "descend-0,..", "descend-0/../descend-1"])
      expect(await statusOf(id)).toBe(404);
  });
});
