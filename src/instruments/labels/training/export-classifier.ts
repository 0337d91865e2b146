import { exportModel, multiply, softmax, type Tensor, zerosArray } from "../../../engine/index.ts";
import { scaledExpression } from "./inputs.ts";
import type { NetworkVariables } from "./step.ts";
import type { RobustModel } from "./train-robust.ts";

/** What an exported classifier is called and gives. */
export interface ExportClassifierOptions {
  /** The graph's name. */
  readonly name?: string;
  /** Added to the file's metadata, beside `classNames` (a JSON list). */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A trained model as an ONNX file: `input` `[batch, …]` (float32, as in the data set, not standardised) to `logits` and `probabilities`
 * `[batch, k]`. The standardisation is part of the graph, the batch size is free. A model of several networks gives the mean of their
 * probabilities and as logits the mean of their logits.
 */
export function exportClassifier(
  model: RobustModel,
  { name, metadata = {} }: ExportClassifierOptions = {},
): Uint8Array {
  const { network, members, scaling, inputShape, classNames } = model;
  const mean = (parts: readonly Tensor[]): Tensor =>
    parts.length === 1
      ? parts[0]
      : multiply(
          parts.reduce((sum, part) => sum.add(part)),
          1 / parts.length,
        );
  const forward = (variables: Readonly<Record<string, NetworkVariables>>, input: Tensor) => {
    const x = scaledExpression(input, scaling);
    const logits = Object.values(variables).map(
      ({ params, state }) => network.apply(params, state, x, { training: false }).output,
    );
    return { logits: mean(logits), probabilities: mean(logits.map((own) => softmax(own))) };
  };
  // A single network keeps its own parameter names; several have theirs behind the network's.
  const isSingle = members.length === 1;
  const single = (own: NetworkVariables, input: Tensor) => forward({ own }, input);
  return exportModel(isSingle ? single : forward, [zerosArray([1, ...inputShape])], {
    parameters: isSingle ? members[0] : Object.fromEntries(members.map((own, i) => [`network${i + 1}`, own])),
    ...{ inputNames: ["input"], outputNames: ["logits", "probabilities"], dynamicBatch: true, name },
    metadata: { ...metadata, classNames: JSON.stringify(classNames) },
  });
}
