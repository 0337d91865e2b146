import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { OrreryError } from "../errors.ts";
import { pngUri } from "./images.ts";

async function pixelsOf(uri: string) {
  const [head, base64] = uri.split(",");
  expect(head).toBe("data:image/png;base64");
  const image = sharp(Buffer.from(base64, "base64"));
  const { width, height, channels, space } = await image.metadata();
  // Without this, grey is widened to three channels when decoded.
  const pixels = await image.toColourspace(space).raw().toBuffer();
  return { data: [...pixels], width, height, channels };
}

describe("pngUri", () => {
  it.each([1, 3, 4] as const)("keeps every byte of %i channels", async (channels) => {
    const [width, height] = [5, 3];
    const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256);
    const uri = await pngUri({ data, width, height, channels });
    expect(await pixelsOf(uri)).toEqual({ data: [...data], width, height, channels });
    expect(await pngUri({ data, width, height, channels })).toBe(uri);
  });

  it("refuses data of another size", async () => {
    const promise = pngUri({ data: new Uint8Array(10), width: 2, height: 2, channels: 3 });
    await expect(promise).rejects.toThrow(OrreryError);
    await expect(promise).rejects.toThrow("pngUri: expected height · width · channels bytes");
    await expect(promise).rejects.toThrow("got 10 bytes for 2 · 2 · 3");
  });
});
