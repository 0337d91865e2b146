import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { defineJob, pathOption } from "../../../lab/index.ts";

const options = z.strictObject({
  cases: pathOption(
    "A file of reference runs, one JSON object a line: dims, projection, levels innermost first with loops and keep, expected counts. Without it, twelve shipped runs of Timeloop.",
  ).optional(),
});

/** `mapping verify`: our model against runs of Timeloop. */
export const verifyJob = defineJob({
  name: "mapping verify",
  summary: "Check the model against your own Timeloop runs, value by value.",
  description:
    "Evaluates every run of a JSON-lines file and compares each integer exactly and each energy to 0.01 %. Every disagreement is a line of its own; the last line counts the runs that agree.\n\nA line is one object with `id`, `timeloopVersion`, `dims`, `bounds`, `dataspaces`, `readWrite`, `bits`, `levelsInnermostFirst`, `mac`, `expected` and, where the energies are not those of a built-in design, `ert_pJ`: docs/mapping.md has one in full.",
  options,
  positional: ["cases"],
  presets: { quick: { summary: "The shipped runs.", options: {} } },
  examples: [
    {
      command: "orrery mapping verify cases.jsonl",
      explanation: "Prints each disagreement and, last, `N passed, M failed`.",
    },
  ],
  metrics: {
    passed: { label: "runs that agree", direction: "higher" },
    failed: { label: "runs that do not", direction: "lower" },
  },
  run: async ({ cases }, context) => {
    const { OrreryError } = await import("../../../errors.ts");
    const { readBytes } = await import("../../../data/index.ts");
    const { countVerdicts, describeDisagreement, verifyReferenceRun } = await import("../verify.ts");
    const { verificationFigure } = await import("../report.ts");
    const { tableCsv } = await import("../../../lab/figures/table-csv.ts");
    const { shippedPath } = await import("./shipped.ts");
    const text = new TextDecoder().decode(await readBytes(cases ?? shippedPath("timeloop-runs.jsonl")));
    const lines = text.trimEnd().split("\n");
    const verdicts: ReturnType<typeof verifyReferenceRun>[] = [];
    for (const [i, line] of lines.entries()) {
      if (line.trim() !== "") verdicts.push(verifyReferenceRun(line, i + 1));
      if (i % 50 !== 49 && i !== lines.length - 1) continue;
      context.progress({ done: i + 1, total: lines.length, unit: "runs" });
      await nextTurn();
      if (context.signal.aborted) throw new OrreryError("cancelled", "mapping verify: cancelled");
    }
    if (verdicts.length === 0) {
      throw new OrreryError("format", `${cases}: expected runs, one JSON object a line; got an empty file`);
    }
    const verification = countVerdicts(verdicts);
    for (const run of verification.cases) {
      for (const disagreement of run.disagreements) context.note(describeDisagreement(run, disagreement));
    }
    const figure = verificationFigure(verification);
    context.figure(figure);
    if (verification.failed > 0)
      await context.artifact("disagreements.csv", tableCsv(figure.table), "Every value that differs.");
    const { passed, failed } = verification;
    context.metrics(1, { passed, failed });
    return { summary: `${passed} passed, ${failed} failed`, headlines: [] };
  },
});
