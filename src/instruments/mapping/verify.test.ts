import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyReferenceRuns } from "./verify.ts";

const data = process.env.ORRERY_DATA ?? "../shared/data";
const text = readFileSync(join(data, "timeloop/cases.public.jsonl"), "utf8");

describe("verifyReferenceRuns", () => {
  test("every count of 944 Timeloop runs is exact and every energy within 1e-4", () => {
    const verification = verifyReferenceRuns(text);
    expect(verification.cases.filter((c) => c.disagreements.length > 0)).toEqual([]);
    expect(verification.passed).toBe(944);
    expect(verification.cases.reduce((sum, c) => sum + c.compared, 0)).toBe(68225);
  });

  test("a changed count is reported with its place and both values", () => {
    const first = JSON.parse(text.slice(0, text.indexOf("\n")));
    first.expected.levels.Buffer.Weights.reads++;
    const [verdict] = verifyReferenceRuns(JSON.stringify(first)).cases;
    expect(verdict.disagreements).toEqual([{ what: "Buffer.Weights.reads", expected: 145, got: 144 }]);
  });

  test("a line that is no run fails alone and says why", () => {
    const first = text.slice(0, text.indexOf("\n"));
    const verification = verifyReferenceRuns(`${first}\nnot json\n{"id": "x"}\n${first}`);
    expect([verification.passed, verification.failed]).toEqual([2, 2]);
    expect(verification.cases[1].disagreements[0].got).toBe('line 2: expected a JSON object; got "not json"');
    expect(verification.cases[2].disagreements[0].got).toMatch(/^line 3: missing timeloopVersion, dims/);
  });

  test.each<[string, (run: Record<string, unknown>) => unknown, string]>([
    ["a number", () => 42, 'line 1: expected a JSON object; got "42"'],
    ["levels that are no list", (run) => ({ ...run, levelsInnermostFirst: 7 }), "levelsInnermostFirst: expected array"],
    ["no level", (run) => ({ ...run, levelsInnermostFirst: [] }), "levelsInnermostFirst: too small"],
    [
      "a level by its name alone",
      (run) => ({ ...run, levelsInnermostFirst: [{ name: "a" }] }),
      "0.keep: expected array",
    ],
    ["bounds that are none", (run) => ({ ...run, bounds: null }), "bounds: expected record; got null"],
    [
      "counts that are none",
      (run) => ({ ...run, expected: { levels: { a: 5 } } }),
      "expected.levels.a: expected record",
    ],
  ])("%s in place of a run is told, not fallen over", (_, change, message) => {
    const run = change(JSON.parse(text.slice(0, text.indexOf("\n"))));
    const [{ disagreements }] = verifyReferenceRuns(JSON.stringify(run)).cases;
    expect(disagreements.map((d) => d.got)).toEqual([expect.stringContaining(message)]);
  });
});
