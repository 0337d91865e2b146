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
});
