import {
  add,
  attention,
  broadcastTo,
  concat,
  gelu,
  reshape,
  slice,
  type Tensor,
  transpose,
} from "../../engine/index.ts";
import { checkDivides, checkSizes } from "../check-sizes.ts";
import { compose } from "../compose.ts";
import { truncatedNormal, zeros } from "../initializers.ts";
import { type ParamsOf, parameter } from "../layer.ts";
import { joinHeads, splitHeads } from "../layers/attention.ts";
import { conv2d } from "../layers/convolution.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { layerNorm } from "../layers/normalization.ts";
import { sequential } from "../sequential.ts";

export interface VitOptions {
  /** Features of a token; 192 when left out. */
  readonly width?: number;
  /** Blocks; 12 when left out. */
  readonly depth?: number;
  /** Heads, which divide the width; 3 when left out. */
  readonly heads?: number;
  /** Hidden features of a block's perceptron, in widths; 4 when left out. */
  readonly ratio?: number;
  /** Height and width of a patch, which divide the image; 4 when left out. */
  readonly patch?: number;
  /** Height and width of the images; 32 when left out. */
  readonly imageSize?: number;
  /** Channels of the images; 3 when left out. */
  readonly channels?: number;
  /** Outputs; 10 when left out. */
  readonly classes?: number;
  /** The probability that training drops a feature of tokens, projections and perceptrons, in [0, 1); 0 when left out. */
  readonly dropout?: number;
}

const epsilon = 1e-6;
const initializeWeight = truncatedNormal(0.02);
const affine = (inputs: number, outputs: number) => dense(inputs, outputs, { initializeWeight, initializeBias: zeros });

/** Self-attention with the joint projection `qkv` and the output projection `proj`. */
function selfAttention(width: number, heads: number, rate: number) {
  const layers = { qkv: affine(width, 3 * width), proj: affine(width, width), drop: dropout(rate) };
  return compose(layers, ({ qkv, proj, drop }, x: Tensor) => {
    const [queries, keys, values] = splitHeads(qkv(x), heads, 3);
    return drop(proj(joinHeads(attention(queries, keys, values))));
  });
}

function perceptron(width: number, hidden: number, rate: number) {
  const layers = { fc1: affine(width, hidden), drop1: dropout(rate), fc2: affine(hidden, width), drop2: dropout(rate) };
  return compose(layers, ({ fc1, drop1, fc2, drop2 }, x: Tensor) => drop2(fc2(drop1(gelu(fc1(x))))));
}

/** A pre-norm block: `x + attention(norm1(x))`, then `x + perceptron(norm2(x))`. */
function encoderBlock({ width, heads, ratio, rate }: Readonly<Record<"width" | "heads" | "ratio" | "rate", number>>) {
  const layers = {
    norm1: layerNorm(width, { epsilon }),
    attn: selfAttention(width, heads, rate),
    norm2: layerNorm(width, { epsilon }),
    mlp: perceptron(width, ratio * width, rate),
  };
  return compose(layers, ({ norm1, attn, norm2, mlp }, x: Tensor) => {
    const attended = add(x, attn(norm1(x)));
    return add(attended, mlp(norm2(attended)));
  });
}

/** `[batch, width, rows, columns]` → `[batch, rows · columns, width]`. */
function tokensOf(patches: Tensor): Tensor {
  const [batch, width, rows, columns] = patches.shape;
  return transpose(reshape(patches, [batch, width, rows * columns]), 0, 2, 1);
}

/**
 * A vision transformer (Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929), of the tiny width (Touvron et al. 2021) unless told otherwise:
 * patches of the image and a class token with learned positions, pre-norm blocks, and the class token's features to logits.
 * `[batch, channels, imageSize, imageSize]` → `[batch, classes]`; 1,803,850 parameters at width 192, depth 4, patch 4 of 32.
 * Weights start truncated normal (0.02), biases 0. Names and details (exact GELU, ε = 1e-6) as in timm, whose trained files load:
 * `cls_token`, `pos_embed`, `patch_embed.proj`, `blocks`, `norm`, `head`.
 * @throws OrreryError `argument` unless heads divides width and patch the image size.
 */
export function vitTiny(options: VitOptions = {}) {
  const { width = 192, depth = 12, heads = 3, ratio = 4, patch = 4, imageSize = 32 } = options;
  const { channels = 3, classes = 10, dropout: rate = 0 } = options;
  checkSizes("vitTiny", { width, depth, heads, ratio, patch, imageSize, channels, classes });
  checkDivides("vitTiny", ["width", width], ["heads", heads]);
  checkDivides("vitTiny", ["imageSize", imageSize], ["patch", patch]);
  const count = (imageSize / patch) ** 2 + 1;
  const block = { width, heads, ratio, rate };
  const layers = {
    cls_token: parameter((key) => initializeWeight(key, [1, 1, width])),
    pos_embed: parameter((key) => initializeWeight(key, [1, count, width])),
    patch_embed: sequential({
      proj: conv2d({ inputs: channels, outputs: width, size: patch, stride: patch, initializeBias: zeros }),
    }),
    pos_drop: dropout(rate),
    blocks: sequential(...Array.from({ length: depth }, () => encoderBlock(block))),
    norm: layerNorm(width, { epsilon }),
    head: affine(width, classes),
  };
  return compose(layers, (parts, x: Tensor) => {
    const patches = tokensOf(parts.patch_embed(x));
    const token = broadcastTo(parts.cls_token(), [x.shape[0], 1, width]);
    const tokens = parts.pos_drop(add(concat([token, patches], 1), parts.pos_embed()));
    const encoded = parts.blocks(tokens);
    // The norm acts token by token, so the others need not be normalised.
    return parts.head(parts.norm(slice(encoded, { 1: 0 })));
  });
}

/** The parameters of `vitTiny`. */
export type VitParams = ParamsOf<ReturnType<typeof vitTiny>>;
