/**
 * Writes the tables of options in `docs/*.md` from the jobs themselves, between `<!-- options: labels audit -->` and `<!-- end -->`.
 * `--check` writes nothing and ends with 1 where a table is out of date.
 *
 *     node --import tsx scripts/option-tables.ts [--check]
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeRange, flagsOf } from "../src/cli/flags.ts";
import { findJob } from "../src/instruments/registry.ts";
import { optionSchema } from "../src/lab/recipes/option-schema.ts";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const marked = /<!-- options: ([a-z]+ [a-z-]+) -->[\s\S]*?<!-- end -->/g;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

async function tableOf(name: string): Promise<string> {
  const rows = flagsOf(optionSchema(await findJob(name))).map(
    ({ usage, schema }) =>
      `| \`${cell(usage)}\` | ${cell(`${schema.description ?? ""} ${describeRange(schema)}`.trim())} |`,
  );
  return `<!-- options: ${name} -->\n| option | meaning |\n|---|---|\n${rows.join("\n")}\n<!-- end -->`;
}

let stale = 0;
for (const page of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
  const before = readFileSync(`${docs}${page}`, "utf8");
  let after = before;
  for (const [block, name] of before.matchAll(marked)) after = after.replace(block, await tableOf(name));
  if (after === before) continue;
  stale++;
  if (process.argv.includes("--check"))
    console.error(
      `docs/${page}: the tables of options are out of date; run node --import tsx scripts/option-tables.ts`,
    );
  else writeFileSync(`${docs}${page}`, after);
}
process.exit(process.argv.includes("--check") && stale > 0 ? 1 : 0);
