import { stat } from "node:fs/promises";
import sharp from "sharp";
import { NdArray } from "../engine/ndarray.ts";
import { OrreryError } from "../errors.ts";
import { checkSomeRows, type RejectedRow } from "./dataset.ts";
import { notFoundError } from "./file.ts";

/** How image files become one array. */
export interface ImageOptions {
  /** `[height, width]` of every image; default: the size that most of them have, others are rejected. */
  readonly size?: readonly [height: number, width: number];
  /** How an image is brought to `size`: cut to fill it (default), stretched, or shrunk into it on black. */
  readonly fit?: "cover" | "fill" | "contain";
  /** 1 for grey, 3 for red, green, blue; default: 1 when every image is grey, else 3. */
  readonly channels?: 1 | 3;
}

/** Images of one size: uint8 `[n, channels, height, width]` in 0…255, with the files they came from. */
export interface Images {
  readonly images: NdArray<"uint8">;
  /** `files[i]` is image `i`, as it was named. */
  readonly files: readonly string[];
  /** `rows[i]` is the 1-based place of image `i` among the files asked for. */
  readonly rows: Int32Array;
  readonly rejected: readonly RejectedRow[];
}

interface ImageHead {
  readonly height: number;
  readonly width: number;
  readonly isGrey: boolean;
}

/** How many files are decoded at a time. */
const concurrency = 8;

/**
 * Maps some items at a time. What failed is tried once more alone before `explain` says why: the decoder keeps one text of errors
 * for the whole process, in which the mistakes of files that are decoded together get mixed.
 */
async function mapInTurns<T, R>(
  items: readonly T[],
  map: (item: T, i: number) => Promise<R>,
  explain: (error: unknown, item: T) => string | Promise<string>,
): Promise<(R | string)[]> {
  const settled: PromiseSettledResult<R>[] = [];
  for (let i = 0; i < items.length; i += concurrency) {
    settled.push(...(await Promise.allSettled(items.slice(i, i + concurrency).map((item, j) => map(item, i + j)))));
  }
  const results: (R | string)[] = [];
  for (const [i, outcome] of settled.entries()) {
    const alone =
      outcome.status === "fulfilled"
        ? outcome.value
        : await map(items[i], i).catch((error) => explain(error, items[i]));
    results.push(alone);
  }
  return results;
}

/** Why a file is no image, in the decoder's words where it has any. */
function reasonOf(error: unknown): string {
  const text = (error as Error).message.split("\n")[0];
  return text.includes("unsupported image format")
    ? "expected a png, jpeg, webp, gif, tiff, avif or svg image; got a file that is none of them"
    : `the image is damaged (${text.replace(/:\s*$/, "")})`;
}

async function headOf(file: string): Promise<ImageHead> {
  const { autoOrient, space, channels } = await sharp(file).metadata();
  return { ...autoOrient, isGrey: space === "b-w" || space === "grey16" || channels < 3 };
}

async function reasonOfHead(error: unknown, file: string): Promise<string> {
  return (await stat(file).catch(() => undefined)) ? reasonOf(error) : String(await notFoundError(file));
}

function usualSize(heads: readonly ImageHead[]): readonly [number, number] | undefined {
  const counts = new Map<string, { count: number; size: readonly [number, number] }>();
  for (const { height, width } of heads) {
    const key = `${height}×${width}`;
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1, size: [height, width] });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).at(0)?.size;
}

interface Target {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly fit: "cover" | "fill" | "contain";
}

/** The image as planes, channel after channel. */
async function decode(file: string, { height, width, channels, fit }: Target): Promise<Uint8Array> {
  const pixels = await sharp(file, { failOn: "truncated" })
    .autoOrient()
    .flatten({ background: "white" })
    .toColourspace(channels === 1 ? "b-w" : "srgb")
    .resize({ height, width, fit, background: "black" })
    .raw({ depth: "uchar" })
    .toBuffer();
  const planes = new Uint8Array(pixels.length);
  const area = height * width;
  for (let i = 0; i < area; i++) for (let c = 0; c < channels; c++) planes[c * area + i] = pixels[i * channels + c];
  return planes;
}

function checkOptions({ size }: ImageOptions): void {
  if (size === undefined || size.every((n) => Number.isInteger(n) && n > 0)) return;
  throw new OrreryError(
    "argument",
    `images: size must be two positive integers, height and width; got [${size.join(", ")}]`,
  );
}

/**
 * Decodes image files (png, jpeg, webp, gif, tiff, avif, svg) to one uint8 array. They are turned as their EXIF
 * orientation tells, transparency is laid over white, 16-bit values are scaled to 8 bits. A file that cannot be decoded,
 * or has another size than most when no `size` is given, is rejected with the reason.
 * @throws OrreryError `argument` for an impossible size, `format` when no image can be used.
 */
export async function readImages(
  files: readonly string[],
  options: ImageOptions = {},
  source = "images",
): Promise<Images> {
  checkOptions(options);
  const heads = await mapInTurns(files, headOf, reasonOfHead);
  const readable = heads.filter((head) => typeof head !== "string");
  const [height, width] = options.size ?? usualSize(readable) ?? [1, 1];
  const channels = options.channels ?? (readable.every(({ isGrey }) => isGrey) ? 1 : 3);
  const turn = async (head: ImageHead | string, i: number): Promise<Uint8Array | string> => {
    if (typeof head === "string") return head;
    if (options.size === undefined && (head.height !== height || head.width !== width)) {
      return `expected ${height}×${width} pixels like most; got ${head.height}×${head.width} (give a size to resize)`;
    }
    return decode(files[i], { height, width, channels, fit: options.fit ?? "cover" });
  };
  const decoded = await mapInTurns(heads, turn, reasonOf);
  const kept = files.map((_, i) => i).filter((i) => typeof decoded[i] !== "string");
  const rejected = files.flatMap((file, i) => {
    const reason = decoded[i];
    return typeof reason === "string" ? [{ row: i + 1, file, reason }] : [];
  });
  checkSomeRows(source, kept.length, rejected);
  const data = new Uint8Array(kept.length * channels * height * width);
  kept.forEach((i, k) => {
    data.set(decoded[i] as Uint8Array, k * channels * height * width);
  });
  return {
    images: new NdArray(data, [kept.length, channels, height, width], "uint8"),
    files: kept.map((i) => files[i]),
    rows: Int32Array.from(kept, (i) => i + 1),
    rejected,
  };
}
