import { readdirSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { type Column, fileError, isMissing, readBytes, readCsv, readParquet, type Table } from "../../data/index.ts";
import { decodeText } from "../../data/text-bytes.ts";
import { OrreryError } from "../../errors.ts";
import { type Cell, type FileLook, type FileProblem, pngUri } from "../../lab/index.ts";
import type { FileEntry, Preview, PreviewContent } from "../api.ts";
import { lookAtFile, lookAtTable } from "./looks/general-look.ts";
import { modelGraph } from "./model-graph.ts";
import type { NodeFacts } from "./node-facts.ts";

/** Rows of a table, entries of a folder and images that are shown at most. */
const shownRows = 12;
const shownEntries = 2000;
const shownImages = 24;
/** Characters of a text that are shown, and lines before one at fault. */
const shownText = 20_000;
const linesBefore = 12;
/** Files above this are not read for a look at them. */
const largestRead = 64 * 1024 * 1024;

const imageNames = /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i;

function folderPreview(path: string): PreviewContent {
  const entries = readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith("."))
    .slice(0, shownEntries)
    .map((entry): FileEntry => {
      const whole = join(path, entry.name);
      const found = statSync(whole, { throwIfNoEntry: false });
      return { name: entry.name, path: whole, isFolder: found?.isDirectory() ?? false, bytes: found?.size };
    })
    .sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || a.name.localeCompare(b.name));
  const parent = dirname(path);
  return { kind: "folder", path, entries, ...(parent === path ? {} : { parent }) };
}

function cellAt(column: Column, i: number): Cell {
  if (isMissing(column, i)) return null;
  if (column.kind !== "vector") return column.values[i];
  const vector = column.values.subarray(i * column.width, i * column.width + 4);
  return `[${Array.from(vector, (x) => x.toPrecision(3)).join(", ")}${column.width > 4 ? ", …" : ""}]`;
}

function tablePreview(path: string, { columns, rowCount }: Table): PreviewContent {
  const all = Array.from({ length: rowCount }, (_, i) => i);
  const head = all
    .slice(0, shownRows)
    .map((i) => Object.fromEntries(columns.map((column) => [column.name, cellAt(column, i)])));
  const described = columns.map((column) => {
    const missing = all.reduce((sum, i) => sum + Number(isMissing(column, i)), 0);
    return { name: column.name, type: column.kind === "vector" ? `vector of ${column.width}` : column.kind, missing };
  });
  return { kind: "table", path, rows: rowCount, columns: described, head };
}

async function imagesPreview(path: string, files: readonly string[]): Promise<PreviewContent> {
  const { default: sharp } = await import("sharp");
  const images = await Promise.all(
    files.slice(0, shownImages).map(async (file) => {
      const { data, info } = await sharp(join(path, file))
        .resize(96, 96, { fit: "inside", kernel: "nearest" })
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      const pixels = {
        data: new Uint8Array(data),
        width: info.width,
        height: info.height,
        channels: info.channels as 1 | 3 | 4,
      };
      return { source: await pngUri(pixels), caption: file };
    }),
  );
  return { kind: "images", path, count: files.length, images };
}

/** A text, from a little before its first problem on where it is long. */
function textPreview(path: string, text: string, problems: readonly FileProblem[]): PreviewContent {
  const first = problems.reduce((least, { line = 1 }) => Math.min(least, line), Number.POSITIVE_INFINITY);
  const isLong = text.length > shownText && Number.isFinite(first);
  const firstLine = isLong ? Math.max(1, first - linesBefore) : 1;
  let start = 0;
  for (let line = 1; line < firstLine; line++) start = text.indexOf("\n", start) + 1;
  const shown = text.slice(start, start + shownText);
  return { kind: "text", path, text: shown, firstLine, isPart: shown.length < text.length };
}

function yamlProblems(text: string): FileProblem[] {
  const lines = new LineCounter();
  return parseDocument(text, { lineCounter: lines }).errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { line, column: col, message: message.split("\n")[0].replace(/ at line \d+, column \d+:?$/, "") };
  });
}

/** What a reader found wrong, with the place that its message begins with. */
function problemOf(path: string, { message, hint }: OrreryError): FileProblem {
  const own = message.startsWith(path) ? message.slice(path.length) : message;
  const [, line, column, rest] = /^:(\d+)(?::(\d+))?:? ?(.*)$/s.exec(own) ?? [];
  const told = hint === undefined ? {} : { hint };
  if (line === undefined) return { message: own.replace(/^: /, ""), ...told };
  return { line: Number(line), ...(column === undefined ? {} : { column: Number(column) }), message: rest, ...told };
}

/** What is shown of a file by its kind, and what its kind says of it. */
interface Shown {
  readonly content: PreviewContent;
  readonly look?: FileLook;
  readonly problems?: readonly FileProblem[];
}

const textFiles = ".yaml .yml .json .jsonl .txt .md .stl .mc .sparse .mtx .smi .smiles .sdf .mol .xyz .extxyz".split(
  " ",
);

async function showFile(path: string, bytes: number, facts: NodeFacts): Promise<Shown> {
  const name = path.replace(/\.gz$/i, "");
  const extension = extname(name).toLowerCase();
  if (imageNames.test(name))
    return { content: await imagesPreview(dirname(path), [path.slice(dirname(path).length + 1)]) };
  if (extension === ".onnx") return { content: { kind: "model", path, model: await modelGraph(path, facts) } };
  if (bytes > largestRead) return { content: { kind: "file", path, bytes } };
  if ([".csv", ".tsv", ".parquet", ".pq"].includes(extension)) {
    const table = extension.startsWith(".p") ? await readParquet(path) : await readCsv(path);
    return { content: tablePreview(path, table), look: await lookAtTable(table) };
  }
  if (!textFiles.includes(extension)) return { content: { kind: "file", path, bytes } };
  const look = await lookAtFile(path);
  const text = decodeText(await readBytes(path), path);
  const problems = [...(/^\.ya?ml$/.test(extension) ? yamlProblems(text) : []), ...(look?.problems ?? [])];
  return { content: textPreview(path, text, problems), look, problems };
}

/** A file that a reader refused: what is wrong, in the text around it where it is one. */
async function showRefused(path: string, bytes: number, error: OrreryError): Promise<Shown> {
  const problems = [problemOf(path, error)];
  try {
    const text = decodeText(await readBytes(path), path);
    if (!text.includes("\0")) return { content: textPreview(path, text, problems), problems };
  } catch (cause) {
    if (!(cause instanceof OrreryError)) throw cause;
  }
  return { content: { kind: "file", path, bytes }, problems };
}

/** How a file is looked at. */
export interface PreviewOptions {
  /** What is known of a model's nodes beside. */
  readonly facts?: NodeFacts;
  /** What the option that is to be given the file takes it for. */
  readonly look?: (path: string) => Promise<FileLook>;
}

async function fileShown(path: string, bytes: number, { facts = new Map(), look }: PreviewOptions): Promise<Shown> {
  const refused = (cause: unknown) => {
    if (cause instanceof OrreryError) return showRefused(path, bytes, cause);
    throw cause;
  };
  if (look === undefined || bytes > largestRead) return showFile(path, bytes, facts).catch(refused);
  try {
    const own = await look(path);
    // The option's reader has the say: what a general one does not understand is no fault.
    const shown = await showFile(path, bytes, facts).catch((): Shown => ({ content: { kind: "file", path, bytes } }));
    return { content: shown.content, look: own, problems: own.problems };
  } catch (cause) {
    return refused(cause);
  }
}

/** What a file or folder looks like; what is wrong in a file is part of the answer. @throws OrreryError `not-found`, `argument`. */
export async function preview(path: string, options: PreviewOptions = {}): Promise<Preview> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw await fileError(path, Object.assign(new Error("missing"), { code: "ENOENT" }));
  if (found.isDirectory()) {
    const files = readdirSync(path).filter((name) => imageNames.test(name));
    return { ...(files.length >= 4 ? await imagesPreview(path, files.sort()) : folderPreview(path)), problems: [] };
  }
  const { content, look, problems = [] } = await fileShown(path, found.size, options);
  return { ...content, ...(look === undefined ? {} : { look }), problems };
}
