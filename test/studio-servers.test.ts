import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRun } from "../src/lab/index.ts";
import { newRunFolder } from "../src/lab/runs/run-name.ts";
import type { RunPage, RunSeries } from "../src/studio/api.ts";
import { type Studio, serveStudio } from "../src/studio/server/serve.ts";
import { commandLine, orrery } from "./kit/command.ts";

const epochs = 300;
const options = { noise: "symmetric", epochs };

let folder: string;
let root: string;
let [first, second]: Studio[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "orrery-servers-"));
  root = join(folder, "runs");
  const serve = () => serveStudio({ root, folder, command: commandLine, port: 0 });
  [first, second] = await Promise.all([serve(), serve()]);
});
afterAll(async () => {
  await Promise.all([first?.close(), second?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
}

function send(studio: Studio, path: string, { method = "GET", body }: Asked = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${studio.port}/api/runs${path}`, {
    method,
    headers: { "x-orrery-token": studio.token, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function ask<T>(studio: Studio, path: string, asked?: Asked): Promise<T> {
  const response = await send(studio, path, asked);
  expect(response.status).toBeLessThan(300);
  return (await response.json()) as T;
}

const start = async (studio: Studio, name: string, given: object = options) =>
  (await ask<{ id: string }>(studio, "", { method: "POST", body: { job: "labels train", name, options: given } })).id;
const stateOf = async (studio: Studio, id: string) =>
  (await ask<RunPage>(studio, "")).rows.find((row) => row.id === id)?.state;
const metricsOf = (id: string) => readFileSync(join(root, id, "metrics.ndjson"), "utf8");

/** Every file of a folder as its size and the time of its last change. */
const stamps = (id: string) =>
  readdirSync(join(root, id), { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(root, id, name));
      return `${name} ${size} ${mtimeMs}`;
    });

/** The metrics' steps of a live stream from its beginning to the end of the run. */
async function followedSteps(studio: Studio, id: string, from = "0-0"): Promise<number[]> {
  const text = await (await send(studio, `/${id}/live?from=${from}`)).text();
  return [...text.matchAll(/^data:(.*)$/gm)].flatMap(
    ([, data]) => (JSON.parse(data) as { metrics?: { step: number }[] }).metrics?.map(({ step }) => step) ?? [],
  );
}

describe("two studios on one folder", () => {
  it("both show, follow and stop a run that one of them started, and its metrics are those of a run that nobody watched", async () => {
    const id = await start(first, "watched");
    const streams = [first, second, second].map((studio) => followedSteps(studio, id));
    await expect.poll(() => stateOf(second, id)).toBe("running");
    await expect.poll(() => ask<RunSeries>(second, `/${id}/series`), { timeout: 60_000 }).toHaveProperty("series.0");
    await send(second, `/${id}/cancel`, { method: "POST" });
    const steps = await Promise.all(streams);
    expect(await stateOf(first, id)).toBe("cancelled");
    expect(await stateOf(second, id)).toBe("cancelled");
    const written = metricsOf(id)
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps).toEqual([written, written, written]);

    const words = ["labels", "train", "--noise", "symmetric", "--epochs", String(epochs), "--name", "alone"];
    const alone = join(root, "alone");
    await orrery([...words, "--runs", root, "--folder", alone, "--preset", "standard"], folder);
    expect(metricsOf("alone").startsWith(metricsOf(id))).toBe(true);
  }, 240_000);

  it("read a run without changing anything in its folder", async () => {
    const id = await start(first, "read", { ...options, epochs: 2 });
    await expect.poll(() => stateOf(second, id), { timeout: 60_000 }).toBe("done");
    // The report comes after the end.
    await expect.poll(() => existsSync(join(root, id, "lock.json")), { timeout: 60_000 }).toBe(false);
    const before = stamps(id);
    for (const studio of [first, second]) {
      for (const path of [
        "",
        `/${id}`,
        `/${id}/series`,
        `/${id}/figures`,
        `/${id}/log`,
        `/${id}/annotations`,
        `/${id}/live`,
      ])
        await (await send(studio, path)).text();
    }
    expect(stamps(id)).toEqual(before);
  }, 120_000);

  it("see each other's notes and removals at once", async () => {
    const id = await start(first, "noted", { ...options, epochs: 2 });
    await expect.poll(() => stateOf(first, id), { timeout: 60_000 }).toBe("done");
    const note = { tags: ["kept"], note: "by the first", decisions: {} };
    await ask(first, `/${id}/annotations`, { method: "PUT", body: note });
    expect(await ask(second, `/${id}/annotations`)).toEqual(note);
    expect((await ask<RunPage>(second, "")).rows.find((row) => row.id === id)?.tags).toEqual(["kept"]);
    await ask(second, `/${id}`, { method: "DELETE" });
    expect((await send(first, `/${id}`)).status).toBe(404);
    await ask(first, `/${id}/restore`, { method: "POST" });
    expect(await stateOf(second, id)).toBe("done");
    expect(readRun(join(root, id)).state).toBe("done");
  }, 120_000);

  it("answers with the same tag until something changed", async () => {
    const id = await start(second, "tagged", { ...options, epochs: 2 });
    await expect.poll(() => stateOf(second, id), { timeout: 60_000 }).toBe("done");
    const tag = async () => (await send(second, `/${id}/series`)).headers.get("etag");
    const before = await tag();
    expect(before).toMatch(/"\w+"/);
    expect(await tag()).toBe(before);
    appendFileSync(join(root, id, "metrics.ndjson"), '{"step":3,"values":{"trainLoss":1}}\n');
    expect(await tag()).not.toBe(before);
    const { next } = await ask<RunSeries>(second, `/${id}/series`);
    expect(await followedSteps(second, id, `0-${next}`)).toEqual([]);
    appendFileSync(join(root, id, "metrics.ndjson"), '{"step":4,"values":{"trainLoss":1}}\n');
    expect(await followedSteps(second, id, `0-${next}`)).toEqual([4]);
  }, 120_000);

  it("never give two runs one folder", () => {
    const now = new Date();
    const folders = [1, 2, 3].map(() => newRunFolder(root, "labels train", now));
    expect(new Set(folders).size).toBe(3);
    expect(folders.every((path) => existsSync(path))).toBe(true);
  });
});
