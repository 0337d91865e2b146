import { pixelShuffle, type Tensor, tanh } from "../../engine/index.ts";
import { checkSizes } from "../check-sizes.ts";
import type { ParamsOf } from "../layer.ts";
import { conv2d } from "../layers/convolution.ts";
import { sequential } from "../sequential.ts";

export interface EspcnOptions {
  /** How many times larger the image becomes; 3 when left out. */
  readonly factor?: number;
  /** Channels of the images; 1 (luminance) when left out. */
  readonly channels?: number;
}

/**
 * ESPCN, super-resolution by sub-pixel convolution (Shi et al. 2016, https://arxiv.org/abs/1609.05158): 5×5 (64) tanh, 3×3 (32) tanh,
 * 3×3 (`factor² · channels`), pixel shuffle. `[batch, channels, height, width]` → `[batch, channels, factor · height, factor · width]`;
 * 22,729 parameters for factor 3 and one channel. PyTorch's default first values. Names: `conv1`, `conv2`, `conv3`.
 */
export function espcn({ factor = 3, channels = 1 }: EspcnOptions = {}) {
  checkSizes("espcn", { factor, channels });
  return sequential({
    conv1: conv2d({ inputs: channels, outputs: 64, size: 5, padding: 2 }),
    tanh1: tanh,
    conv2: conv2d({ inputs: 64, outputs: 32, size: 3, padding: 1 }),
    tanh2: tanh,
    conv3: conv2d({ inputs: 32, outputs: channels * factor ** 2, size: 3, padding: 1 }),
    shuffle: (x: Tensor) => pixelShuffle(x, factor),
  });
}

/** The parameters of `espcn`. */
export type EspcnParams = ParamsOf<ReturnType<typeof espcn>>;
