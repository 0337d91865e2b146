import { globalAveragePool2d, relu, type Shape, sizeOf } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import {
  batchNorm,
  conv2d,
  dense,
  flattenExamples,
  initializers,
  maxPool,
  residual,
  type Step,
  sequential,
} from "../../../nn/index.ts";
import type { Network } from "./step.ts";

/** The network to train: one of ours, or a function that makes one for rows of `inputShape` and so many classes. */
export type NetworkChoice =
  /** Dense layers with ReLU between, started as He et al. 2015 say; the hidden widths, `[128, 128]` when left out. */
  | { readonly kind: "mlp"; readonly hidden?: readonly number[] }
  /** Two 3×3 convolutions with pooling and two dense layers; `width` channels first, 16 when left out. */
  | { readonly kind: "cnn"; readonly width?: number }
  /** Eight weighted layers: a stem, three residual blocks of `width`, 2·`width` and 4·`width` channels, dense; 16 when left out. */
  | { readonly kind: "resnet8"; readonly width?: number }
  | ((inputShape: Shape, classes: number) => Network);

function imageShape(kind: string, shape: Shape): { readonly channels: number; readonly side: readonly number[] } {
  const [channels, ...side] = shape;
  if (shape.length === 3 && side.every((length) => length >= 8)) return { channels, side };
  throw new OrreryError(
    "shape",
    `labels train: network "${kind}" needs images [n, channels, height, width] of at least 8×8; got rows of shape [${shape}]`,
    { hint: 'Use { kind: "mlp" } for features.' },
  );
}

function perceptron(sizes: readonly number[]): Network {
  const layers = sizes.slice(1).flatMap((outputs, i): Step[] => {
    const layer = dense(sizes[i], outputs, {
      initializeWeight: initializers.kaimingNormal(),
      initializeBias: initializers.zeros,
    });
    return i === sizes.length - 2 ? [layer] : [layer, relu];
  });
  return sequential(flattenExamples, ...layers) as Network;
}

function cnn(shape: Shape, classes: number, width: number): Network {
  const { channels, side } = imageShape("cnn", shape);
  const places = side.reduce((product, length) => product * Math.floor(length / 4), 1);
  return sequential({
    conv1: conv2d({ inputs: channels, outputs: width, size: 3, padding: 1 }),
    relu1: relu,
    pool1: maxPool({ size: 2 }),
    conv2: conv2d({ inputs: width, outputs: 2 * width, size: 3, padding: 1 }),
    relu2: relu,
    pool2: maxPool({ size: 2 }),
    flatten: flattenExamples,
    hidden: dense(2 * width * places, 128),
    relu3: relu,
    head: dense(128, classes),
  }) as Network;
}

const convolution = (inputs: number, outputs: number, stride: number, size = 3) =>
  conv2d({
    ...{ inputs, outputs, size, stride, padding: size === 3 ? 1 : 0, bias: false },
    initializeWeight: initializers.kaimingNormal({ fan: "out" }),
  });

function block(inputs: number, outputs: number, stride: number) {
  const body = sequential(
    convolution(inputs, outputs, stride),
    batchNorm(outputs),
    relu,
    convolution(outputs, outputs, 1),
    batchNorm(outputs),
  );
  if (stride === 1 && inputs === outputs) return residual(body);
  return residual(body, sequential(convolution(inputs, outputs, stride, 1), batchNorm(outputs)));
}

function resnet8(shape: Shape, classes: number, width: number): Network {
  const { channels } = imageShape("resnet8", shape);
  return sequential({
    stem: convolution(channels, width, 1),
    norm: batchNorm(width),
    relu,
    block1: block(width, width, 1),
    relu1: relu,
    block2: block(width, 2 * width, 2),
    relu2: relu,
    block3: block(2 * width, 4 * width, 2),
    relu3: relu,
    pool: globalAveragePool2d,
    head: dense(4 * width, classes),
  }) as Network;
}

/** The network for rows of `inputShape` (without the batch). @throws OrreryError `argument` or `shape` when it cannot be built. */
export function networkOf(choice: NetworkChoice, inputShape: Shape, classes: number): Network {
  if (typeof choice === "function") return choice(inputShape, classes);
  if (choice.kind === "mlp") {
    return perceptron([sizeOf(inputShape), ...(choice.hidden ?? [128, 128]), classes]);
  }
  return (choice.kind === "cnn" ? cnn : resnet8)(inputShape, classes, choice.width ?? 16);
}
