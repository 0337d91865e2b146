import type { NdArray } from "../../../engine/index.ts";
import { pngUri } from "../../../lab/index.ts";

/** Whether rows of `[n, …]` are images that can be drawn: one or three channels, at least 4×4. */
export function isImage(shape: readonly number[]): boolean {
  return shape.length === 4 && (shape[1] === 1 || shape[1] === 3) && shape[2] >= 4 && shape[3] >= 4;
}

/** The largest value that pixels of `inputs` stand for: 255 for bytes, else the largest there is. */
function brightest({ data, dtype }: NdArray): number {
  if (dtype === "uint8") return 255;
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Number(data[i]));
  return most || 1;
}

const scales = new WeakMap<NdArray, number>();

/** Row `row` of images `[n, channels, height, width]` as a PNG; grey ones are drawn dark on white, as ink. */
export async function drawRow(inputs: NdArray, row: number): Promise<string> {
  const [, channels, height, width] = inputs.shape;
  const scale = scales.get(inputs) ?? brightest(inputs);
  scales.set(inputs, scale);
  const size = height * width;
  const pixels = new Uint8Array(size * channels);
  for (let i = 0; i < size; i++) {
    for (let c = 0; c < channels; c++) {
      const value = Math.round((255 * Number(inputs.data[(row * channels + c) * size + i])) / scale);
      pixels[i * channels + c] = channels === 1 ? 255 - value : value;
    }
  }
  return pngUri({ data: pixels, width, height, channels: channels as 1 | 3 });
}
