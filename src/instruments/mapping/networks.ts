import type { NetworkLayer } from "./network.ts";
import { convolution, fullyConnected, type Problem } from "./problem.ts";

/** How a published network is laid out in layers. */
export interface PublishedNetworkOptions {
  /**
   * As the published mixed-precision study mapped it: grouped convolutions dense, AlexNet's convolutions alone, MobileNetV1's
   * strided layers without padding and its classifier before the pooling. For comparison only: it is not what the network computes.
   */
  readonly paperCompatible?: boolean;
}

/** The names of the networks that `publishedNetwork` knows. */
export const networkNames = [
  "alexnet",
  "vgg16",
  "resnet18",
  "resnet50",
  "mobilenet-v1",
  "mobilenet-v2",
  "bert-base",
] as const;

export type NetworkName = (typeof networkNames)[number];

/**
 * The layers of a published network that multiply, in order: images of 224 × 224 (AlexNet 227), 1,000 classes, one example;
 * BERT on 128 tokens.
 */
export function publishedNetwork(name: NetworkName, options: PublishedNetworkOptions = {}): NetworkLayer[] {
  const problems = builders[name](options.paperCompatible ?? false);
  return problems.map((problem) => ({ problem, count: 1 }));
}

const builders: Readonly<Record<NetworkName, (paperCompatible: boolean) => Problem[]>> = {
  alexnet,
  vgg16,
  resnet18: () => resnet([2, 2, 2, 2], false),
  resnet50: () => resnet([3, 4, 6, 3], true),
  "mobilenet-v1": mobilenetV1,
  "mobilenet-v2": mobilenetV2,
  "bert-base": bertBase,
};

/** A square convolution; `size` is the output's. */
interface Square {
  readonly name: string;
  readonly C: number;
  readonly M: number;
  readonly kernel: number;
  readonly size: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly paperCompatible?: boolean;
}

function square({ kernel, size, stride = 1, ...rest }: Square): Problem {
  return convolution({ ...rest, R: kernel, S: kernel, P: size, Q: size, strideP: stride, strideQ: stride });
}

/** Krizhevsky, Sutskever, Hinton, NIPS 2012, on two groups. */
function alexnet(paperCompatible: boolean): Problem[] {
  const convolutions = [
    square({ name: "conv1", C: 3, M: 96, kernel: 11, size: 55, stride: 4 }),
    square({ name: "conv2", C: 96, M: 256, kernel: 5, size: 27, groups: 2, paperCompatible }),
    square({ name: "conv3", C: 256, M: 384, kernel: 3, size: 13 }),
    square({ name: "conv4", C: 384, M: 384, kernel: 3, size: 13, groups: 2, paperCompatible }),
    square({ name: "conv5", C: 384, M: 256, kernel: 3, size: 13, groups: 2, paperCompatible }),
  ];
  return paperCompatible ? convolutions : [...convolutions, ...classifier([9216, 4096, 4096, 1000])];
}

/** Simonyan, Zisserman, ICLR 2015, configuration D. */
function vgg16(): Problem[] {
  const stages = [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ];
  let C = 3;
  const convolutions = stages.flatMap((widths, s) =>
    widths.map((M, i) => {
      const layer = square({ name: `conv${s + 1}_${i + 1}`, C, M, kernel: 3, size: 224 / 2 ** s });
      C = M;
      return layer;
    }),
  );
  return [...convolutions, ...classifier([25088, 4096, 4096, 1000])];
}

/** He, Zhang, Ren, Sun, CVPR 2016; the bottleneck's stride is on its 3×3 convolution. */
function resnet(blocks: readonly number[], isBottleneck: boolean): Problem[] {
  const layers = [square({ name: "conv1", C: 3, M: 64, kernel: 7, size: 112, stride: 2 })];
  let C = 64;
  blocks.forEach((count, stage) => {
    const width = 64 * 2 ** stage;
    const size = 56 / 2 ** stage;
    for (let b = 0; b < count; b++) {
      const stride = b === 0 && stage > 0 ? 2 : 1;
      const name = `layer${stage + 1}.${b}`;
      const M = isBottleneck ? 4 * width : width;
      if (isBottleneck) {
        layers.push(
          square({ name: `${name}.conv1`, C, M: width, kernel: 1, size: size * stride }),
          square({ name: `${name}.conv2`, C: width, M: width, kernel: 3, size, stride }),
          square({ name: `${name}.conv3`, C: width, M, kernel: 1, size }),
        );
      } else {
        layers.push(
          square({ name: `${name}.conv1`, C, M, kernel: 3, size, stride }),
          square({ name: `${name}.conv2`, C: M, M, kernel: 3, size }),
        );
      }
      if (C !== M) layers.push(square({ name: `${name}.downsample`, C, M, kernel: 1, size, stride }));
      C = M;
    }
  });
  return [...layers, ...classifier([C, 1000])];
}

/** Channels in and out, output size and stride of the thirteen depthwise-separable blocks. */
const separableBlocks = [
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

/** Howard et al., arXiv 1704.04861: 28 layers. */
function mobilenetV1(paperCompatible: boolean): Problem[] {
  const unpadded: Readonly<Record<number, number>> = { 56: 55, 28: 27, 14: 13, 7: 6 };
  const sizeOf = (P: number) => (paperCompatible ? (unpadded[P] ?? P) : P);
  const layers = [square({ name: "stem", C: 3, M: 32, kernel: 3, size: 112, stride: 2 })];
  separableBlocks.forEach(([C, M, output, stride], i) => {
    const size = sizeOf(output);
    layers.push(
      square({ name: `dw${i + 1}`, C, M: C, groups: C, kernel: 3, size, stride, paperCompatible }),
      square({ name: `pw${i + 1}`, C, M, kernel: 1, size }),
    );
  });
  return [...layers, square({ name: "head", C: 1024, M: 1000, kernel: 1, size: paperCompatible ? 6 : 1 })];
}

/** Expansion, channels out, blocks and first stride of the stages. */
const invertedStages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Sandler et al., CVPR 2018: 53 layers. */
function mobilenetV2(paperCompatible: boolean): Problem[] {
  const layers = [square({ name: "stem", C: 3, M: 32, kernel: 3, size: 112, stride: 2 })];
  let [C, size, block] = [32, 112, 0];
  for (const [expansion, M, count, firstStride] of invertedStages) {
    for (let b = 0; b < count; b++) {
      const wide = C * expansion;
      const stride = b === 0 ? firstStride : 1;
      block++;
      if (expansion > 1) layers.push(square({ name: `expand${block}`, C, M: wide, kernel: 1, size }));
      size /= stride;
      layers.push(
        square({ name: `dw${block}`, C: wide, M: wide, groups: wide, kernel: 3, size, stride, paperCompatible }),
        square({ name: `project${block}`, C: wide, M, kernel: 1, size }),
      );
      C = M;
    }
  }
  return [...layers, square({ name: "last", C, M: 1280, kernel: 1, size }), ...classifier([1280, 1000])];
}

/** Devlin et al., NAACL 2019: twelve encoder layers of width 768 with twelve heads, on 128 tokens. */
function bertBase(): Problem[] {
  const [tokens, width, heads, inner] = [128, 768, 12, 3072];
  const dense = (name: string, K: number, N: number) =>
    asConvolution({ name, rows: tokens, inner: K, columns: N, stack: 1 });
  return Array.from({ length: 12 }, (_, l) => {
    const at = `encoder${l + 1}`;
    const product = (name: string, columns: number, K: number) =>
      asConvolution({ name: `${at}.${name}`, rows: tokens, inner: K, columns, stack: heads });
    return [
      ...["query", "key", "value"].map((name) => dense(`${at}.${name}`, width, width)),
      product("scores", tokens, width / heads),
      product("context", width / heads, tokens),
      dense(`${at}.output`, width, width),
      dense(`${at}.up`, width, inner),
      dense(`${at}.down`, inner, width),
    ];
  }).flat();
}

/** A product, or a stack of them, as the 1×1 convolution over its rows that accelerators prescribe dataflows for; stacks are groups. */
export function asConvolution(sizes: {
  readonly name: string;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly stack: number;
}): Problem {
  const { name, rows, inner, columns, stack } = sizes;
  return convolution({ name, C: stack * inner, M: stack * columns, groups: stack, R: 1, S: 1, P: rows, Q: 1 });
}

function classifier(widths: readonly number[]): Problem[] {
  return widths.slice(1).map((outputs, i) => fullyConnected({ name: `fc${i + 1}`, inputs: widths[i], outputs }));
}
