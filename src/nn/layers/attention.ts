import {
  attention,
  formatShape,
  logicalAnd,
  matmul,
  multiply,
  reshape,
  type Shape,
  slice,
  softmax,
  split,
  Tensor,
  tensor,
  transpose,
  where,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkDivides, checkSizes } from "../check-sizes.ts";
import type { Initializer } from "../initializer.ts";
import { xavierUniform, zeros } from "../initializers.ts";
import { type Layer, type Mode, type Nothing, stateless } from "../layer.ts";
import { type AffineParams, affine, defaultWeight } from "./dense.ts";
import { checkRate, dropped } from "./dropout.ts";

/** The names of PyTorch's `MultiheadAttention`; rows of `in_proj_*` are queries, keys, values. */
export type AttentionParams = {
  readonly in_proj_weight: Tensor;
  readonly in_proj_bias: Tensor;
  readonly out_proj: AffineParams;
};

/** What attends to what. */
export interface AttentionInput {
  /** `[batch, queries, width]`. */
  readonly query: Tensor;
  /** `[batch, keys, width]`; `query` when left out. */
  readonly key?: Tensor;
  /** `[batch, keys, width]`; `key` when left out. */
  readonly value?: Tensor;
  /** `bool` `[batch, keys]`; where false, nothing sees this key (padding). */
  readonly keyMask?: Tensor;
  /** `bool`, broadcasts to `[batch, heads, queries, keys]`; where false, this query does not see this key. */
  readonly mask?: Tensor;
}

export interface MultiHeadAttentionOptions {
  /** Features of queries, keys, values and outputs. */
  readonly width: number;
  /** How many heads share the width. */
  readonly heads: number;
  /** Whether a query sees only keys of its own and earlier positions; false when left out. */
  readonly causal?: boolean;
  /** The probability that training drops an attention weight, in [0, 1); 0 when left out. */
  readonly dropout?: number;
  /** Of the joint projection `[3 · width, width]`; Xavier uniform when left out, as in PyTorch. */
  readonly initializeProjection?: Initializer;
}

/** A multi-head attention layer: one tensor attends to itself, an `AttentionInput` says what attends to what. */
export interface MultiHeadAttention extends Layer<AttentionParams, Nothing, Tensor | AttentionInput, Tensor> {
  /** The attention weights `[batch, heads, queries, keys]` outside training, for looking at. */
  weights(params: AttentionParams, x: Tensor | AttentionInput): Tensor;
}

/** Queries, keys and values of every head, `[batch, heads, positions, width / heads]`. */
export type Heads = readonly [queries: Tensor, keys: Tensor, values: Tensor];

/** `count` projections side by side in the last axis as separate tensors of heads: `[b, t, count · w]` → count × `[b, heads, t, w / heads]`. */
export function splitHeads(x: Tensor, heads: number, count: number): readonly Tensor[] {
  const [batch, positions, width] = x.shape;
  const size = width / count / heads;
  const turned = transpose(reshape(x, [batch, positions, count, heads, size]), 2, 0, 3, 1, 4);
  return split(turned, count).map((part) => reshape(part, [batch, heads, positions, size]));
}

/** Heads side by side in the last axis again: `[b, heads, t, d]` → `[b, t, heads · d]`. */
export function joinHeads(x: Tensor): Tensor {
  const [batch, heads, positions, size] = x.shape;
  return reshape(transpose(x, 0, 2, 1, 3), [batch, positions, heads * size]);
}

/** Rows `[from, to)` of the joint projection, in units of the width. */
function projected(params: AttentionParams, x: Tensor, from: number, to: number): Tensor {
  const width = params.in_proj_weight.shape[1];
  const rows = [from * width, to * width] as const;
  const weight = slice(params.in_proj_weight, { 0: rows });
  return affine("multiHeadAttention", { weight, bias: slice(params.in_proj_bias, { 0: rows }) }, x);
}

/** Tensors that are the same share one product: one for self-attention, two where keys are values. */
function projectHeads(
  params: AttentionParams,
  { query, key = query, value = key }: AttentionInput,
  heads: number,
): Heads {
  if (query === key && key === value) {
    const [q, k, v] = splitHeads(projected(params, query, 0, 3), heads, 3);
    return [q, k, v];
  }
  const [q] = splitHeads(projected(params, query, 0, 1), heads, 1);
  if (key === value) {
    const [k, v] = splitHeads(projected(params, key, 1, 3), heads, 2);
    return [q, k, v];
  }
  const [k] = splitHeads(projected(params, key, 1, 2), heads, 1);
  const [v] = splitHeads(projected(params, value, 2, 3), heads, 1);
  return [q, k, v];
}

const lowerTriangle = (queries: number, keys: number) =>
  tensor(
    Array.from({ length: queries }, (_, i) => Array.from({ length: keys }, (_, j) => j <= i)),
    "bool",
  );

/** The conjunction of the masks given; undefined where every key is seen. */
function combinedMask({ keyMask, mask }: AttentionInput, isCausal: boolean, [q, k]: Heads): Tensor | undefined {
  const batch = q.shape[0];
  const [queries, keys] = [q.shape[2], k.shape[2]];
  const expected: Shape = [batch, keys];
  if (keyMask !== undefined && formatShape(keyMask.shape) !== formatShape(expected)) {
    throw new OrreryError(
      "shape",
      `multiHeadAttention: keyMask must be ${formatShape(expected)}, one value a key; got ${formatShape(keyMask.shape)}`,
    );
  }
  const masks = [
    isCausal ? lowerTriangle(queries, keys) : undefined,
    keyMask === undefined ? undefined : reshape(keyMask, [batch, 1, 1, keys]),
    mask,
  ].filter((m) => m !== undefined);
  return masks.length === 0 ? undefined : masks.reduce((a, b) => logicalAnd(a, b));
}

function attentionWeights([q, k]: Heads, mask: Tensor | undefined): Tensor {
  const scores = matmul(multiply(q, 1 / Math.sqrt(q.shape[3])), k, { transposeB: true });
  return softmax(mask === undefined ? scores : where(mask, scores, -1e30));
}

const asInput = (x: Tensor | AttentionInput): AttentionInput => (x instanceof Tensor ? { query: x } : x);

function checkInput({ query, key = query, value = key }: AttentionInput): void {
  for (const [name, x] of Object.entries({ query, key, value })) {
    if (x.rank === 3 && x.shape[0] === query.shape[0] && x.shape[1] === (name === "query" ? query : key).shape[1])
      continue;
    throw new OrreryError(
      "shape",
      `multiHeadAttention: expected query [batch, queries, width], key and value [batch, keys, width]; got ${[query, key, value].map((y) => formatShape(y.shape)).join(", ")}`,
    );
  }
}

/**
 * Multi-head attention (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762): projections of queries, keys and values are divided into
 * `heads`, each attends with `softmax(q kᵀ / √(width / heads))`, and the joined heads are projected: `[batch, queries, width]` → the same shape.
 * Parameters: `in_proj_weight` `[3 · width, width]`, `in_proj_bias` `[3 · width]` (zeros), `out_proj.weight` `[width, width]`
 * (uniform within `1/√width`), `out_proj.bias` `[width]` (zeros), all as in PyTorch. Masks are true where a key is seen.
 * @throws OrreryError `argument` unless heads divides width; applied, `shape` when the inputs do not fit.
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  const { width, heads, causal = false, dropout: rate = 0, initializeProjection = xavierUniform() } = options;
  checkSizes("multiHeadAttention", { width, heads });
  checkDivides("multiHeadAttention", ["width", width], ["heads", heads]);
  checkRate("multiHeadAttention dropout", rate);
  const prepare = (params: AttentionParams, x: Tensor | AttentionInput) => {
    const given = asInput(x);
    checkInput(given);
    const all = projectHeads(params, given, heads);
    return { heads: all, mask: combinedMask(given, causal, all) };
  };
  const attend = (params: AttentionParams, x: Tensor | AttentionInput, mode: Mode) => {
    const { heads: all, mask } = prepare(params, x);
    if (!mode.training || rate === 0) return attention(...all, { mask });
    return matmul(dropped("multiHeadAttention", attentionWeights(all, mask), rate, mode), all[2]);
  };
  const layer = stateless<AttentionParams, Tensor | AttentionInput>({
    initialize: (key) => {
      const [forInput, forOutput] = key.split(2);
      return {
        in_proj_weight: initializeProjection(forInput, [3 * width, width]),
        in_proj_bias: zeros(forInput, [3 * width]),
        out_proj: { weight: defaultWeight(forOutput, [width, width]), bias: zeros(forOutput, [width]) },
      };
    },
    apply: (params, x, mode) => affine("multiHeadAttention", params.out_proj, joinHeads(attend(params, x, mode))),
  });
  return {
    ...layer,
    weights: (params, x) => {
      const prepared = prepare(params, x);
      return attentionWeights(prepared.heads, prepared.mask);
    },
  };
}
