/**
 * `npm run bench -- NAME [PART] [ARGUMENT …] [--keep]`: runs one bench, prints a table for people and, as the last line, one JSON object
 * `{ question, machine, rows }` for programs; `--keep` writes it to `bench/results/NAME-PART.json`, which is for idle machines.
 * A peer that is not installed gives `null`, never a number.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type BenchResult, formatTable, machine, resultPath } from "./result.ts";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/index.ts`, folder)))
  .map(({ name }) => name);
const [name, ...rest] = process.argv.slice(2).filter((argument) => argument !== "--keep");

if (name === undefined || !names.includes(name)) {
  console.error(
    `bench: expected one of ${names.join(", ")}; got ${name ?? "nothing"}. Try npm run bench -- ${names[0]}.`,
  );
  process.exit(1);
}
const { bench } = (await import(new URL(`${name}/index.ts`, folder).href)) as {
  bench: (args: readonly string[]) => Promise<BenchResult>;
};
const result = await bench(rest);
console.log(`\n${result.question}\n${formatTable(result.rows)}\n`);
const kept = { question: result.question, machine: machine(), rows: result.rows };
console.log(JSON.stringify(kept));
if (process.argv.includes("--keep")) {
  const settings = rest.findIndex((argument) => argument.startsWith("--"));
  const file = [name, ...(settings < 0 ? rest : rest.slice(0, settings))].join("-");
  // Benches that keep each finished cell have a file of that name.
  const path = resultPath(file);
  const isOfCells = existsSync(path) && "cells" in JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(isOfCells ? resultPath(`${file}-summary`) : path, `${JSON.stringify(kept, null, 2)}\n`);
}
process.exit(0);
