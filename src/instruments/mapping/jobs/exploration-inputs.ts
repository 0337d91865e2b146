import { OrreryError } from "../../../errors.ts";
import { type InputOptions, type MappingInputs, readInputs } from "./inputs.ts";
import { shippedPath } from "./shipped.ts";

type Given = InputOptions & { readonly accuracies?: string | undefined };

/**
 * Layers and measurements that were given, or those of the package where neither was: accuracies belong to one network.
 * @throws OrreryError `argument` when only one of the two is there.
 */
export async function explorationInputs(given: Given): Promise<{ inputs: MappingInputs; accuracies: string }> {
  const inputs = await readInputs("mapping explore", given, "alexnet");
  const { accuracies } = given;
  if (accuracies === undefined && inputs.isFallback) {
    const files = [...given.files, shippedPath("digits-cnn.yaml")];
    return {
      inputs: await readInputs("mapping explore", { ...given, files }, "alexnet"),
      accuracies: shippedPath("digits-cnn-accuracies.csv"),
    };
  }
  if (accuracies !== undefined && !inputs.isFallback) return { inputs, accuracies };
  if (accuracies === undefined) {
    const { source, layers } = inputs;
    throw new OrreryError(
      "argument",
      `mapping explore: expected --accuracies with measurements of ${source}; got none`,
      {
        hint: `Measure a few settings of bit-widths and write them to a CSV: setting,accuracy, then lines such as 8/8 8/4 …,0.93 with activations/weights of each of its ${layers.length} layers.`,
      },
    );
  }
  throw new OrreryError("argument", `mapping explore: expected the layers that ${accuracies} is about; got none`, {
    hint: "Name a file with them or --network.",
  });
}
