import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pngUriOfRgba } from "./png.ts";

describe("pngUriOfRgba", () => {
  it("writes what an image library reads back, byte for byte", async () => {
    const [width, height] = [7, 5];
    const data = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => (i * 89) % 256);
    const uri = pngUriOfRgba(data, width, height);
    const image = sharp(Buffer.from(uri.slice("data:image/png;base64,".length), "base64"));
    const { data: pixels, info } = await image.raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([width, height, 4]);
    expect([...pixels]).toEqual([...data]);
  });
});
