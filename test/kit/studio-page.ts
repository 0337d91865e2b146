import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { build } from "vite";
import { expect } from "vitest";
import { type ServeOptions, serveStudio } from "../../src/studio/server/serve.ts";
import { launchBrowser } from "./browser.ts";
import { commandLine } from "./command.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** A studio over a folder of runs of its own, with a browser. */
export interface StudioPage {
  /** Where the runs are, below the folder that the studio was started in. */
  readonly root: string;
  readonly folder: string;
  readonly address: string;
  readonly token: string;
  readonly browser: Browser;
  /** Opens an address of the page in a context of its own. */
  open(
    address: string,
    options?: BrowserContextOptions,
  ): Promise<{ readonly page: Page; readonly context: BrowserContext }>;
  /** Closes a context, and fails where its page had errors. */
  leave(context: BrowserContext): Promise<void>;
  close(): Promise<void>;
}

/** Builds the page from source, serves it, and starts a browser. */
export async function openStudio(options: Partial<ServeOptions> = {}): Promise<StudioPage> {
  const folder = mkdtempSync(join(tmpdir(), "orrery-page-"));
  const [root, web] = [join(folder, "runs"), join(folder, "page")];
  mkdirSync(root);
  await build({
    configFile: join(project, "vite.config.ts"),
    root: join(project, "src/studio/web"),
    logLevel: "error",
    build: { outDir: web, emptyOutDir: true },
  });
  const studio = await serveStudio({ root, folder, command: commandLine, port: 0, web, ...options });
  const browser = await launchBrowser();
  const problems = new Map<BrowserContext, string[]>();
  return {
    ...{ root, folder, browser, token: studio.token, address: studio.url.replace(/\/#.*/, "") },
    open: async (address, contextOptions = {}) => {
      const context = await browser.newContext({
        ...{ locale: "en-US", acceptDownloads: true, viewport: { width: 1280, height: 900 } },
        ...contextOptions,
      });
      const page = await context.newPage();
      const own: string[] = [];
      problems.set(context, own);
      page.on("console", (message) => message.type() === "error" && own.push(message.text()));
      page.on("pageerror", (error) => own.push(error.message));
      page.setDefaultTimeout(30_000);
      await page.goto(studio.url.replace("/#", `${address}#`));
      return { page, context };
    },
    leave: async (context) => {
      await context.close();
      expect(problems.get(context)).toEqual([]);
    },
    close: async () => {
      await browser.close();
      await studio.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keeps a picture of the page, or of a part, for the documentation: `STUDIO_PICTURES=docs/images` makes `studio-NAME.png` there. */
export async function takePicture(part: Page | Locator, name: string): Promise<void> {
  const folder = process.env.STUDIO_PICTURES;
  if (folder !== undefined) await part.screenshot({ path: join(folder, `studio-${name}.png`) });
}

/** What axe finds fault with on the page. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await checker.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
  });
}
