import type { Browser, CDPSession, Page } from "playwright-core";

/** What `installProbe` leaves in the page. */
interface Probe {
  /** Milliseconds on the page's clock of the first frame in which something fits the selector. */
  seen(selector: string, count?: number): Promise<number>;
  /** The last press of a key or button, as event timing has it. */
  pressed: number;
  /** Milliseconds of tasks that took more than 50. */
  readonly longTasks: number[];
}

/** Puts the observers into every document that the page opens; what they record is the browser's own. */
export async function installProbe(page: Page): Promise<void> {
  // What the loader wraps named functions in is not there in a page.
  await page.addInitScript("globalThis.__name = (named) => named");
  await page.addInitScript(() => {
    const probe: Probe = {
      pressed: 0,
      longTasks: [],
      seen: (selector, count = 1) =>
        new Promise((found) => {
          const look = () => {
            if (document.querySelectorAll(selector).length < count) return requestAnimationFrame(look);
            // What was added before this frame is painted at its end.
            return requestAnimationFrame(() => found(performance.now()));
          };
          look();
        }),
    };
    Object.assign(globalThis, { probe });
    for (const kind of ["keydown", "click"]) {
      addEventListener(kind, ({ timeStamp }) => Object.assign(probe, { pressed: timeStamp }), { capture: true });
    }
    new PerformanceObserver((list) =>
      probe.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({ type: "longtask", buffered: true });
  });
}

/** When, after the document was asked for, something was first painted, and when `count` parts that fit the selector were. */
export function paintTimes(
  page: Page,
  selector: string,
  count = 1,
): Promise<{ readonly firstMs: number; readonly partMs: number }> {
  return page.evaluate(
    async ([wanted, many]) => {
      const partMs = await (globalThis as unknown as { probe: Probe }).probe.seen(wanted, many);
      for (;;) {
        const [first] = performance.getEntriesByName("first-contentful-paint");
        if (first !== undefined) return { firstMs: first.startTime, partMs };
        await new Promise(requestAnimationFrame);
      }
    },
    [selector, count] as const,
  );
}

/** Milliseconds from the last press of a key or button until `count` parts that fit the selector were painted. */
export function sincePress(page: Page, selector: string, count = 1): Promise<number> {
  return page.evaluate(
    async ([wanted, many]) => {
      const { probe } = globalThis as unknown as { probe: Probe };
      return (await probe.seen(wanted, many)) - probe.pressed;
    },
    [selector, count] as const,
  );
}

/** Frames while a box is scrolled from its top to its end. */
export interface Scrolled {
  readonly frameMs: readonly number[];
  /** On the clock; 0 when none took more than 50. */
  readonly longestTaskMs: number;
  /** Of the processor, by the browser's own trace. */
  readonly longestTaskCpuMs: number;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the thread. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** The longest task of any page's main thread in a trace, in milliseconds of the processor. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const place = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const mainThreads = new Set(
    traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(place),
  );
  const tasks = traceEvents.filter((event) => event.name.endsWith("RunTask") && mainThreads.has(place(event)));
  if (tasks.length === 0) throw new Error("the trace has no tasks");
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

/** Scrolls a box through by `pixels` a frame. */
export async function scrollThrough(page: Page, selector: string, pixels: number): Promise<Scrolled> {
  const browser = page.context().browser() as Browser;
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  const scrolled = await page.evaluate(
    async ([wanted, step]) => {
      const box = document.querySelector(wanted);
      if (box === null) throw new Error(`no ${wanted}`);
      const { probe } = globalThis as unknown as { probe: Probe };
      const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
      const frameMs: number[] = [];
      box.scrollTop = 0;
      let before = await frame();
      probe.longTasks.length = 0;
      while (box.scrollTop + box.clientHeight < box.scrollHeight - 1) {
        box.scrollTop += step;
        const now = await frame();
        frameMs.push(now - before);
        before = now;
      }
      // Entries come after their task.
      await new Promise((done) => setTimeout(done, 200));
      return { frameMs, longestTaskMs: Math.max(0, ...probe.longTasks) };
    },
    [selector, pixels] as const,
  );
  return { ...scrolled, longestTaskCpuMs: longestTask(await browser.stopTracing()) };
}

/** What the browser counts of a page. */
export interface PageCounts {
  readonly heapBytes: number;
  /** Milliseconds of the processor in the page's main thread so far. */
  readonly threadMs: number;
}

export async function pageCounts(session: CDPSession): Promise<PageCounts> {
  const { metrics } = await session.send("Performance.getMetrics");
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return { heapBytes: value("JSHeapUsedSize"), threadMs: 1000 * value("ThreadTime") };
}
