import { encodeCsv } from "../../../data/index.ts";
import type { JobContext } from "../../../lab/index.ts";
import { type AuditResult, suspectAt } from "../audit/index.ts";

/** Writes what an audit found as tables: suspects, cleaned labels, all scores, the transition matrix, annotators. */
export async function writeAuditFiles(result: AuditResult, context: JobContext): Promise<void> {
  const { suspects, labels, classNames, rows, ids, files, scores, transition, annotators } = result;
  const all = Array.from(suspects.places, (_, i) => suspectAt(result, i + 1));
  const text = (name: string, values: readonly (string | null)[]) => ({ kind: "text" as const, name, values });
  const number = (name: string, values: ArrayLike<number>) => ({
    kind: "number" as const,
    name,
    values: Float64Array.from(values),
  });
  const identity = [
    number("row", rows),
    ...(ids === undefined ? [] : [text("id", ids)]),
    ...(files === undefined ? [] : [text("file", files)]),
  ];
  await context.artifact(
    "suspects.csv",
    encodeCsv([
      number(
        "rank",
        all.map(({ rank }) => rank),
      ),
      number(
        "row",
        all.map(({ row }) => row),
      ),
      ...(ids === undefined
        ? []
        : [
            text(
              "id",
              all.map(({ id }) => id ?? null),
            ),
          ]),
      ...(files === undefined
        ? []
        : [
            text(
              "file",
              all.map(({ file }) => file ?? null),
            ),
          ]),
      text(
        "given",
        all.map(({ given }) => given),
      ),
      text(
        "suggested",
        all.map(({ suggested }) => suggested),
      ),
      number(
        "confidence",
        all.map(({ confidence }) => confidence),
      ),
      number(
        "selfConfidence",
        all.map(({ selfConfidence }) => selfConfidence),
      ),
      number(
        "margin",
        all.map(({ margin }) => margin),
      ),
      text(
        "why",
        all.map(({ why }) => why),
      ),
    ]),
    "Labels that are likely wrong, the surest first, with a suggested label",
  );
  const suggested = new Map(Array.from(suspects.places, (place, i) => [place, suspects.suggested[i]]));
  const names = Array.from(labels.data, (label) => classNames[label]);
  await context.artifact(
    "cleaned-labels.csv",
    encodeCsv([
      ...identity,
      text("given", names),
      text(
        "cleaned",
        names.map((name, place) => classNames[suggested.get(place) ?? -1] ?? name),
      ),
      number(
        "suspect",
        Array.from(labels.data, (_, place) => Number(suggested.has(place))),
      ),
      ...Object.entries(scores).map(([name, values]) => number(name, values)),
    ]),
    "Every row with its label, the label that the audit would give, and its scores",
  );
  await context.artifact(
    "transition.csv",
    encodeCsv([
      text("true", classNames),
      ...classNames.map((name, j) =>
        number(
          name,
          classNames.map((_, i) => transition.transition[i][j]),
        ),
      ),
    ]),
    "Estimated transition matrix: rows true classes, columns observed labels",
  );
  const consensus = annotators?.crowdlab;
  if (consensus === undefined) return;
  const agreed = Array.from(consensus.consensus, (label) => classNames[label]);
  await context.artifact(
    "consensus.csv",
    encodeCsv([...identity, text("given", names), text("consensus", agreed), number("quality", consensus.quality)]),
    "What the annotators and the model together say of each row",
  );
}
