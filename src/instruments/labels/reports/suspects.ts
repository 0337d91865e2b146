import type { NdArray } from "../../../engine/index.ts";
import type { Figure } from "../../../lab/index.ts";
import { type AuditResult, suspectAt } from "../audit/index.ts";
import { drawRow, isImage } from "./images.ts";

/** How suspects are shown. */
export interface SuspectSheetOptions {
  /** At most so many. */
  readonly shown: number;
  /** The true labels of the audited rows, where they are known. */
  readonly truth?: ArrayLike<number>;
}

const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The worst suspects: drawn where rows are images, else as a table; undefined when there are none. */
export async function suspectSheet(
  result: AuditResult,
  inputs: NdArray | undefined,
  { shown, truth }: SuspectSheetOptions,
): Promise<Figure | undefined> {
  const count = Math.min(shown, result.suspects.places.length);
  if (count === 0) return undefined;
  const suspects = Array.from({ length: count }, (_, i) => suspectAt(result, i + 1));
  const verdict = (place: number) => {
    if (truth === undefined) return undefined;
    return truth[place] === result.labels.data[place] ? "false alarm" : `truly ${result.classNames[truth[place]]}`;
  };
  const rows = suspects.map(({ rank, row, place, id, file, given, suggested, confidence, selfConfidence, why }) => ({
    ...{ rank, row, ...(id === undefined ? {} : { id }), ...(file === undefined ? {} : { file }), given, suggested },
    ...{ confidence, selfConfidence, ...(truth === undefined ? {} : { verdict: verdict(place) ?? "" }), why },
  }));
  const right =
    truth === undefined ? undefined : suspects.filter(({ place }) => truth[place] !== result.labels.data[place]).length;
  const known = right === undefined ? "" : ` ${right} of the ${count} shown are wrong indeed.`;
  const shared = {
    ...{ name: "suspects", title: "Labels that are likely wrong", table: { rows } },
    summary: `The ${count} surest of ${result.suspects.places.length} suspects; the surest is row ${suspects[0].row}, labelled "${suspects[0].given}", for which a model that has not seen it gives "${suspects[0].suggested}" ${percent(suspects[0].confidence)}.${known}`,
  };
  if (inputs === undefined || !isImage(inputs.shape)) return { ...shared, drawing: { kind: "table" } };
  const images = await Promise.all(
    suspects.map(async ({ place, row, id, given, suggested, confidence }) => {
      const found = verdict(place);
      return {
        source: await drawRow(inputs, place),
        caption: `${given} → ${suggested}?`,
        detail: `${percent(confidence)}, row ${row}${found === undefined ? "" : `, ${found}`}`,
        id: id ?? String(row),
      };
    }),
  );
  return { ...shared, drawing: { kind: "images", images } };
}
