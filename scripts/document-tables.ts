/**
 * Writes tables in `docs/*.md` from what they tell of: the options of a job between `<!-- options: labels audit -->` and `<!-- end -->`, what a
 * bench measured (`bench/results/NAME.json`) between `<!-- measured: NAME -->` and `<!-- end -->`.
 * `--check` writes nothing and ends with 1 where a table is out of date.
 *
 *     node --import tsx scripts/document-tables.ts [--check]
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BenchResult } from "../bench/result.ts";
import { describeRange, flagsOf } from "../src/cli/flags.ts";
import { findJob } from "../src/instruments/registry.ts";
import { optionSchema } from "../src/lab/recipes/option-schema.ts";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
/** A block with its end, or a beginning alone, which gets one. */
const marked = /<!-- (options|measured): ([a-z0-9 -]+?) -->(?:(?:(?!<!--)[\s\S])*<!-- end -->)?/g;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const tableLines = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");

async function optionTable(name: string): Promise<string> {
  const rows = flagsOf(optionSchema(await findJob(name))).map(({ usage, schema }) => [
    `\`${usage}\``,
    `${schema.description ?? ""} ${describeRange(schema)}`.trim(),
  ]);
  return tableLines(["option", "meaning"], rows);
}

/** A run of the bench of training methods. */
interface TrainingCell {
  readonly setting: string;
  readonly method: string;
  readonly last: number;
  readonly best: number;
}

/** Methods by settings: mean and standard deviation over seeds of the last epoch, and the mean of the one that noisy validation chose. */
function trainingTable(cells: readonly TrainingCell[]): string {
  const settings = [...new Set(cells.map(({ setting }) => setting))];
  const methods = [...new Set(cells.map(({ method }) => method))];
  const rows = methods.map((method) => [
    method,
    ...settings.map((setting) => {
      const own = cells.filter((one) => one.method === method && one.setting === setting);
      if (own.length === 0) return "–";
      const mean = (pick: (one: TrainingCell) => number) => own.reduce((sum, one) => sum + pick(one), 0) / own.length;
      const last = mean((one) => one.last);
      const deviation = Math.sqrt(
        own.reduce((sum, one) => sum + (one.last - last) ** 2, 0) / Math.max(1, own.length - 1),
      );
      return `${last.toFixed(1)} ± ${deviation.toFixed(1)} (${mean((one) => one.best).toFixed(1)})`;
    }),
  ]);
  return tableLines(["method", ...settings], rows);
}

function benchTable({ rows }: BenchResult): string {
  const hasPeer = rows.some(({ peer }) => peer !== null);
  const hasNote = rows.some(({ note }) => note !== undefined);
  const show = (x: number | null) => (x === null ? "–" : x.toLocaleString("en-US", { maximumSignificantDigits: 6 }));
  return tableLines(
    ["what", "Orrery", ...(hasPeer ? ["peer", "ratio"] : []), ...(hasNote ? ["remarks"] : [])],
    rows.map(({ workload, ours, peer, ratio, note }) => [
      ...[workload, show(ours), ...(hasPeer ? [show(peer), show(ratio)] : [])],
      ...(hasNote ? [note ?? ""] : []),
    ]),
  );
}

function measuredTable(name: string): string {
  const path = new URL(`../bench/results/${name}.json`, import.meta.url);
  const kept = JSON.parse(readFileSync(path, "utf8")) as BenchResult | { readonly cells: readonly TrainingCell[] };
  return "rows" in kept ? benchTable(kept) : trainingTable(kept.cells);
}

let stale = 0;
for (const page of readdirSync(docs).filter((name) => name.endsWith(".md"))) {
  const before = readFileSync(`${docs}${page}`, "utf8");
  let after = before;
  for (const [block, kind, name] of before.matchAll(marked)) {
    const table = kind === "options" ? await optionTable(name) : measuredTable(name);
    after = after.replace(block, () => `<!-- ${kind}: ${name} -->\n${table}\n<!-- end -->`);
  }
  if (after === before) continue;
  stale++;
  if (process.argv.includes("--check"))
    console.error(`docs/${page}: a table is out of date; run node --import tsx scripts/document-tables.ts`);
  else writeFileSync(`${docs}${page}`, after);
}
process.exit(process.argv.includes("--check") && stale > 0 ? 1 : 0);
