import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStudio, type StudioPage, violationsOf } from "./kit/studio-page.ts";

let studio: StudioPage;
beforeAll(async () => {
  studio = await openStudio({ uploadLimit: 100_000 });
}, 120_000);
afterAll(() => studio?.close());

const csv = Buffer.from(`text,rating\n${Array.from({ length: 40 }, (_, i) => `words ${i},${i % 2}`).join("\n")}\n`);
const fileOf = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });

describe("files from the browser", () => {
  it.each(["light", "dark"] as const)(
    "fill in the option's path: one file, or the folder of several, %s",
    async (colorScheme) => {
      const { page, context } = await studio.open("/jobs/labels/audit", { colorScheme });
      const input = page.getByLabel("Upload for Data", { exact: true });
      const field = page.getByRole("textbox", { name: /^Data\b/ });
      const recipe = page.locator("#recipe");
      await page.getByLabel("Name of the run").fill("while it comes");
      await input.setInputFiles(fileOf("reviews é.csv", csv));
      await expect.poll(() => field.inputValue()).toContain("reviews é.csv");
      const path = await field.inputValue();
      expect(readFileSync(path).equals(csv)).toBe(true);
      expect(path.startsWith(join(studio.root, ".uploads"))).toBe(true);
      await expect.poll(() => recipe.inputValue()).toContain("reviews é.csv");
      expect(await page.getByLabel("Name of the run").inputValue()).toBe("while it comes");
      await input.setInputFiles([fileOf("a.png", Buffer.from([1])), fileOf("b.png", Buffer.from([2]))]);
      await expect.poll(() => field.inputValue()).not.toBe(path);
      const folder = await field.inputValue();
      expect(readdirSync(folder).sort()).toEqual(["a.png", "b.png"]);
      expect(basename(dirname(folder))).toBe(".uploads");
      expect(await violationsOf(page)).toEqual([]);
      await studio.leave(context);
    },
    60_000,
  );

  it("are reached by keyboard, and refused in words where they are too large", async () => {
    const { page, context } = await studio.open("/jobs/labels/audit");
    const input = page.getByLabel("Upload for Data", { exact: true });
    await page.getByRole("button", { name: "Choose…" }).first().focus();
    await page.keyboard.press("Tab");
    expect(await input.evaluate((element) => element === document.activeElement)).toBe(true);
    await input.setInputFiles(fileOf("large.csv", Buffer.alloc(100_001)));
    await page.getByText(/may have 100000 bytes|could not be sent/).waitFor();
    const field = page.getByRole("textbox", { name: /^Data\b/ });
    expect(await field.inputValue()).toBe("");
    const kept = existsSync(join(studio.root, ".uploads"))
      ? readdirSync(join(studio.root, ".uploads"), { recursive: true })
      : [];
    expect(kept.filter((name) => String(name).includes("large"))).toEqual([]);
    // The browser itself tells a refused request as an error of the page.
    await context.close();
  });
});
