import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineJob, pathOption, runJob } from "../src/lab/index.ts";
import { openStudio, type StudioPage, takePicture, violationsOf } from "./kit/studio-page.ts";

const reference = new URL("../src/engine/onnx/reference/torch-classifier.onnx", import.meta.url);

const job = defineJob({
  name: "test map",
  summary: "Keeps a model and what each of its layers costs.",
  options: z.strictObject({ model: pathOption("A model.") }),
  run: async (_, context) => {
    await context.artifact("deep/model.onnx", readFileSync(reference), "A model");
    const layers = "layer,bits,microjoules,cycles\nstem.0.weight,4,2.5,900\ndepthwise.0,8,1.25,300\ntotal,,3.75,1200\n";
    await context.artifact("layers.csv", layers, "Costs");
    await context.artifact("other.csv", "epoch,loss\n1,2\n", "No layers");
    return { summary: "Mapped.", headlines: [] };
  },
});

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio({ uploadLimit: 100_000 });
  await runJob(job, { model: fileURLToPath(reference) }, { folder: join(studio.root, "map-1") });
}, 120_000);
afterAll(() => studio?.close());

const csv = Buffer.from(`text,rating\n${Array.from({ length: 40 }, (_, i) => `words ${i},${i % 2}`).join("\n")}\n`);
const fileOf = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });

describe("files from the browser", () => {
  it.each(["light", "dark"] as const)(
    "fill in the option's path: one file, or the folder of several, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/jobs/labels/audit", { colorScheme });
      const input = page.getByLabel("Upload for Data", { exact: true });
      const field = page.getByRole("textbox", { name: /^Data\b/ });
      const recipe = page.locator("#recipe");
      await page.getByLabel("Name of the run").fill("while it comes");
      await input.setInputFiles(fileOf("reviews é.csv", csv));
      await expect.poll(() => field.inputValue()).toContain("reviews é.csv");
      const path = await field.inputValue();
      expect(readFileSync(path).equals(csv)).toBe(true);
      expect(path.startsWith(join(studio.root, ".uploads"))).toBe(true);
      await expect.poll(() => recipe.inputValue()).toContain("reviews é.csv");
      expect(await page.getByLabel("Name of the run").inputValue()).toBe("while it comes");
      await input.setInputFiles([fileOf("a.png", Buffer.from([1])), fileOf("b.png", Buffer.from([2]))]);
      await expect.poll(() => field.inputValue()).not.toBe(path);
      const folder = await field.inputValue();
      expect(readdirSync(folder).sort()).toEqual(["a.png", "b.png"]);
      expect(basename(dirname(folder))).toBe(".uploads");
      expect(await violationsOf(page)).toEqual([]);
      await studio.leave(context);
    },
    60_000,
  );

  it("are reached by keyboard, and refused in words where they are too large", async () => {
    const { page, context } = await studio.open("/jobs/labels/audit");
    const input = page.getByLabel("Upload for Data", { exact: true });
    await page.getByRole("button", { name: "Choose…" }).first().focus();
    await page.keyboard.press("Tab");
    expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
    await input.setInputFiles(fileOf("large.csv", Buffer.alloc(100_001)));
    await page.getByText(/may have 100000 bytes|could not be sent/).waitFor();
    const field = page.getByRole("textbox", { name: /^Data\b/ });
    expect(await field.inputValue()).toBe("");
    const kept = existsSync(join(studio.root, ".uploads"))
      ? readdirSync(join(studio.root, ".uploads"), { recursive: true })
      : [];
    expect(kept.filter((name) => String(name).includes("large"))).toEqual([]);
    // The browser itself tells a refused request as an error of the page.
    await context.close();
  });
});

describe("files before they are taken", () => {
  const files = {
    "spins.txt": "6 6\n1 2 1\n2 3 -1\n3 4 1\n4 5 1\n5 6 -1\n6 1 1\n",
    "wrong.txt": "3 2\n1 2 1\n2 9 1\n",
    "friends.csv": "source,target\nann,bo\nbo,cy\ncy,ann\ncy,di\n",
    "drugs.smi":
      "CC(=O)Oc1ccccc1C(=O)O aspirin\nCn1cnc2c1c(=O)n(C)c(=O)n2C caffeine\nCC(=O)Nc1ccc(O)cc1 paracetamol\nCCXx\n",
  };
  const looks = [
    ["/jobs/ising/solve", "spins.txt", /^6 spins and 6 couplings/m],
    ["/jobs/labels/audit", "friends.csv", /^4 nodes and the edges between them/m],
    ["/jobs/labels/audit", "drugs.smi", /^3 of 4 molecules/m],
  ] as const;

  it.each(["light", "dark"] as const)(
    "are looked at as what the option takes them for, by keys, %s",
    async (colorScheme) => {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(studio.folder, name), text);
      const { page, context } = await studio.open("/", { colorScheme });
      const started: string[] = [];
      page.on("request", (request) => request.url().endsWith("/api/runs") && started.push(request.method()));
      const pick = async (job: string, name: string) => {
        await page.goto(`${studio.address}${job}`);
        await page
          .getByText(/^Takes |^Start$/)
          .first()
          .waitFor();
        await page.getByRole("button", { name: "Choose…" }).first().press("Enter");
        await page.getByRole("button", { name: "runs/" }).waitFor();
        const path = page.getByRole("textbox", { name: "Path" });
        await path.fill(join(studio.folder, name));
        await path.press("Enter");
      };
      for (const [job, name, words] of looks) {
        await pick(job, name);
        await expect.poll(() => page.locator("dialog").innerText()).toMatch(words);
        await page.locator("dialog .drawing svg, dialog .sheet img").first().waitFor();
        expect(await violationsOf(page)).toEqual([]);
        await takePicture(page.locator("dialog .preview"), `look-${name.replace(/\W/, "-")}-${colorScheme}`);
      }
      await page.locator("dialog").getByText("4:3 unknown element label found").waitFor();
      await pick("/jobs/ising/solve", "wrong.txt");
      const wrong = page.locator("dialog .line.wrong");
      await expect
        .poll(() => wrong.innerText())
        .toMatch(/^3 2 9 1\s+\^ expected an index, a whole number 1 to 3; got "9"/);
      expect(await violationsOf(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator("dialog").count()).toBe(0);
      // Enter in the path is no start of the run.
      expect(started.filter((method) => method === "POST")).toEqual([]);
      await studio.leave(context);
    },
    60_000,
  );
});

describe("what a run will take", () => {
  it("is told before it is started, and follows the form", async () => {
    const { page, context } = await studio.open("/jobs/control/reach");
    const words = page.getByText(/^Takes about/);
    await words.waitFor();
    const before = await words.innerText();
    expect(before).toMatch(/^Takes about [\d.]+ s, [\d.]+ MB of memory\.$/);
    await page.getByRole("textbox", { name: /^Seconds\b/ }).fill("80");
    await expect.poll(() => words.innerText()).not.toBe(before);
    await page.goto(`${studio.address}/jobs/control/synthesize`);
    await page.getByText(/^Takes [\d.]+ MB of memory\.$/).waitFor();
    await studio.leave(context);
  });
});

describe("a model of a run", () => {
  it.each(["light", "dark"] as const)(
    "is a graph with shapes, weights, attributes and what the run's tables tell, by keys, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/runs/map-1", { colorScheme });
      const loaded: string[] = [];
      page.on("request", (request) => loaded.push(request.url()));
      const models = page.getByRole("region", { name: "Models" });
      await models.getByText("deep/model.onnx").focus();
      expect(loaded.filter((url) => url.includes("model-layout"))).toEqual([]);
      await page.keyboard.press("Enter");
      await models
        .getByText(/^15 nodes, 1,586 parameters; image \[batch, 3, 12, 12\] → logProbabilities \[batch, 10\]/)
        .waitFor();
      await models.getByRole("img", { name: /^Graph of 15 nodes/ }).waitFor();
      expect(loaded.filter((url) => url.includes("model-layout"))).toHaveLength(1);
      const facts = () => models.locator(".model-columns dl").innerText();
      expect((await facts()).replaceAll("\n", " ")).toMatch(
        /^operator Conv output \[batch, 8, 12, 12\] stem.0.weight float \[8, 3, 3, 3\] .*kernel_shape 3, 3.* Bits 4 Microjoules 2\.5\d* Cycles 900$/,
      );
      await models.getByRole("combobox", { name: /^Node/ }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowDown");
      await expect.poll(facts).toContain("depthwise.0.weight");
      await models.getByRole("combobox", { name: /^Shaded by/ }).selectOption("cycles");
      const shade = (index: number) => models.locator(".model .shade").nth(index).getAttribute("fill-opacity");
      expect([await shade(0), Number(await shade(3)), await shade(1)]).toEqual(["0.55", expect.closeTo(0.55 / 3), "0"]);
      await takePicture(models.locator("details").first(), `model-${colorScheme}`);
      await models.getByText("As a table").focus();
      await page.keyboard.press("Enter");
      expect(await models.getByRole("region", { name: "Nodes" }).locator("tbody tr").count()).toBe(15);
      expect(await violationsOf(page)).toEqual([]);
      await studio.leave(context);
    },
    60_000,
  );

  it("may be one that an option gave; nodes are chosen by the mouse too", async () => {
    const { page, context } = await studio.open("/runs/map-1");
    const models = page.getByRole("region", { name: "Models" });
    await models.getByText(fileURLToPath(reference)).click();
    await models.locator(".model g").nth(14).click();
    await expect.poll(() => models.locator(".model-columns dl").innerText()).toContain("[batch, 10]");
    await studio.leave(context);
  });

  it("is answered from the run's artifacts alone, and given ones only to who has the token", async () => {
    const statusOf = async (path: string) => (await fetch(`${studio.address}/api${path}`)).status;
    expect(await statusOf("/runs/map-1/models/deep/model.onnx")).toBe(200);
    for (const name of ["nothing.onnx", "..%2f..%2frun.json", "deep/..%2f..%2fmodel.onnx", "%00"]) {
      expect(await statusOf(`/runs/map-1/models/${name}`), name).toBe(404);
    }
    expect(await statusOf("/runs/map-1/models/layers.csv")).toBe(400);
    expect(await statusOf(`/files/preview?run=map-1&path=${encodeURIComponent(fileURLToPath(reference))}`)).toBe(401);
  });
});
