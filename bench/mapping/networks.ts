import { convolution, type NetworkLayer } from "../../src/instruments/mapping/index.ts";

/** AlexNet's convolutions, ungrouped, as the published study maps them: C, M, R = S, P = Q, stride. */
export const alexnet: readonly NetworkLayer[] = (
  [
    [3, 96, 11, 55, 4],
    [96, 256, 5, 27, 1],
    [256, 384, 3, 13, 1],
    [384, 384, 3, 13, 1],
    [384, 256, 3, 13, 1],
  ] as const
).map(([C, M, R, P, stride], i) => ({
  count: 1,
  problem: convolution({ name: `L${i + 1}`, C, M, R, S: R, P, Q: P, strideP: stride, strideQ: stride }),
}));

/** Channels in and out, output size and stride of MobileNetV1's thirteen depthwise-separable blocks at 224 × 224. */
const blocks = [
  [32, 64, 112, 1],
  [64, 128, 56, 2],
  [128, 128, 56, 1],
  [128, 256, 28, 2],
  [256, 256, 28, 1],
  [256, 512, 14, 2],
  ...new Array(5).fill([512, 512, 14, 1]),
  [512, 1024, 7, 2],
  [1024, 1024, 7, 1],
] as const;

/**
 * MobileNetV1-224 with 1,000 classes, 28 layers. `asPublished` maps the study's shapes: depthwise layers dense, strided
 * layers without padding (112, 55, 27, 13, 6), and the classifier before the pooling.
 */
export function mobilenetV1(asPublished: boolean): NetworkLayer[] {
  const size = (P: number) => (asPublished ? ({ 56: 55, 28: 27, 14: 13, 7: 6 }[P] ?? P) : P);
  const layers = [convolution({ name: "stem", C: 3, M: 32, R: 3, S: 3, P: 112, Q: 112, strideP: 2, strideQ: 2 })];
  blocks.forEach(([C, M, output, stride], i) => {
    const P = size(output);
    const depthwise = { name: `dw${i + 1}`, C, M: C, groups: C, R: 3, S: 3, P, Q: P, strideP: stride, strideQ: stride };
    layers.push(convolution({ ...depthwise, paperCompatible: asPublished }));
    layers.push(convolution({ name: `pw${i + 1}`, C, M, R: 1, S: 1, P, Q: P }));
  });
  const P = asPublished ? 6 : 1;
  layers.push(convolution({ name: "head", C: 1024, M: 1000, R: 1, S: 1, P, Q: P }));
  return layers.map((problem) => ({ problem, count: 1 }));
}
