import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { type Column, fileError, isMissing, readCsv, readParquet, type Table } from "../../data/index.ts";
import type { Cell } from "../../lab/index.ts";
import { pngUri } from "../../lab/index.ts";
import type { FileEntry, Preview } from "../api.ts";
import { modelGraph } from "./model-graph.ts";
import type { NodeFacts } from "./node-facts.ts";

/** Rows of a table, entries of a folder and images that are shown at most. */
const shownRows = 12;
const shownEntries = 2000;
const shownImages = 24;
/** Text that is shown at most; larger files are only named. */
const largestText = 512 * 1024;
/** Tables above this are not read for a look at them. */
const largestTable = 64 * 1024 * 1024;

const imageNames = /\.(png|jpe?g|webp|gif|bmp|tiff?)$/i;

function folderPreview(path: string): Preview {
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

function tablePreview(path: string, { columns, rowCount }: Table): Preview {
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

async function imagesPreview(path: string, files: readonly string[]): Promise<Preview> {
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

function textPreview(path: string): Preview {
  const text = readFileSync(path, "utf8");
  if (!/\.ya?ml$/i.test(path)) return { kind: "text", path, text, problems: [] };
  const lines = new LineCounter();
  const { errors } = parseDocument(text, { lineCounter: lines });
  const problems = errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0]);
    return `${line}:${col} ${message.split("\n")[0]}`;
  });
  return { kind: "text", path, text, problems };
}

/** What a file or folder looks like. @param facts what is known of a model's nodes beside @throws OrreryError `not-found`, `argument`, `format`. */
export async function preview(path: string, facts: NodeFacts = new Map()): Promise<Preview> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw await fileError(path, Object.assign(new Error("missing"), { code: "ENOENT" }));
  if (found.isDirectory()) {
    const files = readdirSync(path).filter((name) => imageNames.test(name));
    return files.length >= 4 ? imagesPreview(path, files.sort()) : folderPreview(path);
  }
  const name = path.replace(/\.gz$/i, "");
  const extension = extname(name).toLowerCase();
  const isTable = [".csv", ".tsv", ".parquet", ".pq"].includes(extension) && found.size <= largestTable;
  if (isTable) return tablePreview(path, extension.startsWith(".p") ? await readParquet(path) : await readCsv(path));
  if (imageNames.test(name)) return imagesPreview(dirname(path), [path.slice(dirname(path).length + 1)]);
  if (extension === ".onnx") return { kind: "model", path, model: await modelGraph(path, facts) };
  const isText = [".yaml", ".yml", ".json", ".jsonl", ".txt", ".md", ".stl", ".mc", ".sparse"].includes(extension);
  return isText && found.size <= largestText ? textPreview(path) : { kind: "file", path, bytes: found.size };
}
