import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listRuns, readRun } from "../src/lab/index.ts";
import { commandLine, orrery } from "./kit/command.ts";
import { openStudio, type StudioPage, takePicture, violationsOf } from "./kit/studio-page.ts";

let [folder, root]: string[] = [];
let studio: StudioPage;
let [context, page]: [BrowserContext, Page] = [] as never;

beforeAll(async () => {
  studio = await openStudio();
  ({ folder, root } = studio);
  await orrery(["labels", "audit", "--preset", "quick", "--runs", root, "--name", "digits"], folder);
  for (const method of ["gce", "mae"]) {
    const words = ["labels", "train", "--noise", "symmetric", "--epochs", "4", "--method", method];
    await orrery([...words, "--runs", root, "--name", method], folder);
  }
}, 240_000);

afterAll(() => studio?.close());

beforeEach(async () => {
  ({ page, context } = await studio.open("/"));
});
afterEach(() => studio.leave(context));

const open = (path: string) => page.goto(`${studio.address}${path}`);
const runId = (name: string) => {
  const found = listRuns(root).find(({ record }) => record.name === name);
  if (found === undefined) throw new Error(`no run ${name}`);
  return found.id;
};

describe("the studio", () => {
  it("starts a job by form, shows it live, cancels it and resumes it", async () => {
    await open("/");
    await page.getByRole("link", { name: "labels train" }).click();
    await page.getByRole("radio", { name: /quick/ }).check();
    await page.getByLabel("Name of the run").fill("by form");
    await page.getByLabel("Epochs", { exact: true }).fill("3000");
    await page.getByLabel("Noise", { exact: true }).fill("symmetric");
    await expect.poll(() => page.locator("#recipe").inputValue()).toContain("epochs: 3000");
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("heading", { name: "by form" }).waitFor();
    await page.getByText("training elr").first().waitFor();
    await page.locator(".series canvas").first().waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".state.cancelled").first().waitFor();
    const stopped = readRun(join(root, runId("by form")));
    expect(stopped.state).toBe("cancelled");
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator(".state.running").first().waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".state.cancelled").first().waitFor();
    expect(readRun(join(root, runId("by form"))).record.attempts.length).toBe(2);
  }, 120_000);

  it("keeps form and recipe in step both ways, and tells what is wrong where", async () => {
    await open("/jobs/labels/train");
    const recipe = page.locator("#recipe");
    await page.getByLabel("Learning rate").fill("-1");
    await page
      .getByText(/above 0; got -1/)
      .first()
      .waitFor();
    expect(await page.getByRole("button", { name: "Start" }).isDisabled()).toBe(true);
    await recipe.fill("job: labels train\noptions:\n  epochs: 7\n  methd: elr\n");
    await page
      .getByText(/recipe.yaml:4:3 methd: unknown option. Did you mean "method"\?/)
      .first()
      .waitFor();
    await recipe.fill("job: labels train\noptions:\n  epochs: 7\n  method: gce\n");
    await expect.poll(() => page.getByLabel("Epochs", { exact: true }).inputValue()).toBe("7");
    expect(await page.getByRole("combobox", { name: "Method" }).inputValue()).toBe("gce");
  });

  it("compares runs, with the keyboard alone", async () => {
    await open("/runs");
    await page.getByRole("link", { name: "labels train" }).first().waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("labels train");
    await expect.poll(() => page.url()).toContain("filter=labels");
    await page.getByRole("region", { name: "Runs" }).focus();
    const rows = page.locator("table.runs tbody tr");
    const count = await rows.count();
    for (let i = 0; i < count; i++) {
      const text = await rows.nth(i).innerText();
      if (/\b(gce|mae)\b/.test(text)) await page.keyboard.press("x");
      await page.keyboard.press("j");
    }
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Compare 2 runs" }).waitFor();
    await page.getByRole("columnheader", { name: "method" }).waitFor();
    await page.locator(".series canvas").first().waitFor();
    await page.locator("#figure-scatter").scrollIntoViewIfNeeded();
    await page.locator("#figure-scatter .drawing svg").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("heading", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.getByRole("heading", { name: "Instruments" }).waitFor();
  });

  it("takes decisions about suspects by mouse and by keys, and gives them as a file", async () => {
    await open(`/runs/${runId("digits")}`);
    const wrong = page.getByRole("button", { name: /wrong label$/ }).first();
    await wrong.click();
    await page.getByText(/^1 confirmed, 0 rejected/).waitFor();
    for (const key of ["j", "n", "y"]) await page.keyboard.press(key);
    await page.getByText(/^2 confirmed, 1 rejected/).waitFor();
    const path = join(root, runId("digits"), "annotations.json");
    await expect
      .poll(() => (existsSync(path) ? Object.values(JSON.parse(readFileSync(path, "utf8")).decisions).sort() : []))
      .toEqual(["confirm", "confirm", "reject"]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export decisions" }).click(),
    ]);
    expect(readFileSync((await download.path()) ?? "", "utf8")).toMatch(/^id,decision\n("\d+",(confirm|reject)\n){3}$/);
  });

  it("saves a report that opens from disk with no network", async () => {
    await open(`/runs/${runId("digits")}`);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Save report" }).click(),
    ]);
    const file = join(folder, "report.html");
    await download.saveAs(file);
    await page.goto("about:blank");
    const alone = await context.newPage();
    await context.setOffline(true);
    await alone.goto(`file://${file}`);
    await alone.getByRole("heading", { name: "Labels that are likely wrong" }).waitFor();
    await context.setOffline(false);
  });

  it("removes a run, and brings it back", async () => {
    const id = runId("mae");
    await open(`/runs/${id}`);
    // What the page still asks of a removed run would be an error of its.
    await page.waitForLoadState("networkidle");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "mae" }).waitFor();
    expect(existsSync(join(root, id, "run.json"))).toBe(true);
  });

  it.each(["light", "dark"] as const)(
    "has no page that axe finds fault with, %s",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      const addresses = [
        "/",
        "/jobs/labels/audit",
        "/runs",
        `/runs/${runId("digits")}`,
        `/runs/${runId("gce")}`,
        `/compare?runs=${runId("gce")},${runId("mae")}`,
      ];
      for (const address of addresses) {
        await open(address);
        await page.locator("h1").waitFor();
        await page.waitForTimeout(700);
        expect({ address, found: await violationsOf(page) }).toEqual({ address, found: [] });
        const name =
          address
            .replace(/[-?=,]?\d{8}.*/, "")
            .replaceAll(/\W+/g, "-")
            .replace(/^-/, "") || "home";
        await takePicture(page, `${name}-${colorScheme}`);
      }
    },
    120_000,
  );

  it("takes the colours that were chosen, more contrast, the system's own colours, and white paper", async () => {
    const styleOf = (selector: string, name: "color" | "backgroundColor" | "outlineStyle" | "filter") =>
      page
        .locator(selector)
        .first()
        .evaluate((element, property) => getComputedStyle(element)[property as "color"], name);
    const [white, dark] = ["rgb(255, 255, 255)", "rgb(21, 23, 26)"];
    await page.emulateMedia({ colorScheme: "dark" });
    await open(`/runs/${runId("gce")}`);
    await page.locator(".series canvas").first().waitFor();
    expect(await styleOf("body", "backgroundColor")).toBe(dark);
    expect(await styleOf(".series canvas", "filter")).toBe("none");
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    expect(await styleOf("body", "backgroundColor")).toBe(white);
    expect(await styleOf(".series canvas", "filter")).toContain("invert");
    expect(await page.locator(".actions").first().isVisible()).toBe(false);
    await page.emulateMedia({ colorScheme: "dark", media: "screen", contrast: "more" });
    expect(await styleOf(".muted", "color")).toBe(await styleOf("body", "color"));
    await page.emulateMedia({ colorScheme: "dark", contrast: "no-preference" });
    await page.getByRole("button", { name: "Colours: system" }).click();
    expect(await styleOf("body", "backgroundColor")).toBe(white);
    await page.getByRole("button", { name: "Colours: light" }).click();
    await page.emulateMedia({ colorScheme: "light" });
    expect(await styleOf("body", "backgroundColor")).toBe(dark);

    await page.emulateMedia({ forcedColors: "active" });
    await open("/runs");
    await page.locator("tr.cursor").waitFor();
    await page.keyboard.press("j");
    expect(await styleOf("tr.cursor td", "outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: /digits|gce|mae|by form/ }).waitFor();
  });

  it("goes on with a run when the server is killed, and another server finds it", async () => {
    const port = 20_000 + (process.pid % 20_000);
    const [program, ...words] = commandLine;
    const server = spawn(program, [...words, "studio", "--runs", root, "--port", String(port)], { cwd: folder });
    const url = await new Promise<string>((found) =>
      server.stdout.on(
        "data",
        (text: Buffer) => /http:\S+/.test(String(text)) && found(String(/http:\S+/.exec(String(text)))),
      ),
    );
    const token = /token=(\S+)/.exec(url)?.[1] ?? "";
    const body = JSON.stringify({ job: "labels train", name: "outlives", options: { noise: "symmetric", epochs: 30 } });
    const answer = await fetch(`http://127.0.0.1:${port}/api/runs`, {
      method: "POST",
      body,
      headers: { "x-orrery-token": token, "content-type": "application/json" },
    });
    const { id } = (await answer.json()) as { id: string };
    server.kill("SIGKILL");
    expect(readRun(join(root, id)).state).toBe("running");
    await open(`/runs/${id}`);
    await page.locator(".state.done").first().waitFor({ timeout: 60_000 });
    const alone = ["labels", "train", "--noise", "symmetric", "--epochs", "30", "--name", "undisturbed"];
    await orrery([...alone, "--runs", root], folder);
    const metrics = (run: string) => readFileSync(join(root, run, "metrics.ndjson"), "utf8");
    expect(metrics(id)).toBe(metrics(runId("undisturbed")));
    expect(readRun(join(root, id)).record.attempts.length).toBe(1);
  }, 120_000);
});
