import { rmSync } from "node:fs";
import { Command, Option } from "commander";
import { OrreryError } from "../../errors.ts";
import { findJob } from "../../instruments/registry.ts";
import { formatDuration } from "../../lab/figures/quantities.ts";
import type { AnyJob } from "../../lab/index.ts";
import { findRun, listRuns, type Run, unreadableRuns } from "../../lab/runs/run-folder.ts";
import { readRunRecipe } from "../../lab/runs/run-options.ts";
import { secondsOf } from "../../lab/runs/run-record.ts";
import { parseWith } from "../command-line.ts";
import { runsRoot, shownPath } from "../places.ts";
import { formatValue, textTable } from "../text.ts";
import { compareText } from "./compare-text.ts";
import { describeRun } from "./describe-run.ts";

interface Flags {
  readonly runs?: string;
  readonly json?: boolean;
  readonly state?: string;
  readonly job?: string;
}

/** The job of a run, undefined when this version has none of its name. */
async function jobOf({ record }: Run): Promise<AnyJob | undefined> {
  return findJob(record.job).catch(() => undefined);
}

function list({ state, job, json, ...flags }: Flags): void {
  const root = runsRoot(flags);
  const runs = listRuns(root).filter(
    (run) => (state === undefined || run.state === state) && (job === undefined || run.record.job.startsWith(job)),
  );
  const unreadable = unreadableRuns(root);
  if (unreadable.length > 0) {
    const some = `${unreadable.slice(0, 5).join(", ")}${unreadable.length > 5 ? ", …" : ""}`;
    process.stderr.write(`not listed, as their run.json cannot be read: ${some}; orrery runs show <run> says why\n`);
  }
  if (json === true) {
    for (const { id, state: now, record } of runs)
      process.stdout.write(`${JSON.stringify({ id, state: now, ...record })}\n`);
    return;
  }
  if (runs.length === 0) {
    process.stdout.write(`no runs in ${shownPath(root)}\nnext: orrery --help\n`);
    return;
  }
  const rows = runs.map(({ id, state: now, record }) => {
    const [headline] = record.status.state === "done" ? record.status.outcome.headlines : [];
    const value = headline === undefined ? "" : `${headline.label}: ${formatValue(headline.value, headline)}`;
    return [id, record.name ?? "", now, formatDuration(secondsOf(record)), value];
  });
  process.stdout.write(`${textTable(["run", "name", "state", "time", "result"], rows)}\n`);
}

async function resume(wanted: string, flags: Flags & { readonly quiet?: boolean }): Promise<number> {
  const run = findRun(runsRoot(flags), wanted);
  if (run.state === "done") {
    process.stdout.write(`${run.id} is done: nothing to resume\n`);
    return 0;
  }
  const recipe = readRunRecipe(run.folder);
  const { startRun } = await import("../start-run.ts");
  const layer = { values: {}, locate: () => "" };
  // The resolved recipe has every option; a preset would bring nothing.
  const { preset: _, ...whole } = recipe;
  return startRun({
    job: await findJob(run.record.job),
    flags: { ...flags, folder: run.folder },
    layer,
    recipe: whole,
  });
}

async function cancel(wanted: string, flags: Flags): Promise<void> {
  const run = findRun(runsRoot(flags), wanted);
  if (run.state !== "running") {
    throw new OrreryError("argument", `${run.id}: expected a running run; it is ${run.state}`, {
      hint: `orrery runs list --state running shows those that run.`,
    });
  }
  const { requestCancel } = await import("../../lab/runs/cancel-request.ts");
  requestCancel(run.folder);
  process.stdout.write(`${run.id}: asked to stop after its step\n`);
}

function remove(wanted: readonly string[], flags: Flags & { readonly yes?: boolean }): void {
  const runs = wanted.map((text) => findRun(runsRoot(flags), text));
  const running = runs.find(({ state }) => state === "running");
  if (running !== undefined) {
    throw new OrreryError("argument", `${running.id}: it is running`, {
      hint: `orrery runs cancel ${running.id} first.`,
    });
  }
  if (flags.yes !== true) {
    throw new OrreryError("argument", `remove: ${runs.map(({ id }) => id).join(", ")} would be deleted for good`, {
      hint: "Say so with --yes.",
    });
  }
  for (const { id, folder } of runs) {
    rmSync(folder, { recursive: true });
    process.stdout.write(`removed ${id}\n`);
  }
}

async function compare(wanted: readonly string[], flags: Flags): Promise<void> {
  const runs = wanted.map((text) => findRun(runsRoot(flags), text));
  process.stdout.write(`${compareText(await jobOf(runs[0]), runs)}\n`);
}

/** `orrery runs list | show | compare | resume | cancel | remove | export | report`. */
export async function runRunsCommand(rest: readonly string[]): Promise<number> {
  let code = 0;
  const command = new Command("orrery runs").description("The runs in ./runs, or where ORRERY_RUNS or --runs says.");
  const verb = (usage: string, summary: string) =>
    command.command(usage).description(summary).addOption(new Option("--runs <folder>", "where the run folders are"));
  verb("list", "every run with its state and result, newest first")
    .option("--state <state>", "running, done, cancelled, failed or interrupted")
    .option("--job <name>", "only runs of this instrument or job")
    .option("--json", "one JSON object a line")
    .action(list);
  verb("show <run>", "how a run stands: options, metrics, figures, files").action(
    async (wanted: string, flags: Flags) => {
      const run = findRun(runsRoot(flags), wanted);
      process.stdout.write(`${describeRun(run, await jobOf(run))}\n`);
    },
  );
  verb("compare <runs...>", "the options in which runs differ, best and last of every metric").action(compare);
  verb("resume <run>", "go on with a run that was cancelled, failed or killed")
    .option("--json", "events as JSON")
    .option("--quiet", "print only the end")
    .option("--debug", "print the stack of an error")
    .action(async (wanted: string, flags: Flags) => {
      code = await resume(wanted, flags);
    });
  verb("cancel <run>", "ask a running run to stop after its step and save").action(cancel);
  verb("remove <runs...>", "delete runs for good").option("--yes", "do not ask").action(remove);
  verb("export <run>", "write a run for other tools")
    .addOption(
      new Option("--format <format>", "csv, tensorboard or mlflow")
        .choices(["csv", "tensorboard", "mlflow"])
        .default("csv"),
    )
    .option("--to <folder>", "where the files go; default: beside the run's own, in export/")
    .action(async (wanted: string, flags: Flags & { format: string; to?: string }) => {
      const { exportRun } = await import("./export-run.ts");
      await exportRun(findRun(runsRoot(flags), wanted), flags);
    });
  verb("report <run>", "write report.html anew").action(async (wanted: string, flags: Flags) => {
    const run = findRun(runsRoot(flags), wanted);
    const { writeReport } = await import("../../lab/runs/write-report.ts");
    process.stdout.write(`${shownPath(await writeReport(run, await jobOf(run)))}\n`);
  });
  if (rest.length === 0) {
    process.stdout.write(command.helpInformation());
    return 0;
  }
  await parseWith(command, rest);
  return code;
}
