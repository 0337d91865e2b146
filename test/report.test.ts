import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import sharp from "sharp";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeCsv, textColumn } from "../src/data/index.ts";
import type { Figure } from "../src/lab/figure.ts";
import { renderDrawing } from "../src/lab/figures/drawing.ts";
import { svgDocument } from "../src/lab/figures/svg-document.ts";
import { renderReport } from "../src/lab/report/report.ts";
import type { ReportInput } from "../src/lab/report/report-input.ts";
import { launchBrowser } from "./kit/browser.ts";
import { accuracyCurves, paretoFront, reachableTube, transitionMatrix } from "./kit/figure-gallery.ts";
import { reportExample } from "./kit/report-example.ts";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe("a report in a browser", { timeout: 120_000 }, () => {
  let [browser, folder, input] = [] as unknown as [Browser, string, ReportInput];
  let saving: Promise<[Page, BrowserContext]> | undefined;
  const problems: string[] = [];

  beforeAll(async () => {
    [browser, folder, input] = await Promise.all([
      launchBrowser(),
      mkdtemp(join(tmpdir(), "orrery-report-")),
      reportExample(),
    ]);
    await writeFile(join(folder, "report.html"), renderReport(input));
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<[Page, BrowserContext]> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
    const page = await context.newPage();
    page.on("console", (message) => problems.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file:.*report\.html(#.*)?|data:.*|blob:.*)$/s.test(request.url()))
        problems.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, "report.html")).href);
    return [page, context];
  }

  it.each(["light", "dark"] as const)(
    "shows every kind of figure, %s, without errors, requests or violations",
    async (colorScheme) => {
      const [page, context] = await open({ colorScheme });
      expect(await page.title()).toBe(`${input.title} · ${input.job}`);
      expect(await page.locator(".figure").count()).toBe(input.figures.length);
      expect(await page.locator(".notice.bad").count()).toBe(0);
      for (const { title, summary } of input.figures) {
        expect(await page.getByRole("heading", { name: title, exact: true }).count()).toBe(1);
        expect(await page.getByText(summary.slice(0, 40)).count()).toBeGreaterThan(0);
      }
      for (const name of ["best-mapping", "methods"]) await page.locator(`#figure-${name} summary`).click();
      await page.addScriptTag({ path: axePath });
      const violations = await page.evaluate(async () => {
        const axe = (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe;
        return (await axe.run()).violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .map(({ html }) => html.slice(0, 160))
              .slice(0, 3)
              .join(" | ")}`,
        );
      });
      expect(violations).toEqual([]);
      expect(problems).toEqual([]);
      await context.close();
    },
  );

  it("fits a telephone: only figures and tables scroll sideways", async () => {
    const [page, context] = await open({ viewport: { width: 360, height: 700 } });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    // What scrolls is reached by keyboard.
    const box = page.locator("#figure-test-accuracy .chart");
    expect(await box.evaluate((element) => element.scrollWidth > element.clientWidth)).toBe(true);
    expect(await box.getAttribute("tabindex")).toBe("0");
    await context.close();
  });

  it.each(["test-accuracy", "value-function", "worst-suspects", "best-mapping", "all-suspects", "molecule", "torus"])(
    "saves %s as SVG, PNG and CSV",
    async (name) => {
      saving ??= open({ colorScheme: "dark" });
      const [page] = await saving;
      const figure = page.locator(`#figure-${name}`);
      const number = 1 + input.figures.findIndex((candidate) => candidate.name === name);
      const save = async (format: string) => {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          figure.getByRole("button", { name: `${format} of figure ${number}` }).click(),
        ]);
        expect(download.suggestedFilename()).toBe(`${name}.${format.toLowerCase()}`);
        return readFile(await download.path());
      };
      const svg = String(await save("SVG"));
      expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toMatch(/var\(--|NaN|undefined/);
      expect(
        await page.evaluate(
          (text) =>
            new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror")?.textContent ?? "",
          svg,
        ),
      ).toBe("");
      await checkPicture(await save("PNG"), svg);
      checkTable(String(await save("CSV")), input.figures[number - 1]);
      expect(problems).toEqual([]);
    },
  );

  it("shows one frame at a time, chosen by keyboard, and all of them on paper", async () => {
    const [page, context] = await open();
    const frames = page.locator("#figure-value-function .frame");
    const shown = async () =>
      (await Promise.all((await frames.all()).map((frame) => frame.isVisible()))).map(Number).join("");
    expect(await shown()).toBe("100000");
    const slider = page.getByRole("slider", { name: "time to go" });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await shown()).toBe("001000");
    expect(await slider.getAttribute("aria-valuetext")).toBe("0.4 s");
    await page.emulateMedia({ media: "print" });
    expect(await shown()).toBe("111111");
    for (const control of [".slider", ".tools", ".copy", ".contents"]) {
      expect(await page.locator(control).first().isVisible()).toBe(false);
    }
    expect((await page.pdf({ format: "A4" })).subarray(0, 5).toString()).toBe("%PDF-");
    await context.close();
  });

  it("is read and used by keyboard alone, from the skip link on", async () => {
    const [page, context] = await open();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the report");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("report");
    const expected = await page
      .locator("main :is(a, button, summary, input, [tabindex='0'])")
      .evaluateAll((all) => all.filter((element) => element.checkVisibility()).length);
    await page.evaluate(() => {
      const reached = new Map<EventTarget | null, string>();
      Object.assign(globalThis, { reached });
      document.addEventListener("focusin", ({ target }) =>
        reached.set(target, getComputedStyle(target as Element).outlineStyle),
      );
    });
    for (let i = 0; i <= expected; i++) await page.keyboard.press("Tab");
    const outlines = await page.evaluate(() => [
      ...(globalThis as unknown as { reached: Map<EventTarget, string> }).reached.values(),
    ]);
    expect(outlines.length).toBeGreaterThanOrEqual(expected);
    expect(outlines).not.toContain("none");
    await context.close();
  });

  it("shows all there is where scripts do not run", async () => {
    const [page, context] = await open({ javaScriptEnabled: false });
    expect(await page.locator(".frame").first().isVisible()).toBe(true);
    expect(await page.locator(".frame").last().isVisible()).toBe(true);
    expect(await page.locator(".tools").first().isVisible()).toBe(false);
    await context.close();
  });
});

describe("charts", () => {
  it("are drawn in a page by the module that draws them in reports", async () => {
    const entry = fileURLToPath(new URL("../src/lab/figures/drawing.ts", import.meta.url));
    const lib = { entry, formats: ["iife" as const], name: "figures" };
    const built = await build({ configFile: false, logLevel: "error", build: { lib, write: false } });
    const [bundle] = built as Extract<typeof built, readonly unknown[]>;
    const browser = await launchBrowser();
    try {
      // On coarser screens Plot moves strokes by half a pixel to make them sharp.
      const page = await browser.newPage({ deviceScaleFactor: 2 });
      await page.addScriptTag({ content: bundle.output[0].code });
      const drawnThere = (figure: Figure): Promise<string> =>
        page.evaluate((given) => {
          const { figures } = globalThis as unknown as { figures: { renderDrawing(figure: Figure): string } };
          return figures.renderDrawing(given);
        }, figure);
      for (const figure of [accuracyCurves(), transitionMatrix(), paretoFront(), reachableTube()]) {
        const [here, there] = [renderDrawing(figure, { document: svgDocument() }), await drawnThere(figure)];
        expect(partsOf(there)).toEqual(partsOf(here));
      }
    } finally {
      await browser.close();
    }
  });
});

/** The tags of a drawing and their attributes, whose order browsers choose; the bytes of pictures apart, which each compresses in its own way. */
function partsOf(html: string): string[] {
  return [...html.matchAll(/<([a-z]\w*)([^>]*?)\/?>/gi)].map(([, name, attributes]) =>
    [
      name,
      ...[...attributes.matchAll(/[\w-]+="[^"]*"/g)].map(([text]) => text.replace(/base64,.*/s, "base64")).sort(),
    ].join(" "),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The picture is twice as large as the drawing, on white, and not empty. */
async function checkPicture(png: Buffer, svg: string): Promise<void> {
  const [, width, height] =
    svg.match(/<svg[^>]* width="([\d.]+)" height="([\d.]+)"/) ??
    svg.match(/<svg[^>]*viewBox="\S+ \S+ ([\d.]+) ([\d.]+)"/)!;
  const image = sharp(png);
  const metadata = await image.metadata();
  expect([metadata.width, metadata.height]).toEqual([2 * Number(width), 2 * Number(height)]);
  const { data } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([...data.subarray(0, 3)]).toEqual([255, 255, 255]);
  expect((await sharp(png).stats()).channels[0].stdev).toBeGreaterThan(3);
}

function checkTable(csv: string, { table }: ReportInput["figures"][number]): void {
  const decoded = decodeCsv(csv);
  expect(decoded.rowCount).toBe(table.rows.length);
  for (const name of Object.keys(table.rows[0])) {
    const column = decoded.columns.find((candidate) => candidate.name === name)!;
    const cells = table.rows.map((row) => row[name]);
    if (column.kind === "number") expect([...column.values]).toEqual(cells);
    else expect(textColumn(decoded, name)).toEqual(cells.map((cell) => (cell === null ? null : String(cell))));
  }
}
