import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatWithOptions } from "node:util";
import { afterAll, expect, test, vi } from "vitest";

const root = new URL("..", import.meta.url).pathname;
const folder = mkdtempSync(join(root, "test", ".docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Example {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/** The `ts` blocks of a page; one marked `no-run` is only shown. */
function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length + 1,
    code: match[1],
  }));
}

/** What the comments beside `console.log` promise; words before the last colon-space of a remark may explain. */
function promisedBy(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map((match) => match[1].trim());
}

const pages = [
  "README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const examples = pages.flatMap(examplesOf);

test("the pages have examples", () => {
  expect(examples.length).toBeGreaterThan(5);
});

test.each(examples)("$page:$line prints what its comments say", async ({ line, page, code }) => {
  const file = join(folder, `${page.replaceAll(/\W/g, "-")}-${line}.ts`);
  writeFileSync(file, code);
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed.push(formatWithOptions({ colors: false }, ...values));
  });
  try {
    await import(file);
  } finally {
    log.mockRestore();
  }
  const promised = promisedBy(code);
  expect(printed.length).toBe(promised.length);
  promised.forEach((text, i) => {
    expect(text === printed[i] || text.endsWith(`: ${printed[i]}`), `${text} ≠ ${printed[i]}`).toBe(true);
  });
});
