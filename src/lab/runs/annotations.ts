import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { replaceFileSync, runFiles } from "./run-folder.ts";

/** What people add to a run: tags, a note, decisions about rows that figures show. Kept apart from what the run itself writes. */
export const annotationFields = z.strictObject({
  tags: z.array(z.string().min(1).max(60)).max(50).default([]).describe("Words to find the run by."),
  note: z.string().max(20_000).default("").describe("Free text."),
  decisions: z
    .record(z.string().max(200), z.enum(["confirm", "reject"]))
    .default({})
    .describe("What people decided about rows, by the rows' ids."),
});

export type Annotations = z.output<typeof annotationFields>;

/** The annotations of a run; empty ones when there are none or they cannot be read. */
export function readAnnotations(folder: string): Annotations {
  const path = join(folder, runFiles.annotations);
  const none = { tags: [], note: "", decisions: {} };
  // Most runs have none, and an exception takes longer than all the rest.
  if (!existsSync(path)) return none;
  try {
    return annotationFields.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return none;
  }
}

/** Replaces the annotations of a run. */
export function writeAnnotations(folder: string, annotations: Annotations): void {
  replaceFileSync(join(folder, runFiles.annotations), `${JSON.stringify(annotations, null, 1)}\n`);
}
