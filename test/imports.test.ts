import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "src");

/** What each part of the house may import, beside itself. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "nearest-name.ts": [],
  "start-worker.ts": [],
  "time-slice.ts": [],
  engine: ["errors.ts"],
  math: ["errors.ts", "engine"],
  nn: ["errors.ts", "engine", "math"],
  data: ["errors.ts", "nearest-name.ts", "engine", "math", "nn"],
  lab: ["errors.ts", "nearest-name.ts", "engine", "math", "nn", "data"],
  instruments: [
    "errors.ts",
    "nearest-name.ts",
    "start-worker.ts",
    "time-slice.ts",
    "engine",
    "math",
    "nn",
    "data",
    "lab",
  ],
  // The command line is what starts the studio.
  cli: ["errors.ts", "nearest-name.ts", "engine", "math", "nn", "data", "lab", "instruments", "studio"],
  studio: ["errors.ts", "nearest-name.ts", "engine", "math", "nn", "data", "lab", "instruments"],
  examples: ["errors.ts", "engine", "math", "nn", "data", "lab", "instruments"],
  "index.ts": ["errors.ts", "engine", "math", "nn", "data", "lab", "instruments"],
};

/** The only members of `instruments` that may know other instruments. */
const meetingPoints = ["lifecycle", "registry.ts"];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

/** Relative imports of one file, as paths below `src`: static, re-exporting and dynamic ones. */
function importsOf(path: string, text: string): Import[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?["'](\.[^"']+)["']|\bimport\(\s*["'](\.[^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map(([, type, fixed, dynamic]) => ({
    from: path,
    to: relative(source, join(source, dirname(path), fixed ?? dynamic))
      .split(sep)
      .join("/"),
    isTypeOnly: type !== undefined,
  }));
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((path) => path.split(sep).join("/"))
  .filter((path) => /\.tsx?$/.test(path));

/** The part of the house a file belongs to; a test belongs to what it tests. */
const partOf = (path: string) => path.split("/")[0].replace(/\.test\.ts$/, ".ts");
const isTest = (path: string) => /\.test\.tsx?$/.test(path);

/** Why an import is against the rules; undefined for one that is not. */
function offence({ from, to, isTypeOnly }: Import): string | undefined {
  const [here, there] = [partOf(from), partOf(to)];
  if (to.startsWith("..")) return isTest(from) && to.startsWith("../test/") ? undefined : "leaves src";
  const leavesPage = from.startsWith("studio/web/") && !to.startsWith("studio/web/");
  // Figures are drawn by the same functions in reports and in the page; they need nothing of Node.
  const isDrawing = to.startsWith("lab/figures/") || to === "lab/recipes/flatten-options.ts";
  if (leavesPage && !isTypeOnly && !isDrawing) return "the web page imports types only, and what draws figures";
  if (here !== there) {
    if (allowed[here] === undefined) return `src/${here} has no place in the house`;
    return allowed[here].includes(there) ? undefined : `src/${here} may not import src/${there}`;
  }
  if (here === "instruments") {
    const [mine, theirs] = [from.split("/")[1], to.split("/")[1]];
    if (mine !== theirs && !meetingPoints.includes(mine)) return "an instrument may not import another";
  }
  return undefined;
}

const offences = (imports: readonly Import[]) =>
  imports.flatMap((item) => {
    const reason = offence(item);
    return reason === undefined ? [] : [`${item.from} imports ${item.to}: ${reason}`];
  });

describe("imports", () => {
  it("point one way: engine, nn, data, lab, instruments, then cli and studio", () => {
    expect(files.length).toBeGreaterThan(50);
    const imports = files.flatMap((path) => importsOf(path, readFileSync(join(source, path), "utf8")));
    expect(imports.length).toBeGreaterThan(200);
    expect(offences(imports)).toEqual([]);
  });

  it("of the studio's page are types only where they leave it", () => {
    const page = (text: string) => offences(importsOf("studio/web/main.ts", text));
    expect(page('import type { Run } from "../../lab/run.ts";')).toEqual([]);
    expect(page('import { renderChart } from "../../lab/figures/chart.ts";')).toEqual([]);
    expect(page('import { readRun } from "../../lab/run.ts";')).toHaveLength(1);
  });

  it("are read in every form they are written in", () => {
    const text = [
      'import { a } from "../nn/a.ts";',
      'import {\n  b,\n  type B,\n} from "../nn/b.ts";',
      'import "../nn/c.ts";',
      'import * as d from "../nn/d.ts";',
      'export { e } from "../nn/e.ts";',
      'export * from "../nn/f.ts";',
      'const g = await import("../nn/g.ts");',
      'import type { H } from "../nn/h.ts";',
      'import { join } from "node:path";',
    ].join("\n");
    const found = importsOf("engine/x.ts", text);
    expect(found.map(({ to }) => to)).toEqual([..."abcdefgh"].map((name) => `nn/${name}.ts`));
    expect(offences(found)).toHaveLength(8);
    expect(offences(importsOf("nn/x.ts", 'import { a } from "../engine/a.ts";'))).toEqual([]);
  });

  it("keep instruments apart but for the places where they meet", () => {
    const text = 'import { audit } from "../labels/index.ts";';
    expect(offences(importsOf("instruments/sync/plan.ts", text))).toHaveLength(1);
    expect(offences(importsOf("instruments/lifecycle/run.ts", text))).toEqual([]);
    expect(offences(importsOf("instruments/registry.ts", 'import { jobs } from "./labels/jobs.ts";'))).toEqual([]);
  });
});
