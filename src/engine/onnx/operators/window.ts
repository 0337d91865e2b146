import type { Shape } from "../../shape.ts";
import type { ImportedNode } from "./operator.ts";

/** How a window moves over the last two axes of images: what convolutions and pools share. Images of one axis get a first one of size 1. */
export interface WindowGeometry {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
}

type Pair = readonly [number, number];

/** A list of one or two sizes as a pair; `lead` for the axis that one-dimensional images lack. */
export function asPair(values: readonly number[], lead: number): Pair {
  return values.length === 1 ? [lead, values[0]] : [values[0], values[1]];
}

/** `[before…, after…]` of one or two axes as top, left, bottom, right. */
export function asSides(pads: readonly number[]): readonly [number, number, number, number] {
  return pads.length === 2 ? [0, pads[0], 0, pads[1]] : [pads[0], pads[1], pads[2], pads[3]];
}

/** `[batch, channels, length]` as `[batch, channels, 1, length]`; images of two axes as they are. */
export function asImages(shape: Shape): Shape {
  return shape.length === 3 ? [shape[0], shape[1], 1, shape[2]] : shape;
}

/**
 * The shape of images with one or two spatial axes.
 * @throws OrreryError `unsupported` for other ranks.
 */
export function checkSpatial(node: ImportedNode): number {
  const axes = node.input(0).rank - 2;
  if (axes === 1 || axes === 2) return axes;
  throw node.unsupported(
    `expected images with one or two spatial axes; got ${axes}`,
    "Three-dimensional windows are not supported: split the model before this node.",
  );
}

/** Padding that keeps `ceil(size / stride)` positions; the odd element goes after, or before with SAME_LOWER. */
function samePadding(sizes: readonly number[], geometry: Omit<WindowGeometry, "padding">, isLower: boolean): number[] {
  const totals = sizes.map((n, i) => {
    const reach = geometry.dilation[i] * (geometry.size[i] - 1) + 1;
    return Math.max(0, (Math.ceil(n / geometry.stride[i]) - 1) * geometry.stride[i] + reach - n);
  });
  const before = totals.map((n) => (isLower ? Math.ceil(n / 2) : Math.floor(n / 2)));
  return [...before, ...totals.map((n, i) => n - before[i])];
}

/** The window of a convolution or a pool whose kernel has the sizes `kernel`. */
export function windowOf(node: ImportedNode, kernel: readonly number[]): WindowGeometry {
  const axes = kernel.length;
  const ones = kernel.map(() => 1);
  const size = asPair(kernel, 1);
  const stride = asPair(node.ints("strides") ?? ones, 1);
  const dilation = asPair(node.ints("dilations") ?? ones, 1);
  const mode = node.string("auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const sizes = asImages(node.input(0).shape).slice(2);
    const padding = asSides(samePadding(sizes, { size, stride, dilation }, mode === "SAME_LOWER"));
    return { size, stride, dilation, padding };
  }
  const pads = mode === "VALID" ? undefined : node.ints("pads");
  return { size, stride, dilation, padding: asSides(pads ?? new Array<number>(2 * axes).fill(0)) };
}
