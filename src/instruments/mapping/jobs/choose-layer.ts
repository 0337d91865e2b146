import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { NetworkLayer } from "../network.ts";
import type { Problem } from "../problem.ts";

/**
 * The layer of a name or a number from 1; the first when none is asked for, with a note on the others.
 * @throws OrreryError `not-found`.
 */
export function chooseLayer(
  layers: readonly NetworkLayer[],
  wanted: string | undefined,
  { note }: { note(message: string): void },
): Problem {
  if (wanted === undefined) {
    if (layers.length > 1)
      note(`mapping ${layers[0].problem.name}, the first of ${layers.length} layers; --layer chooses another`);
    return layers[0].problem;
  }
  const names = layers.map((l) => l.problem.name);
  const found = layers[names.indexOf(wanted)] ?? (/^\d+$/.test(wanted) ? layers[Number(wanted) - 1] : undefined);
  if (found !== undefined) return found.problem;
  throw new OrreryError("not-found", `no layer "${wanted}" among ${layers.length}`, {
    hint: hintForName(wanted, names, "Layers"),
  });
}
