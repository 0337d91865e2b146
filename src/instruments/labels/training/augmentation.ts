import { type Key, type Shape, sampleIntegers, sampleNormal } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";

/** How a training batch is varied, after standardising: nothing, noise on every number, or shifts and mirrors of images. */
export type Augmentation =
  | { readonly kind: "none" }
  /** Adds normal noise of this standard deviation, for features (and images). */
  | { readonly kind: "gaussian"; readonly deviation: number }
  /** Shifts each image by up to `padding` pixels, filling with zeros, and mirrors every second one unless `flip` is false. */
  | { readonly kind: "crop-flip"; readonly padding?: number; readonly flip?: boolean };

/** Varies a batch of rows in place; the same key gives the same variation. */
export type Augment = (rows: Float32Array, key: Key) => void;

/** Normal numbers are drawn once and read from a random place: drawing them anew would cost more than the training step. */
const tableSize = 1 << 20;

function gaussian(deviation: number, tableKey: Key): Augment {
  const table = sampleNormal(tableKey, tableSize).map((value) => value * deviation);
  return (rows, key) => {
    let place = sampleIntegers(key, 1, 0, tableSize)[0];
    for (let i = 0; i < rows.length; i++) {
      rows[i] += table[place];
      place = place + 1 === tableSize ? 0 : place + 1;
    }
  };
}

/** One channel of an image, shifted and perhaps mirrored. */
function movePlane(
  plane: Float32Array,
  {
    source,
    height,
    width,
    dx,
    dy,
    isMirrored,
  }: {
    readonly source: Float32Array;
    readonly height: number;
    readonly width: number;
    readonly dx: number;
    readonly dy: number;
    readonly isMirrored: boolean;
  },
): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromY = y + dy;
      const fromX = (isMirrored ? width - 1 - x : x) + dx;
      const isInside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
      plane[y * width + x] = isInside ? source[fromY * width + fromX] : 0;
    }
  }
}

function cropFlip([channels, height, width]: Shape, padding: number, flip: boolean): Augment {
  const size = height * width;
  const source = new Float32Array(size);
  return (rows, key) => {
    const count = rows.length / (channels * size);
    const draws = sampleIntegers(key, 3 * count, 0, (2 * padding + 1) * 2);
    for (let i = 0; i < count; i++) {
      const [dx, dy] = [draws[3 * i], draws[3 * i + 1]].map((draw) => (draw >> 1) - padding);
      const isMirrored = flip && draws[3 * i + 2] % 2 === 1;
      for (let c = 0; c < channels; c++) {
        const start = (i * channels + c) * size;
        source.set(rows.subarray(start, start + size));
        movePlane(rows.subarray(start, start + size), { source, height, width, dx, dy, isMirrored });
      }
    }
  };
}

/**
 * The augmentation for rows of `shape` (without the batch).
 * @throws OrreryError `argument` for a deviation or padding below 0, `shape` for crops of what is no image.
 */
export function augmentationOf(augmentation: Augmentation, shape: Shape, key: Key): Augment {
  if (augmentation.kind === "none") return () => undefined;
  if (augmentation.kind === "gaussian") {
    if (!(augmentation.deviation >= 0 && augmentation.deviation < Number.POSITIVE_INFINITY)) {
      throw new OrreryError(
        "argument",
        `labels train: the augmentation's deviation must be at least 0; got ${augmentation.deviation}`,
      );
    }
    return gaussian(augmentation.deviation, key);
  }
  const { padding = 4, flip = true } = augmentation;
  if (shape.length !== 3) {
    throw new OrreryError(
      "shape",
      `labels train: crop-flip needs images [n, channels, height, width]; got rows of shape [${shape}]`,
      { hint: 'Use { kind: "gaussian", deviation: 0.1 } for features.' },
    );
  }
  if (!Number.isInteger(padding) || padding < 0) {
    throw new OrreryError(
      "argument",
      `labels train: the augmentation's padding must be a whole number of at least 0; got ${padding}`,
    );
  }
  return cropFlip(shape, padding, flip);
}
