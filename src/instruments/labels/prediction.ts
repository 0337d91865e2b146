import { formatShape, type NdArray } from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import type { RobustModel } from "./training/index.ts";
import { scaleInputs } from "./training/inputs.ts";
import { Predictor } from "./training/predictor.ts";

/**
 * The probabilities `[n, K]` that a trained model gives to inputs `[n, …]` as they stand in a data set: its standardisation is applied.
 * @throws OrreryError `shape` when a row has not the shape that the model was trained on.
 */
export async function predictProbabilities(
  model: RobustModel,
  inputs: NdArray,
  { threads }: { readonly threads?: number } = {},
): Promise<NdArray<"float32">> {
  const { scaling, inputShape } = model;
  if (String(inputs.shape.slice(1)) !== String(inputShape)) {
    throw new OrreryError(
      "shape",
      `labels predict: expected rows of shape ${formatShape(inputShape)}; got ${formatShape(inputs.shape.slice(1))}`,
    );
  }
  const predictor = new Predictor(threads);
  try {
    return await predictor.probabilities(model, scaleInputs(inputs, scaling));
  } finally {
    await predictor.release();
  }
}
