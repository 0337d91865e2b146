import { globalAveragePool2d, relu } from "../../engine/index.ts";
import { checkSizes } from "../check-sizes.ts";
import type { ParamsOf } from "../layer.ts";
import { dense } from "../layers/dense.ts";
import { sequential } from "../sequential.ts";
import { convNorm, scaledChannels } from "./mobilenet-channels.ts";

export interface MobilenetOptions {
  /** The width multiplier, above 0: channels are multiplied by it and rounded to multiples of 8. 1 when left out. */
  readonly width?: number;
  /** Outputs; 1000 when left out. */
  readonly classes?: number;
  /** Channels of the images; 3 when left out. */
  readonly channels?: number;
  /** Whether the first strides are 1, for images of 32×32; false when left out. */
  readonly small?: boolean;
}

const widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024];
const strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];

/**
 * MobileNetV1 (Howard et al. 2017, https://arxiv.org/abs/1704.04861): a 3×3 convolution, 13 depthwise 3×3 convolutions each followed by a 1×1
 * convolution, global average, dense. `[batch, channels, height, width]` → logits `[batch, classes]`; 4,231,976 parameters at width 1.
 * `small` makes the first convolution's stride 1. Names: `features` (numbered), `classifier`.
 */
export function mobilenetV1({ width = 1, classes = 1000, channels = 3, small = false }: MobilenetOptions = {}) {
  checkSizes("mobilenetV1", { classes, channels });
  const first = scaledChannels(32, width);
  const outputs = widths.map((n) => scaledChannels(n, width));
  const layers = outputs.flatMap((to, i) => {
    const from = i === 0 ? first : outputs[i - 1];
    return [
      convNorm({ inputs: from, outputs: from, size: 3, stride: strides[i], groups: from }, relu),
      convNorm({ inputs: from, outputs: to, size: 1 }, relu),
    ];
  });
  const stem = convNorm({ inputs: channels, outputs: first, size: 3, stride: small ? 1 : 2 }, relu);
  return sequential({
    features: sequential(stem, ...layers),
    pool: globalAveragePool2d,
    classifier: dense(outputs[outputs.length - 1], classes),
  });
}

/** The parameters of `mobilenetV1`. */
export type MobilenetV1Params = ParamsOf<ReturnType<typeof mobilenetV1>>;
