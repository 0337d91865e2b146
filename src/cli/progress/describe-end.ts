import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AnyJob, Outcome } from "../../lab/index.ts";
import type { RunEnd } from "../../lab/runs/run-event.ts";
import { runFiles } from "../../lab/runs/run-folder.ts";
import { shownPath } from "../places.ts";
import { definitionList, formatValue, wrap } from "../text.ts";

function describeOutcome({ summary, headlines, next = [] }: Outcome, folder: string): string[] {
  const rows = headlines.map(({ label, value, note, ...how }) => {
    return [label, `${formatValue(value, how)}${note === undefined ? "" : `  (${note})`}`] as const;
  });
  // A summary of several lines is laid out already.
  const text = summary.includes("\n") ? summary : wrap(summary, 100);
  return [
    ...(rows.length === 0 ? [] : [definitionList(rows)]),
    text,
    ...next.map(({ command, why }) => {
      return `next: ${command.replaceAll("RUN/", `${shownPath(folder)}/`)}\n      ${wrap(why, 90, 6)}`;
    }),
  ];
}

/** What a person is told when a run has ended: what came out, where it is, what to do next. */
export function describeEnd(job: AnyJob, folder: string, end: RunEnd): string {
  const report = join(folder, runFiles.report);
  const where = existsSync(report) ? `report: ${shownPath(folder, runFiles.report)}` : `run: ${shownPath(folder)}`;
  if (end.state === "done") {
    // The summary is the last word: what scripts read the last line of is in it.
    const [first, ...rest] = describeOutcome(end.outcome, folder);
    return end.outcome.headlines.length === 0
      ? [where, first, ...rest].join("\n")
      : [first, where, ...rest].join("\n\n");
  }
  if (end.state === "cancelled") return `${job.name}: cancelled\nnext: orrery runs resume ${shownPath(folder)}`;
  const { code, message, hint } = end.error;
  if (code === "bug") return `${job.name}: this is a bug in orrery\n${message}\nrun: ${shownPath(folder)}`;
  return `${message}${hint === undefined ? "" : `\n${hint}`}\nrun: ${shownPath(folder)}`;
}
