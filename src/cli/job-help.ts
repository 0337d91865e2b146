import type { AnyJob } from "../lab/index.ts";
import { describeRange, type Flag } from "./flags.ts";
import { definitionList, wrap } from "./text.ts";

/** The flags that every job has: they say how it is run, not what it does. */
export const runFlags: readonly (readonly [string, string])[] = [
  ["--preset <name>", "Take a preset's options; flags and a recipe go before them."],
  ["--recipe <path>", "Take options from a YAML recipe; flags go before them."],
  ["--name <text>", "A name for the run, by which runs commands find it."],
  ["--runs <folder>", "Where run folders are made (default: ORRERY_RUNS, else ./runs)."],
  ["--folder <folder>", "The run's own folder; one that holds an unfinished run goes on with it."],
  ["--explain", "Print every option with where its value comes from, and stop."],
  ["--json", "Print events as JSON, one a line; the last one is the end."],
  ["--quiet", "Print only the end."],
  ["--debug", "Print the stack of an error."],
  ["-h, --help", "Print this help."],
];

const section = (title: string, body: string) => (body === "" ? "" : `\n${title}\n${body}\n`);

function optionRows(flags: readonly Flag[], required: readonly string[]): (readonly [string, string])[] {
  return flags.map(({ path, schema, usage }) => {
    const need = required.includes(path) ? " (required)" : "";
    return [usage, `${schema.description ?? ""} ${describeRange(schema)}${need}`.trim()] as const;
  });
}

/** The help of a job: what it does, its options with ranges and defaults, presets, examples. */
export function jobHelp(job: AnyJob, flags: readonly Flag[], required: readonly string[]): string {
  const places = (job.positional ?? []).map((name) => ` [${name}]`).join("");
  const paragraphs = (job.description ?? "").split(/\n\s*\n/).filter((text) => text !== "");
  const presets = Object.entries(job.presets ?? {}).map(([name, { summary }]) => [name, summary] as const);
  const examples = (job.examples ?? []).map(
    ({ command, explanation }) => `  $ ${command}\n      ${wrap(explanation, 90, 6)}`,
  );
  return [
    `${wrap(job.summary, 100)}\n`,
    `\nUsage: orrery ${job.name}${places} [options]\n`,
    ...paragraphs.map((text) => `\n${wrap(text, 100)}\n`),
    section("Options", definitionList(optionRows(flags, required))),
    section("Presets", presets.length === 0 ? "" : definitionList(presets)),
    section("Running", definitionList(runFlags)),
    section("Examples", examples.join("\n")),
  ].join("");
}
