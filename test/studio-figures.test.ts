import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { instruments } from "../src/instruments/registry.ts";
import { defineJob, runJob } from "../src/lab/index.ts";
import { reachableTube } from "./kit/figure-gallery.ts";
import { growingTorus } from "./kit/gallery-plots.ts";
import { openStudio, type StudioPage, takePicture, violationsOf } from "./kit/studio-page.ts";

const job = defineJob({
  name: "test draw",
  summary: "Draws figures over time.",
  options: z.strictObject({}),
  run: async (_, context) => {
    context.figure(growingTorus());
    context.figure(reachableTube());
    return { summary: "Drawn.", headlines: [] };
  },
});

const labels = defineJob({
  name: "labels touch",
  summary: "Ends at once.",
  options: z.strictObject({}),
  run: async () => ({ summary: "Touched.", headlines: [{ label: "rows", value: 7 }] }),
});

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio();
  await runJob(labels, {}, { folder: join(studio.root, "labels-1"), name: "touched" });
  await runJob(job, {}, { folder: join(studio.root, "torus-1") });
}, 120_000);
afterAll(() => studio?.close());

describe("a surface over three axes", () => {
  it.each(["light", "dark"] as const)(
    "is turned by keys, cut at other levels and times, and said in words, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/runs/torus-1", { colorScheme });
      const loaded: string[] = [];
      page.on("request", (request) => loaded.push(request.url()));
      const figure = page.locator("#figure-torus");
      await figure.locator(".drawing svg").waitFor();
      // The library of three dimensions comes when it is asked for.
      expect(loaded.filter((url) => url.includes("volume-scene"))).toEqual([]);
      await figure.getByRole("button", { name: "Turn it" }).click();
      const turner = figure.getByRole("application");
      await turner.focus();
      const words = () => turner.getAttribute("aria-label");
      await expect.poll(words).toMatch(/V = 0 at time 0 s: [\d,]{4,} triangles\. Seen from -60° around, 25° above/);
      expect(loaded.filter((url) => url.includes("volume-scene"))).toHaveLength(1);
      const shots = [await turner.screenshot()];
      for (const key of ["ArrowRight", "ArrowUp", "+"]) await page.keyboard.press(key);
      await expect.poll(words).toContain("Seen from -52° around, 33° above");
      shots.push(await turner.screenshot());
      await takePicture(page, `volume-${colorScheme}`);
      await figure.getByRole("slider", { name: /^time/ }).press("End");
      await expect.poll(words).toContain("at time 2 s");
      shots.push(await turner.screenshot());
      const level = figure.getByRole("slider", { name: /^level/ });
      await level.focus();
      for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
      await expect.poll(words).not.toContain("V = 0 at");
      shots.push(await turner.screenshot());
      expect(new Set(shots.map((shot) => shot.toString("base64"))).size).toBe(shots.length);
      await figure.getByRole("button", { name: "Back to 0" }).click();
      await figure.getByRole("button", { name: "As at first" }).click();
      await expect.poll(words).toContain("V = 0 at time 2 s");
      expect(await violationsOf(page)).toEqual([]);
      await studio.leave(context);
    },
    60_000,
  );

  it("is a still picture where the browser has no WebGL, and the page says so", async () => {
    const { page, context } = await studio.open("/runs");
    await page.addInitScript(() => {
      const { prototype } = HTMLCanvasElement;
      const original = prototype.getContext;
      prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith("webgl") ? null : (original as (...all: unknown[]) => unknown).call(this, kind, ...rest);
      } as typeof original;
    });
    await page.goto(`${studio.address}/runs/torus-1`);
    const figure = page.locator("#figure-torus");
    await figure.getByRole("button", { name: "Turn it" }).click();
    await figure.getByText(/draws no three-dimensional pictures/).waitFor();
    await figure.locator(".drawing svg image").waitFor();
    expect(await figure.getByRole("application").count()).toBe(0);
    await figure.getByRole("slider", { name: /^time/ }).press("End");
    await figure.getByText("2 s").first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await context.close();
  });
});

describe("frames over time", () => {
  it("are chosen by keys and drawn over one set of scales", async () => {
    const { page, context } = await studio.open("/runs/torus-1");
    const figure = page.locator("#figure-value-function");
    const slider = figure.getByRole("slider");
    await slider.scrollIntoViewIfNeeded();
    const key = () => figure.locator(".drawing svg > g").first().textContent();
    await figure.locator(".drawing svg").waitFor();
    await page.waitForTimeout(500);
    const [first, picture] = [await key(), await figure.locator(".drawing").innerHTML()];
    await slider.focus();
    await page.keyboard.press("End");
    await expect.poll(() => figure.locator(".drawing").innerHTML()).not.toBe(picture);
    expect(await slider.getAttribute("aria-valuetext")).toBe("1.0 s");
    expect(await key()).toBe(first);
    await studio.leave(context);
  });
});

describe("system use", () => {
  it.each(["light", "dark"] as const)("is shown over time when it is opened, by keys too, %s", async (colorScheme) => {
    const { page, context } = await studio.open("/runs/torus-1", { colorScheme });
    await page.getByText("System use").focus();
    await page.keyboard.press("Enter");
    await page
      .locator("#figure-processors-used figcaption")
      .getByText(/^The job's process kept [\d.]+ processors busy, mean of \d+ samples/)
      .waitFor();
    await page
      .locator("#figure-megabytes-used figcaption")
      .getByText(/^The job's process held at most \d+ MB/)
      .waitFor();
    await page.locator("#figure-megabytes-used").scrollIntoViewIfNeeded();
    await page.locator("#figure-megabytes-used .drawing svg").waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await studio.leave(context);
  });
});

describe("home", () => {
  it("has every instrument with its picture, what one brings and gets, its jobs and its last run", async () => {
    const { page, context } = await studio.open("/");
    await page.getByText("touched").waitFor();
    expect(await page.locator(".card").count()).toBe(instruments.length);
    const pictures: string[] = [];
    for (const { name, title, brings, gets, jobs } of instruments) {
      const card = page.locator(".card").filter({ has: page.getByRole("heading", { name: title, exact: true }) });
      expect(await card.locator("dd").allInnerTexts()).toEqual([brings, gets]);
      const links = await card
        .getByRole("list", { name: `Jobs of ${name}` })
        .getByRole("link")
        .allInnerTexts();
      expect(links).toEqual((await jobs()).map((job) => job.name));
      pictures.push(await card.locator("svg.picture").innerHTML());
      const last = name === "labels" ? /Last: touched, ✓ done, just now, rows: 7/ : /Not run yet\./;
      expect(await card.innerText()).toMatch(last);
    }
    // None is drawn as an instrument that has no picture of its own.
    expect(new Set(pictures).size).toBe(instruments.length);
    expect(pictures.filter((picture) => /^<circle[^>]*><\/circle>$/.test(picture))).toEqual([]);
    await studio.leave(context);
  });
});
