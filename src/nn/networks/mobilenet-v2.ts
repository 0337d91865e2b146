import { add, globalAveragePool2d, type Tensor } from "../../engine/index.ts";
import { relu6 } from "../activations.ts";
import { checkSizes } from "../check-sizes.ts";
import { compose } from "../compose.ts";
import { normal, zeros } from "../initializers.ts";
import type { ParamsOf } from "../layer.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { batchNorm } from "../layers/normalization.ts";
import { sequential } from "../sequential.ts";
import { convNorm, filters, scaledChannels } from "./mobilenet-channels.ts";
import type { MobilenetOptions } from "./mobilenet-v1.ts";

export interface MobilenetV2Options extends MobilenetOptions {
  /** The probability that training drops a feature before the classifier, in [0, 1); 0 when left out. */
  readonly dropout?: number;
}

interface StageOptions {
  readonly expansion: number;
  readonly width: number;
  readonly count: number;
  readonly stride: number;
}

const stages: readonly StageOptions[] = [
  { expansion: 1, width: 16, count: 1, stride: 1 },
  { expansion: 6, width: 24, count: 2, stride: 2 },
  { expansion: 6, width: 32, count: 3, stride: 2 },
  { expansion: 6, width: 64, count: 4, stride: 2 },
  { expansion: 6, width: 96, count: 3, stride: 1 },
  { expansion: 6, width: 160, count: 3, stride: 2 },
  { expansion: 6, width: 320, count: 1, stride: 1 },
];

interface BlockOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly expansion: number;
  readonly stride: number;
}

/** Expand 1×1 (absent at expansion 1), depthwise 3×3, project 1×1 without activation; a shortcut where the shape stays. */
function invertedResidual({ inputs, outputs, expansion, stride }: BlockOptions) {
  const hidden = inputs * expansion;
  const expand = expansion === 1 ? [] : [convNorm({ inputs, outputs: hidden, size: 1 }, relu6)];
  const depthwise = convNorm({ inputs: hidden, outputs: hidden, size: 3, stride, groups: hidden }, relu6);
  const project = [filters({ inputs: hidden, outputs, size: 1 }), batchNorm(outputs)] as const;
  const isResidual = stride === 1 && inputs === outputs;
  return compose({ conv: sequential(...expand, depthwise, ...project) }, ({ conv }, x: Tensor) =>
    isResidual ? add(x, conv(x)) : conv(x),
  );
}

function blocks(first: number, width: number, isSmall: boolean) {
  let inputs = first;
  return stages.flatMap(({ expansion, width: channels, count, stride }) =>
    Array.from({ length: count }, (_, i) => {
      const outputs = scaledChannels(channels, width);
      const isReduced = i === 0 && !(isSmall && channels === 24);
      const block = invertedResidual({ inputs, outputs, expansion, stride: isReduced ? stride : 1 });
      inputs = outputs;
      return block;
    }),
  );
}

/**
 * MobileNetV2 (Sandler et al. 2018, https://arxiv.org/abs/1801.04381): a 3×3 convolution, 17 inverted residual blocks, a 1×1 convolution to
 * `1280 · max(1, width)` channels, global average, dense. `[batch, channels, height, width]` → logits `[batch, classes]`; 3,504,872 parameters
 * at width 1. `small` makes the strides of the first convolution and of the 24-channel stage 1. Names and first values as in torchvision,
 * whose trained files load: `features` (numbered), `classifier`.
 */
export function mobilenetV2(options: MobilenetV2Options = {}) {
  const { width = 1, classes = 1000, channels = 3, small = false, dropout: rate = 0 } = options;
  checkSizes("mobilenetV2", { classes, channels });
  const first = scaledChannels(32, width);
  const last = scaledChannels(1280, Math.max(1, width));
  const stem = convNorm({ inputs: channels, outputs: first, size: 3, stride: small ? 1 : 2 }, relu6);
  const head = convNorm({ inputs: scaledChannels(320, width), outputs: last, size: 1 }, relu6);
  const logits = dense(last, classes, { initializeWeight: normal(0, 0.01), initializeBias: zeros });
  return sequential({
    features: sequential(stem, ...blocks(first, width, small), head),
    pool: globalAveragePool2d,
    classifier: sequential(dropout(rate), logits),
  });
}

/** The parameters of `mobilenetV2`. */
export type MobilenetV2Params = ParamsOf<ReturnType<typeof mobilenetV2>>;
