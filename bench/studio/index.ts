import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, CDPSession, Page } from "playwright-core";
import { build } from "vite";
import { listRuns } from "../../src/lab/index.ts";
import { RunIndex } from "../../src/studio/server/run-index.ts";
import { launchBrowser } from "../../test/kit/browser.ts";
import { type BenchResult, type BenchRow, median, rowOf } from "../result.ts";
import { runsFolder } from "./generate-runs.ts";
import { installProbe, pageCounts, paintTimes, scrollThrough, sincePress } from "./page-probe.ts";
import { type StudioProcess, startStudio } from "./studio-process.ts";

/** Everything is measured so often, each time in a new page. */
const rounds = 7;
const comparedRuns = 20;
/** Of each run: one chart for each of its metrics. */
const charts = 3;
const pixelsPerFrame = 120;

/** Where the runs are kept from one bench to the next. */
const cache = join(tmpdir(), "orrery-bench-studio");
const project = fileURLToPath(new URL("../..", import.meta.url));

/** The page as it is shipped. */
async function buildPage(folder: string): Promise<string> {
  const web = join(folder, "page");
  await build({
    configFile: join(project, "vite.config.ts"),
    root: join(project, "src/studio/web"),
    logLevel: "error",
    build: { outDir: web, emptyOutDir: true },
  });
  return web;
}

/** What is measured: a server, and a browser to look at it with. */
interface Bench {
  readonly studio: StudioProcess;
  readonly browser: Browser;
  /** 2,000 runs without long series. */
  readonly many: string;
}

interface Visit {
  readonly page: Page;
  readonly session: CDPSession;
  /** The address of a path, with the token. */
  at(path: string): string;
  /** Counts the processor's time from now on, not from the beginning of the page. */
  begin(): Promise<void>;
}

/** What one look at a page took. */
interface Taken<T> {
  readonly value: T;
  readonly pageCpuMs: number;
  readonly serverCpuMs: number;
}

/** Does `look` in new pages. */
async function repeat<T>(
  { studio, browser }: Bench,
  look: (visit: Visit, round: number) => Promise<T>,
): Promise<Taken<T>[]> {
  const all: Taken<T>[] = [];
  for (let round = 0; round < rounds; round++) {
    const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    await installProbe(page);
    const counts = async () => ({ page: (await pageCounts(session)).threadMs, server: await studio.cpuMs() });
    let before = { page: 0, server: await studio.cpuMs() };
    const begin = async () => {
      before = await counts();
    };
    const at = (path: string) => studio.url.replace("/#", `${path}#`);
    const value = await look({ page, session, at, begin }, round);
    const after = await counts();
    all.push({ value, pageCpuMs: after.page - before.page, serverCpuMs: after.server - before.server });
    await context.close();
  }
  return all;
}

const whole = (values: readonly number[]) => Math.round(median(values));

const loadNote = () => `load ${loadavg()[0].toFixed(1)}`;

function report(row: BenchRow): BenchRow {
  console.error(JSON.stringify(row));
  return row;
}

/** Times on the clock, and the processor's part of them, which neighbours on the machine hardly change. */
function timeRow(
  workload: string,
  values: readonly number[],
  taken: readonly Taken<unknown>[],
  targetMs: number,
): BenchRow {
  const page = whole(taken.map(({ pageCpuMs }) => pageCpuMs));
  const server = whole(taken.map(({ serverCpuMs }) => serverCpuMs));
  const cpu = `of the processor ${page} in the page and ${server} in the server`;
  const note = `target ${targetMs}; least ${Math.round(Math.min(...values))}; ${cpu}; ${loadNote()}`;
  return report(rowOf(`${workload}, ms`, median(values), null, { note }));
}

const pageRows = "table.runs tbody tr[aria-rowindex]";

/** First paint, and what one came for, on a page that is opened anew. */
async function timePaint(bench: Bench, path: string, part: string): Promise<BenchRow[]> {
  const taken = await repeat(bench, async ({ page, at }) => {
    await page.goto(at(path));
    return paintTimes(page, part);
  });
  const name = path === "/" ? "home" : "table of 1,000 runs";
  const [first, all] = [taken.map(({ value }) => value.firstMs), taken.map(({ value }) => value.partMs)];
  return [
    timeRow(`${name}: first contentful paint`, first, taken, 1000),
    timeRow(`${name}: all in sight`, all, taken, 1000),
  ];
}

async function timeScrolling(bench: Bench): Promise<BenchRow[]> {
  const taken = await repeat(bench, async ({ page, at, begin }) => {
    await page.goto(at("/runs"));
    await page.locator(pageRows).first().waitFor();
    await begin();
    return scrollThrough(page, ".table-box", pixelsPerFrame);
  });
  const frames = taken.flatMap(({ value }) => value.frameMs);
  const late = frames.filter((ms) => ms > 25).length / frames.length;
  const cpu = taken.map(({ value, pageCpuMs }) => pageCpuMs / value.frameMs.length);
  const longest = taken.map(({ value }) => value.longestTaskMs);
  const longestCpu = taken.map(({ value }) => value.longestTaskCpuMs);
  return [
    report(
      rowOf("scrolling the table through: between frames, ms", median(frames), null, {
        note: `target 16.7; ${(100 * late).toFixed(1)} % of ${frames.length} above 25; ${loadNote()}`,
      }),
    ),
    report(
      rowOf("scrolling the table through: of the processor a frame, ms", median(cpu), null, { note: "target 16" }),
    ),
    report(
      rowOf("scrolling the table through: longest task, ms of the processor", median(longestCpu), null, {
        note: `target 50; worst ${Math.round(Math.max(...longestCpu))}; on the clock ${whole(longest)}`,
      }),
    ),
  ];
}

/** From the click in the table until the charts are drawn; the server has not read the run before. */
async function timeOpening(bench: Bench): Promise<BenchRow[]> {
  const taken = await repeat(bench, async ({ page, at, begin }, round) => {
    await page.goto(at("/runs"));
    const link = page.locator(`${pageRows} a`).nth(round);
    await link.waitFor();
    await begin();
    await link.click();
    return sincePress(page, ".series canvas", charts);
  });
  const times = taken.map(({ value }) => value);
  return [timeRow("a run of 10,000 steps: click to drawn series", times, taken, 300)];
}

/** From the key in the table until the charts of all runs are drawn; they are chosen by keys just before, one after the other. */
async function timeComparing(bench: Bench): Promise<BenchRow[]> {
  const taken = await repeat(bench, async ({ page, at, begin }, round) => {
    await page.goto(at("/runs"));
    await page.locator(pageRows).first().waitFor();
    await page.getByRole("region", { name: "Runs" }).focus();
    for (let i = 0; i < comparedRuns * (round + 1); i++) await page.keyboard.press("j");
    for (let i = 0; i < comparedRuns; i++) {
      await page.keyboard.press("x");
      await page.keyboard.press("j");
    }
    await begin();
    await page.keyboard.press("c");
    return sincePress(page, ".series canvas", charts);
  });
  const times = taken.map(({ value }) => value);
  return [timeRow(`${comparedRuns} runs compared: key to drawn series`, times, taken, 1000)];
}

/** Ten runs one after the other in one tab, and the table between them. */
async function measureMemory(bench: Bench): Promise<BenchRow[]> {
  const taken = await repeat(bench, async ({ page, session, at }) => {
    await page.goto(at("/runs"));
    let most = 0;
    for (let i = 0; i < 10; i++) {
      await page.locator(`${pageRows} a`).nth(i).click();
      await page.locator(".series canvas").first().waitFor();
      most = Math.max(most, (await pageCounts(session)).heapBytes);
      await page.goBack();
      await page.locator(pageRows).first().waitFor();
      most = Math.max(most, (await pageCounts(session)).heapBytes);
    }
    return most / 1e6;
  });
  const most = taken.map(({ value }) => value);
  return [
    report(
      rowOf("ten runs opened from the table: most memory of the page, MB", median(most), null, {
        note: `target 200; worst ${Math.max(...most).toFixed(0)}; JavaScript heap, garbage included`,
      }),
    ),
  ];
}

function cpuMsOf(act: () => unknown): { readonly ms: number; readonly cpuMs: number } {
  const before = process.cpuUsage();
  const start = performance.now();
  act();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000 };
}

/** What the server does for its first answer, and for the later ones; and `orrery runs list`. */
async function timeScan({ many }: Bench): Promise<BenchRow[]> {
  const row = (workload: string, prepare: () => () => unknown) => {
    const all = Array.from({ length: rounds }, () => cpuMsOf(prepare()));
    const note = `target 200; least ${Math.round(Math.min(...all.map(({ ms }) => ms)))}; ${whole(all.map(({ cpuMs }) => cpuMs))} of the processor; ${loadNote()}`;
    return report(rowOf(`${workload}, ms`, median(all.map(({ ms }) => ms)), null, { note }));
  };
  const known = new RunIndex(many);
  known.rows();
  return [
    row("2,000 runs found by a new server", () => {
      const index = new RunIndex(many);
      return () => index.rows();
    }),
    row("2,000 runs looked at again", () => () => known.rows()),
    row("2,000 runs found by runs list", () => () => listRuns(many)),
  ];
}

const parts: Readonly<Record<string, (bench: Bench) => Promise<BenchRow[]>>> = {
  home: (bench) => timePaint(bench, "/", ".card"),
  table: (bench) => timePaint(bench, "/runs", pageRows),
  scroll: timeScrolling,
  open: timeOpening,
  compare: timeComparing,
  memory: measureMemory,
  scan: timeScan,
};

/**
 * `npm run bench -- studio [home | table | scroll | open | compare | memory | scan …]`: the pages of a thousand runs of ten thousand
 * steps. The first time writes these, which takes some minutes and 0.9 GB.
 */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const root = await runsFolder(cache, 1000, 10_000);
  const many = await runsFolder(cache, 2000, 10);
  const folder = mkdtempSync(join(tmpdir(), "orrery-bench-page-"));
  const studio = await startStudio(root, await buildPage(folder));
  const browser = await launchBrowser();
  const rows: BenchRow[] = [];
  try {
    for (const [name, measure] of Object.entries(parts)) {
      if (args.length === 0 || args.includes(name)) rows.push(...(await measure({ studio, browser, many })));
    }
  } finally {
    await browser.close();
    await studio.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return { question: "Do a thousand runs of ten thousand steps feel like ten?", rows };
}
