/**
 * `npm run bench -- NAME [ARGUMENT …]`: runs one bench, prints a table for people and, as the last line, one JSON object
 * `{ question, machine, rows }` for programs. A peer that is not installed gives `null`, never a number.
 */
import { existsSync, readdirSync } from "node:fs";
import { type BenchResult, formatTable, machine } from "./result.ts";

const folder = new URL(".", import.meta.url);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/index.ts`, folder)))
  .map(({ name }) => name);
const [name, ...rest] = process.argv.slice(2);

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
console.log(JSON.stringify({ question: result.question, machine: machine(), rows: result.rows }));
process.exit(0);
