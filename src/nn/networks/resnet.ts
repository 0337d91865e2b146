import { add, averagePool2d, globalAveragePool2d, pad, relu, type Tensor } from "../../engine/index.ts";
import { checkSizes } from "../check-sizes.ts";
import { compose } from "../compose.ts";
import { kaimingNormal } from "../initializers.ts";
import type { ParamsOf } from "../layer.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { batchNorm } from "../layers/normalization.ts";
import { sequential } from "../sequential.ts";

export interface ResnetOptions {
  /** Outputs; 10 when left out. */
  readonly classes?: number;
  /** Channels of the images; 3 when left out. */
  readonly channels?: number;
}

/** Where a block changes the shape: every second pixel and zero channels (option A of the paper), or a 1×1 convolution (option B). */
export type Shortcut = "pad" | "project";

interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly shortcut: Shortcut;
}

const weights = { bias: false, initializeWeight: kaimingNormal({ fan: "out" }) } as const;

const conv3x3 = (inputs: number, outputs: number, stride = 1) =>
  conv2d({ inputs, outputs, size: 3, stride, padding: 1, ...weights });

/** Every `stride`-th pixel, with zero channels in equal parts before and after: no parameters. */
function padded(x: Tensor, outputs: number, stride: number): Tensor {
  // The mean of a window of one pixel is the pixel: as a pool the choice keeps the layout of the convolutions around it, forward and backward.
  const kept = stride === 1 ? x : averagePool2d(x, { size: 1, stride });
  const added = outputs - x.shape[1];
  const before = Math.floor(added / 2);
  return pad(kept, [
    [0, 0],
    [before, added - before],
    [0, 0],
    [0, 0],
  ]);
}

/** Two 3×3 convolutions and a shortcut around them: `relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))`. */
function basicBlock({ inputs, outputs, stride, shortcut }: BlockOptions) {
  const main = {
    conv1: conv3x3(inputs, outputs, stride),
    bn1: batchNorm(outputs),
    conv2: conv3x3(outputs, outputs),
    bn2: batchNorm(outputs),
  };
  const changes = stride !== 1 || inputs !== outputs;
  if (!changes || shortcut === "pad") {
    return compose(main, (parts, x: Tensor) =>
      relu(add(parts.bn2(parts.conv2(relu(parts.bn1(parts.conv1(x))))), changes ? padded(x, outputs, stride) : x)),
    );
  }
  const projection = conv2d({ inputs, outputs, size: 1, stride, ...weights });
  return compose({ ...main, downsample: sequential(projection, batchNorm(outputs)) }, (parts, x: Tensor) =>
    relu(add(parts.bn2(parts.conv2(relu(parts.bn1(parts.conv1(x))))), parts.downsample(x))),
  );
}

/** Blocks of one width, the first of which may reduce the size. */
function stage(count: number, options: BlockOptions) {
  const { outputs } = options;
  return sequential(
    ...Array.from({ length: count }, (_, i) =>
      basicBlock(i === 0 ? options : { ...options, inputs: outputs, stride: 1 }),
    ),
  );
}

function stem(channels: number, width: number) {
  return { conv1: conv3x3(channels, width), bn1: batchNorm(width), relu };
}

export interface Resnet20Options extends ResnetOptions {
  /** `"pad"` when left out, as in the paper. */
  readonly shortcut?: Shortcut;
}

/**
 * ResNet-20 for small images (He et al. 2016, section 4.2, https://arxiv.org/abs/1512.03385): a 3×3 convolution, three stages of three blocks
 * with 16, 32 and 64 channels, global average, dense. `[batch, channels, height, width]` → logits `[batch, classes]`; 269,722 parameters.
 * Convolutions start Kaiming normal (fan out). Names as in torchvision's ResNets: `conv1`, `bn1`, `layer1`…`layer3`, `fc`.
 */
export function resnet20({ classes = 10, channels = 3, shortcut = "pad" }: Resnet20Options = {}) {
  checkSizes("resnet20", { classes, channels });
  return sequential({
    ...stem(channels, 16),
    layer1: stage(3, { inputs: 16, outputs: 16, stride: 1, shortcut }),
    layer2: stage(3, { inputs: 16, outputs: 32, stride: 2, shortcut }),
    layer3: stage(3, { inputs: 32, outputs: 64, stride: 2, shortcut }),
    pool: globalAveragePool2d,
    fc: dense(64, classes),
  });
}

/** The parameters of `resnet20`. */
export type Resnet20Params = ParamsOf<ReturnType<typeof resnet20>>;

/**
 * ResNet-18 for 32×32 images (He et al. 2016, https://arxiv.org/abs/1512.03385): as the ImageNet network, but with a 3×3 stem of stride 1 and no
 * max pool; four stages of two blocks with 64 to 512 channels and 1×1 projections. `[batch, channels, height, width]` → logits `[batch, classes]`;
 * 11,173,962 parameters. Convolutions start Kaiming normal (fan out). Names as in torchvision: `conv1`, `bn1`, `layer1`…`layer4`, `fc`.
 */
export function resnet18({ classes = 10, channels = 3 }: ResnetOptions = {}) {
  checkSizes("resnet18", { classes, channels });
  const shortcut = "project";
  return sequential({
    ...stem(channels, 64),
    layer1: stage(2, { inputs: 64, outputs: 64, stride: 1, shortcut }),
    layer2: stage(2, { inputs: 64, outputs: 128, stride: 2, shortcut }),
    layer3: stage(2, { inputs: 128, outputs: 256, stride: 2, shortcut }),
    layer4: stage(2, { inputs: 256, outputs: 512, stride: 2, shortcut }),
    pool: globalAveragePool2d,
    fc: dense(512, classes),
  });
}

/** The parameters of `resnet18`. */
export type Resnet18Params = ParamsOf<ReturnType<typeof resnet18>>;
