import { OrreryError } from "../../errors.ts";
import { NdArray } from "../ndarray.ts";
import { formatShape } from "../shape.ts";
import { type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { checkWhole } from "./convolution.ts";
import { checkDType } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { matmul } from "./matmul.ts";
import { broadcastTo, reshape, transpose } from "./reshape.ts";

/** How output positions map to input positions: pixel centres (`half-pixel`), top-left corners, or corner to corner. */
export type CoordinateMode = "half-pixel" | "asymmetric" | "align-corners";

function sourcePosition(i: number, from: number, to: number, mode: CoordinateMode): number {
  if (mode === "align-corners") return to === 1 ? 0 : (i * (from - 1)) / (to - 1);
  return mode === "asymmetric" ? (i * from) / to : ((i + 0.5) * from) / to - 0.5;
}

function imageOf(where: string, x: TensorLike): Tensor {
  const images = tensor(x);
  if (images.rank !== 4) {
    throw new OrreryError(
      "shape",
      `${where}: expected images [batch, channels, height, width]; got ${formatShape(images.shape)}`,
    );
  }
  return images;
}

/** Images of another size by the nearest pixel (the floor of its position, as PyTorch's `nearest`): `[batch, channels, …size]`. */
export function resizeNearest(x: TensorLike, size: readonly [number, number]): Tensor {
  const images = imageOf("resizeNearest", x);
  checkWhole("resizeNearest", "size", size, 1);
  const [batch, channels, height, width] = images.shape;
  const [sy, sx] = [size[0] / height, size[1] / width];
  if (Number.isInteger(sy) && Number.isInteger(sx)) {
    const spread = reshape(images, [batch, channels, height, 1, width, 1]);
    return reshape(broadcastTo(spread, [batch, channels, height, sy, width, sx]), [batch, channels, ...size]);
  }
  const indices = (to: number, from: number) =>
    tensor(
      Array.from({ length: to }, (_, i) => Math.floor(sourcePosition(i, from, to, "asymmetric"))),
      "int32",
    );
  return gather(gather(images, indices(size[0], height), 2), indices(size[1], width), 3);
}

/** The matrix `[to, from]` whose rows mix two neighbours of the input. */
function interpolation(from: number, to: number, mode: CoordinateMode, dtype: Tensor["dtype"]): Tensor {
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = Math.min(Math.max(sourcePosition(i, from, to, mode), 0), from - 1);
    const low = Math.min(Math.floor(position), from - 1);
    const high = Math.min(low + 1, from - 1);
    weights[i * from + low] += 1 - (position - low);
    weights[i * from + high] += position - low;
  }
  return tensor(new NdArray(weights, [to, from]), dtype);
}

/** Images of another size by bilinear interpolation, as two products with interpolation matrices. */
export function resizeBilinear(
  x: TensorLike,
  size: readonly [number, number],
  mode: CoordinateMode = "half-pixel",
): Tensor {
  const images = imageOf("resizeBilinear", x);
  checkWhole("resizeBilinear", "size", size, 1);
  checkDType("resizeBilinear", "float", images.dtype);
  const rows = interpolation(images.shape[2], size[0], mode, images.dtype);
  const columns = interpolation(images.shape[3], size[1], mode, images.dtype);
  return matmul(rows, matmul(images, columns, { transposeB: true }));
}

/**
 * Channels to pixels (Shi et al. 2016): `[batch, c·r², h, w]` → `[batch, c, h·r, w·r]`.
 * @throws OrreryError `shape` when the channels are not a multiple of r².
 */
export function pixelShuffle(x: TensorLike, factor: number): Tensor {
  const images = imageOf("pixelShuffle", x);
  checkWhole("pixelShuffle", "factor", factor, 1);
  const [batch, channels, height, width] = images.shape;
  const kept = channels / (factor * factor);
  if (!Number.isInteger(kept)) {
    throw new OrreryError("shape", `pixelShuffle: channels must be a multiple of ${factor * factor}; got ${channels}`);
  }
  const parts = transpose(reshape(images, [batch, kept, factor, factor, height, width]), 0, 1, 4, 2, 5, 3);
  return reshape(parts, [batch, kept, height * factor, width * factor]);
}
