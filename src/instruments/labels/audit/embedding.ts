import { fitStandardization, standardize } from "../../../data/index.ts";
import { formatShape, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";

/** Numbers a row that an image is reduced to at most. */
const mostPixels = 256;

/** Means over square blocks, of the smallest size that leaves at most `mostPixels` numbers. */
function pooled({ data, shape }: NdArray): NdArray<"float32"> {
  const [count, channels, height, width] = shape;
  let size = 1;
  while (channels * Math.ceil(height / size) * Math.ceil(width / size) > mostPixels && size < height) size++;
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const result = new Float32Array(count * channels * rows * columns);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    const plane = Math.floor(i / (width * height));
    const [top, left] = [Math.floor(y / size), Math.floor(x / size)];
    const area = Math.min(size, height - top * size) * Math.min(size, width - left * size);
    result[(plane * rows + top) * columns + left] += Number(data[i]) / area;
  }
  return new NdArray<"float32">(result, [count, channels * rows * columns]);
}

/** The rows less their mean, so that the cosine compares how they differ and not that they are alike. */
function centred({ data, shape }: NdArray<"float32">): NdArray<"float32"> {
  const [count, width] = shape;
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] += data[i] / count;
  return new NdArray<"float32">(
    data.map((value, i) => value - mean[i % width]),
    shape,
  );
}

/**
 * What rows are compared by: features `[n, d]` standardised; images `[n, channels, height, width]` averaged over blocks to at most 256
 * numbers, less their mean. An embedding of a trained network sees more: pass it instead where there is one.
 * @throws OrreryError `shape` for anything else.
 */
export function embeddingOf(inputs: NdArray): NdArray<"float32"> {
  if (inputs.shape.length === 2) return standardize(inputs, fitStandardization(inputs));
  if (inputs.shape.length === 4) return centred(pooled(inputs));
  throw new OrreryError("shape", `labels audit: expected features [n, d] or images; got ${formatShape(inputs.shape)}`, {
    hint: "Pass an embedding [n, d] for other inputs.",
  });
}
