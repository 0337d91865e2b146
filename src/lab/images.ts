import { OrreryError } from "../errors.ts";

/** Pixels row by row, channels interleaved: `[height, width, channels]` in 0…255. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green, blue, 4 with opacity. */
  readonly channels: 1 | 3 | 4;
}

/**
 * A PNG of the pixels as a `data:` URI, as figures carry pictures: lossless, and equal bytes for equal pixels.
 * @throws OrreryError `argument` when the data's length is not height · width · channels.
 */
export async function pngUri({ data, width, height, channels }: Pixels): Promise<string> {
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize || ![1, 3, 4].includes(channels) || data.length !== height * width * channels) {
    throw new OrreryError(
      "argument",
      `pngUri: expected height · width · channels bytes with 1, 3 or 4 channels; got ${data.length} bytes for ${height} · ${width} · ${channels}`,
    );
  }
  // Loaded here, so that listing jobs need not wait for the image library.
  const { default: sharp } = await import("sharp");
  const image = sharp(data, { raw: { width, height, channels } });
  const grey = channels === 1 ? image.toColourspace("b-w") : image;
  const png = await grey.png({ compressionLevel: 9, palette: false }).toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
