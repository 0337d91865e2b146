import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { decodeNpy, encodeNpy, readBytes, writeBytes } from "../../../data/index.ts";
import { NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { NoisyLabels, Replacement } from "./labelling.ts";
import { transitionCounts } from "./transition.ts";

const rateSchema = z.number().min(0).max(1);

const headerSchema = z.object({
  format: z.literal("orrery label noise"),
  version: z.literal(1),
  kind: z.string(),
  nominalRate: rateSchema.nullable(),
  expectedRate: rateSchema.nullable(),
  realizedRate: rateSchema,
  classNames: z.array(z.string()).min(2),
  examples: z.number().int().positive(),
  counts: z.array(z.array(z.number())),
  replaced: z.object({ rows: z.array(z.number()), sources: z.array(z.number()) }).nullable(),
  rows: z.array(z.number()).nullable(),
  notes: z.array(z.string()),
  recipe: z.unknown(),
  /** The arrays' file: `u8` rows of one byte an array where there are at most 256 classes, else npy int32 `[n, arrays]`. */
  arrays: z.object({
    file: z.string(),
    columns: z.array(z.string()),
    encoding: z.enum(["u8", "npy"]),
    sha256: z.string(),
  }),
});

/** What a noise file tells: the labels with how they were made. */
export interface StoredNoise {
  readonly kind: string;
  readonly classNames: readonly string[];
  readonly clean: Int32Array;
  readonly labels: Int32Array;
  readonly annotators: readonly Int32Array[];
  readonly nominalRate: number | null;
  readonly expectedRate: number | null;
  readonly realizedRate: number;
  /** Open-set noise: what to replace with what. */
  readonly replaced: Replacement | null;
  /** Imbalance: the rows of the original data that the labels belong to. */
  readonly rows: Int32Array | null;
  readonly notes: readonly string[];
  /** What the writer gave as the way to make the labels again, e.g. the specification and the seed. */
  readonly recipe: unknown;
}

const mostBytes = 256;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The arrays as rows: all that belongs to an example stands together. */
function encodeColumns(columns: readonly Int32Array[], encoding: "u8" | "npy"): Uint8Array {
  const [n, width] = [columns[0].length, columns.length];
  const rows = new Int32Array(n * width);
  columns.forEach((column, c) => {
    for (let i = 0; i < n; i++) rows[i * width + c] = column[i];
  });
  return encoding === "u8" ? Uint8Array.from(rows) : encodeNpy(new NdArray(rows, [n, width]));
}

/**
 * Writes noise as two files: `<path>.json`, which tells rates, counts, notes and `recipe`, and the arrays beside it
 * (`<path>.u8`, or `.npy` for more than 256 classes): true classes, labels, each annotator's labels. The JSON holds the
 * arrays' SHA-256, so two people can tell whether they have the same labels. Returns that hash.
 */
export async function saveNoise(path: string, noise: NoisyLabels, recipe: unknown = null): Promise<string> {
  const stem = path.replace(/\.json$/, "");
  const encoding = noise.classNames.length <= mostBytes ? "u8" : "npy";
  const annotators = noise.annotators ?? [];
  const bytes = encodeColumns([noise.clean, noise.labels, ...annotators], encoding);
  const hash = sha256(bytes);
  const { kind, nominalRate, expectedRate, realizedRate, classNames, counts, notes } = noise;
  const header = {
    format: "orrery label noise",
    version: 1,
    kind,
    nominalRate,
    expectedRate,
    realizedRate,
    classNames,
    examples: noise.labels.length,
    counts,
    replaced: noise.replaced
      ? { rows: Array.from(noise.replaced.rows), sources: Array.from(noise.replaced.sources) }
      : null,
    rows: noise.rows ? Array.from(noise.rows) : null,
    notes,
    recipe,
    arrays: {
      file: `${basename(stem)}.${encoding}`,
      columns: ["clean", "labels", ...annotators.map((_, a) => `annotator${a + 1}`)],
      encoding,
      sha256: hash,
    },
  };
  await writeBytes(`${stem}.${encoding}`, bytes);
  await writeBytes(`${stem}.json`, new TextEncoder().encode(`${JSON.stringify(header, null, 2)}\n`));
  return hash;
}

function parseHeader(path: string, bytes: Uint8Array): z.infer<typeof headerSchema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new OrreryError("format", `${path}: expected JSON; got "${(cause as Error).message}"`, { cause });
  }
  const parsed = headerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path: where, message }] = parsed.error.issues;
  throw new OrreryError("format", `${path}: ${where.join(".") || "file"}: ${message.toLowerCase()}`, {
    hint: "Noise files are written by saveNoise; give the .json of the two.",
  });
}

/**
 * Reads what `saveNoise` wrote; `path` is the JSON file's, with or without `.json`.
 * @throws OrreryError `not-found`, `format` when a file is damaged, the labels are not the hashed ones, or do not agree
 * with the counts told.
 */
export async function loadNoise(path: string): Promise<StoredNoise> {
  const headerPath = path.endsWith(".json") ? path : `${path}.json`;
  const header = parseHeader(headerPath, await readBytes(headerPath));
  const { file, columns, encoding, sha256: stated } = header.arrays;
  const arraysPath = join(dirname(headerPath), basename(file));
  const bytes = await readBytes(arraysPath);
  if (sha256(bytes) !== stated) {
    throw new OrreryError("format", `${arraysPath}: expected SHA-256 ${stated}; got ${sha256(bytes)}`, {
      hint: "The file is damaged, or belongs to another JSON file.",
    });
  }
  const rows = encoding === "u8" ? bytes : (decodeNpy(bytes, arraysPath).data as Int32Array);
  if (rows.length !== header.examples * columns.length || columns.length < 2) {
    throw new OrreryError(
      "format",
      `${arraysPath}: expected ${header.examples} rows of ${columns.length} labels; got ${rows.length} labels`,
    );
  }
  const [clean, labels, ...annotators] = columns.map((_, c) =>
    Int32Array.from({ length: header.examples }, (_row, i) => rows[i * columns.length + c]),
  );
  checkAgreement(headerPath, header, clean, labels);
  const { kind, classNames, nominalRate, expectedRate, realizedRate, notes, recipe } = header;
  const replaced = header.replaced && {
    rows: Int32Array.from(header.replaced.rows),
    sources: Int32Array.from(header.replaced.sources),
  };
  const rates = { nominalRate, expectedRate, realizedRate };
  const kept = header.rows && Int32Array.from(header.rows);
  return { kind, classNames, clean, labels, annotators, ...rates, replaced, rows: kept, notes, recipe };
}

/** The labels must be classes and give the counts told. */
function checkAgreement(
  path: string,
  { classNames, counts, replaced }: z.infer<typeof headerSchema>,
  clean: Int32Array,
  labels: Int32Array,
): void {
  const classes = classNames.length;
  for (const column of [clean, labels]) {
    const bad = column.findIndex((label) => label < 0 || label >= classes);
    if (bad < 0) continue;
    throw new OrreryError("format", `${path}: example ${bad}: expected a class in [0, ${classes}); got ${column[bad]}`);
  }
  const isOpen = new Set(replaced?.rows);
  const closed = Array.from(clean.keys()).filter((n) => !isOpen.has(n));
  const found = transitionCounts(
    closed.map((n) => clean[n]),
    closed.map((n) => labels[n]),
    classes,
  );
  if (String(found) === String(counts)) return;
  throw new OrreryError("format", `${path}: expected counts that agree with the labels; they do not`, {
    hint: "The JSON file was changed: write it again with saveNoise.",
  });
}
