import type { AnyJob } from "../../lab/index.ts";
import { numberToJson } from "../../lab/runs/json-lines.ts";
import type { RunEvent } from "../../lab/runs/run-event.ts";
import { describeEnd } from "./describe-end.ts";
import { ProgressClock, progressBar, progressText } from "./progress-text.ts";

/** Between two lines of progress where nothing can be redrawn. */
const linesEveryMs = 10_000;
/** Between two redrawings. */
const drawEveryMs = 80;

/** Tells people on a terminal how a run goes: one line that is redrawn; notes scroll past above it. */
function terminalObserver(job: AnyJob): (event: RunEvent) => void {
  const clock = new ProgressClock();
  let [drawnAt, isLineOpen] = [0, false];
  const clear = () => {
    if (isLineOpen) process.stderr.write("\r\u001b[K");
    isLineOpen = false;
  };
  return (event) => {
    if (event.kind === "progress") {
      const timing = clock.at(event);
      const now = performance.now();
      if (now - drawnAt < drawEveryMs) return;
      drawnAt = now;
      const width = (process.stderr.columns ?? 80) - 1;
      process.stderr.write(`\r${progressBar(event, timing, width)}\u001b[K`);
      isLineOpen = true;
    } else if (event.kind === "note" || event.kind === "warning") {
      clear();
      process.stderr.write(`${event.kind === "warning" ? "warning: " : ""}${event.message}\n`);
    } else if (event.kind === "end") {
      clear();
      process.stdout.write(`${describeEnd(job, event.folder, event.end)}\n`);
    }
  };
}

/** Tells a log how a run goes: a line now and then. */
function logObserver(job: AnyJob, isQuiet: boolean): (event: RunEvent) => void {
  const clock = new ProgressClock();
  let [writtenAt, label] = [Number.NEGATIVE_INFINITY, ""];
  return (event) => {
    if (event.kind === "end") return void process.stdout.write(`${describeEnd(job, event.folder, event.end)}\n`);
    if (isQuiet) return;
    if (event.kind === "progress") {
      const timing = clock.at(event);
      const now = performance.now();
      if (now - writtenAt < linesEveryMs && (event.label ?? "") === label) return;
      if (now - writtenAt < 1000) return;
      [writtenAt, label] = [now, event.label ?? ""];
      process.stderr.write(`${progressText(event, timing)}\n`);
    } else if (event.kind === "note" || event.kind === "warning") {
      process.stderr.write(`${event.kind === "warning" ? "warning: " : ""}${event.message}\n`);
    }
  };
}

/** Tells a program: one JSON object a line. */
function jsonObserver(): (event: RunEvent) => void {
  return (event) => {
    process.stdout.write(`${JSON.stringify(event, numberToJson)}\n`);
  };
}

/** Who is told of a run: a program, a person, or a log. */
export function runObserver(
  job: AnyJob,
  { json, quiet }: { readonly json?: boolean; readonly quiet?: boolean },
): (event: RunEvent) => void {
  if (json === true) return jsonObserver();
  if (quiet === true || !process.stderr.isTTY) return logObserver(job, quiet === true);
  return terminalObserver(job);
}
