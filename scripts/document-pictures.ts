/**
 * Makes the pictures of reports in `docs/images`: runs each job anew and photographs a part of its report. Names choose pictures; without any, all are made.
 *
 *     node --import tsx scripts/document-pictures.ts [NAME …]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../test/kit/browser.ts";
import { orrery } from "../test/kit/command.ts";

interface Picture {
  readonly name: string;
  /** The words of the command that makes the report. */
  readonly command: readonly string[];
  /** The figures that are shown, or where the picture begins and how high it is. */
  readonly figures?: readonly string[];
  readonly height?: number;
}

const pictures: readonly Picture[] = [
  { name: "labels-audit", command: ["labels", "audit"], figures: ["found"], height: 1100 },
  { name: "mapping-search", command: ["mapping", "search"], figures: ["mapping"] },
  {
    name: "ising-solve",
    command: [
      ...["ising", "solve", "--method", "neural", "--generate.size", "10,10", "--generate.boundary", "open"],
      ...["--name", "10×10 spin glass"],
    ],
    height: 1580,
  },
  { name: "ising-free-energy", command: ["ising", "free-energy"], figures: ["difference"] },
  { name: "control-runs", command: ["control", "synthesize"], figures: ["trajectories"] },
  { name: "control-value", command: ["control", "synthesize"], figures: ["value-function"] },
];

const images = fileURLToPath(new URL("../docs/images/", import.meta.url));
const margin = 24;

/** What is photographed: from the first figure, or the top of the page, to the end of the last figure or as far as the height says. */
async function photograph(browser: Browser, report: string, { name, figures = [], height }: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 860, height: 1200 }, locale: "en-US", colorScheme: "light" });
  await page.goto(pathToFileURL(report).href);
  await page.evaluate(() => document.fonts.ready);
  const boxes = await Promise.all(
    figures.map((id) =>
      page
        .locator(`#figure-${id}`)
        .boundingBox({ timeout: 1000 })
        .catch(() => null),
    ),
  );
  const known = boxes.flatMap((box) => (box === null ? [] : [box]));
  if (known.length < figures.length) throw new Error(`${name}: the report has no figure ${figures.join(", ")}`);
  const top = Math.max(
    0,
    Math.min(...known.map(({ y }) => y), known.length === 0 ? 0 : Number.POSITIVE_INFINITY) - margin,
  );
  const end = height === undefined ? Math.max(...known.map((box) => box.y + box.height)) + margin : top + height;
  const clip = { x: 0, y: top, width: 860, height: end - top };
  await page.screenshot({ path: join(images, `${name}.png`), clip, fullPage: true });
  await page.close();
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !pictures.some((picture) => picture.name === name));
if (unknown.length > 0) throw new Error(`no such picture: ${unknown.join(", ")}`);
const folder = mkdtempSync(join(tmpdir(), "orrery-pictures-"));
const browser = await launchBrowser();
const reports = new Map<string, string>();
try {
  for (const picture of pictures.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const command = picture.command.join(" ");
    if (!reports.has(command)) {
      const run = `run-${reports.size}`;
      const { code, stderr } = await orrery([...picture.command, "--folder", run], folder);
      if (code !== 0) throw new Error(`orrery ${command} ended with ${code}: ${stderr}`);
      reports.set(command, join(folder, run, "report.html"));
    }
    await photograph(browser, reports.get(command) as string, picture);
    console.log(`docs/images/${picture.name}.png: orrery ${command}`);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
