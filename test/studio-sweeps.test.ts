import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findJob } from "../src/instruments/registry.ts";
import { prepareSweep } from "../src/lab/sweeps/sweep.ts";
import { orrery } from "./kit/command.ts";
import { openStudio, type StudioPage, takePicture, violationsOf } from "./kit/studio-page.ts";

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio();
  const words = ["sweep", "labels", "train", "--noise", "symmetric", "--epochs", "1", "--folder", "runs/done"];
  const ended = await orrery([...words, "--vary", "method=gce,mae", "--vary", "seed=0,1"], studio.folder);
  expect(ended.code).toBe(0);
  const random = { learningRate: { from: 1e-4, to: 1e-1, scale: "log", whole: false } } as const;
  prepareSweep(
    await findJob("labels train"),
    [],
    { grid: { method: ["elr"] }, random, trials: 3, seed: 0, parallel: 1 },
    join(studio.root, "prepared"),
  );
}, 240_000);
afterAll(() => studio?.close());

describe("sweeps in the studio", () => {
  it.each(["light", "dark"] as const)(
    "are groups of runs with their grid, progress and results, by keys alone, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/", { colorScheme });
      await page.getByRole("heading", { name: "Instruments" }).waitFor();
      for (const key of ["g", "s"]) await page.keyboard.press(key);
      await page.getByRole("heading", { name: "Sweeps" }).waitFor();
      const line = page.getByRole("row", { name: /^done/ });
      await line.getByText("4 of 4 done").waitFor();
      await line.getByText("method, seed").waitFor();
      await page.getByText("0 of 3 done, 3 waiting").waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await takePicture(page, `sweeps-${colorScheme}`);
      await line.getByRole("link", { name: "done" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "done", level: 1 }).waitFor();
      expect(await page.locator(".plan").innerText()).toMatch(/method\s+gce, mae\s+seed\s+0, 1/);

      const rows = page.getByRole("region", { name: "Table of trials" }).locator("tbody tr");
      expect(await rows.count()).toBe(4);
      const losses = async () =>
        (await rows.locator("td:nth-child(6)").allInnerTexts()).map((text) => Number(text.replace("%", "")));
      const sorting = page.getByRole("button", { name: "trainLoss, best" });
      await sorting.focus();
      await page.keyboard.press("Enter");
      expect(await losses()).toEqual([...(await losses())].sort((a, b) => a - b));
      await page.keyboard.press("Enter");
      expect(await losses()).toEqual([...(await losses())].sort((a, b) => b - a));
      expect(await page.getByRole("columnheader", { name: /trainLoss/ }).getAttribute("aria-sort")).toBe("descending");

      await page.locator("#figure-grid").scrollIntoViewIfNeeded();
      await page.locator("#figure-grid .drawing svg").waitFor();
      await page
        .locator("#figure-grid figcaption")
        .getByText(/^The best value of trainLoss, mean of the runs .* 4 pairs of values/)
        .waitFor();
      await page.getByRole("combobox", { name: /^Up/ }).selectOption("");
      await page.locator("#figure-scatter .drawing svg").waitFor();
      await page.locator("#figure-parallel").scrollIntoViewIfNeeded();
      await page.locator("#figure-parallel .drawing svg").waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await takePicture(page, `sweeps-labels-train-${colorScheme}`);

      for (const box of await rows.getByRole("checkbox").all()) await box.check();
      await page.getByRole("button", { name: "Compare 4" }).click();
      await page.getByRole("heading", { name: "Compare 4 runs" }).waitFor();
      await page.getByRole("columnheader", { name: "method" }).waitFor();
      await page.getByRole("region", { name: "Comparison" }).getByRole("link").first().click();
      await page.getByRole("link", { name: "done", exact: true }).waitFor();
      expect(await page.getByRole("button", { name: "Remove" }).count()).toBe(0);
      await studio.leave(context);
    },
    90_000,
  );

  it("say what waits, what was drawn, and how to go on", async () => {
    const { page, context } = await studio.open("/sweeps/prepared");
    await page.getByText(`orrery sweep ${join(studio.root, "prepared")}`).waitFor();
    await page.getByText(/drawn from 0\.0001 … 0\.1, logarithmically/).waitFor();
    await page.getByText("No trial has measured anything yet.").waitFor();
    expect(await page.getByRole("region", { name: "Table of trials" }).getByText("waiting").count()).toBe(3);
    expect(await violationsOf(page)).toEqual([]);
    await studio.leave(context);
  });

  it("keep their trials: none is removed, none is found under another name", async () => {
    const answer = await fetch(`${studio.address}/api/sweeps/done`);
    const { trials } = (await answer.json()) as { readonly trials: readonly { readonly id: string }[] };
    const headers = { "x-orrery-token": studio.token };
    const removed = await fetch(`${studio.address}/api/runs/${trials[0].id}`, { method: "DELETE", headers });
    expect(removed.status).toBe(409);
    const name = trials[0].id.replace("done~", "");
    for (const id of [`prepared~${name}`, `~${name}`, `done~..`, `done~${name}~x`, `..~done`, `.trash~${name}`]) {
      expect((await fetch(`${studio.address}/api/runs/${id}`)).status, id).toBe(404);
    }
    expect((await fetch(`${studio.address}/api/sweeps/nothing`)).status).toBe(404);
  });

  it.each(["light", "dark"] as const)(
    "are started from the form of a job by keys, cancelled and resumed, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/jobs/labels/train", { colorScheme });
      await page.getByRole("textbox", { name: /^Epochs\b/ }).fill("300");
      await page.getByRole("button", { name: "Sweep…" }).press("Enter");
      const panel = page.getByRole("group", { name: "Sweep" });
      await panel.getByRole("textbox", { name: "Values of option 1" }).fill("0, 1, 2");
      await panel.getByRole("button", { name: "Vary another option" }).press("Enter");
      await panel.getByRole("combobox", { name: "Option 2", exact: true }).selectOption("learningRate");
      await panel.getByRole("combobox", { name: "How to vary option 2" }).selectOption("log");
      await panel.getByText("learningRate: a range goes from a number to a larger one").waitFor();
      await panel.getByRole("textbox", { name: "From, option 2" }).fill("1e-3");
      await panel.getByRole("textbox", { name: "To, option 2" }).fill("0.1");
      await panel.getByRole("textbox", { name: "Draws for each combination" }).fill("2");
      await panel.getByRole("button", { name: "Start 6 trials" }).waitFor();
      expect(await violationsOf(page)).toEqual([]);
      await takePicture(page, `sweep-panel-${colorScheme}`);
      if (colorScheme === "dark") return studio.leave(context);
      await panel.getByRole("textbox", { name: "Trials at once" }).press("Enter");
      await page.getByRole("heading", { name: /^sweep-labels-train-/, level: 1 }).waitFor();
      await page.getByText("drawn from 0.001 … 0.1, logarithmically").waitFor();
      const trials = page.getByRole("region", { name: "Table of trials" });
      await trials.getByText("running").first().waitFor();
      await page.locator("body").press("c");
      await page.getByRole("button", { name: "Resume" }).waitFor();
      expect(await trials.getByText("running").count()).toBe(0);
      expect(await trials.getByText("waiting").count()).toBeGreaterThan(0);
      expect(await violationsOf(page)).toEqual([]);
      await page.locator("body").press("r");
      await trials.getByText("running").first().waitFor();
      await page.getByRole("button", { name: "Cancel" }).press("Enter");
      await page.getByRole("button", { name: "Resume" }).waitFor();
      return studio.leave(context);
    },
    120_000,
  );

  it("are refused in words where they cannot be, and leave no folder", async () => {
    const before = readdirSync(studio.root).sort();
    const headers = { "x-orrery-token": studio.token, "content-type": "application/json" };
    const recipe = { job: "labels train", options: {} };
    const post = async (path: string, body: unknown) => {
      const answer = await fetch(`${studio.address}/api/sweeps${path}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.text()] as const;
    };
    expect(await post("", { recipe, plan: { grid: { method: ["elr", "nothing"] } } })).toEqual([
      422,
      expect.stringMatching(/method: expected one of .*nothing/),
    ]);
    expect(await post("", { recipe, plan: {} })).toEqual([422, expect.stringContaining("no option is varied")]);
    const many = { grid: { seed: [0, 1] }, random: { rate: { from: 0, to: 1 } }, trials: 1e9 };
    expect(await post("", { recipe, plan: many })).toEqual([422, expect.stringContaining("at most 2000 trials")]);
    expect(await post("/nothing/cancel", {})).toEqual([404, expect.any(String)]);
    expect(await post("/..%2fruns/resume", {})).toEqual([404, expect.any(String)]);
    expect(await post("/prepared/cancel", {})).toEqual([409, expect.any(String)]);
    const unasked = await fetch(`${studio.address}/api/sweeps/prepared/resume`, { method: "POST" });
    expect(unasked.status).toBe(401);
    expect(readdirSync(studio.root).sort()).toEqual(before);
  });
});
