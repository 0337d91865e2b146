import { gather, type Tensor } from "../../engine/index.ts";
import { checkSizes } from "../check-sizes.ts";
import type { Initializer } from "../initializer.ts";
import { normal } from "../initializers.ts";
import { type Layer, type Nothing, stateless } from "../layer.ts";

/** A row for each entry. */
export type EmbeddingParams = { readonly weight: Tensor };

export interface EmbeddingOptions {
  /** Standard normal when left out, as in PyTorch. */
  readonly initializeWeight?: Initializer;
}

/**
 * A table of vectors looked up by number: indices `[…]` (int32 or int64, in `[0, entries)`) → `[…, width]`.
 * Parameters: `weight` `[entries, width]`. An index outside the table stops the run with an error.
 */
export function embedding(
  entries: number,
  width: number,
  { initializeWeight = normal(0, 1) }: EmbeddingOptions = {},
): Layer<EmbeddingParams, Nothing> {
  checkSizes("embedding", { entries, width });
  return stateless<EmbeddingParams>({
    initialize: (key) => ({ weight: initializeWeight(key, [entries, width]) }),
    apply: ({ weight }, indices) => gather(weight, indices),
  });
}
