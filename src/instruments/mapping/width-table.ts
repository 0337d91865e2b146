import { columnNames, numberColumn, readCsv } from "../../data/index.ts";
import { column, placeOfRow } from "../../data/table.ts";
import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import type { BitSetting, LayerBits } from "./accuracy.ts";

/**
 * Reads the widths of a network's layers from a CSV `layer,activations,weights`, one line a layer in any order.
 * @throws OrreryError `format` for a line that is no width, `not-found` for a layer that the network lacks or the table does.
 */
export async function readWidthTable(path: string, layers: readonly string[]): Promise<BitSetting> {
  const table = await readCsv(path, {
    header: true,
    columns: { layer: "text", activations: "number", weights: "number" },
  });
  const known = ["layer", "activations", "weights"];
  const unknown = columnNames(table).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("format", `${path}: unknown column "${unknown}"`, {
      hint: hintForName(unknown, known, "Columns"),
    });
  }
  const names = column(table, "layer").values;
  const [activations, weights] = [numberColumn(table, "activations"), numberColumn(table, "weights")];
  const found = new Map<string, LayerBits>();
  for (let row = 0; row < table.rowCount; row++) {
    const name = String(names[row]);
    const place = placeOfRow(table, row);
    if (!layers.includes(name)) {
      throw new OrreryError("not-found", `${place}: no layer "${name}"`, { hint: hintForName(name, layers, "Layers") });
    }
    for (const [what, bits] of [
      ["activations", activations[row]],
      ["weights", weights[row]],
    ] as const) {
      if (Number.isInteger(bits) && bits >= 1 && bits <= 64) continue;
      throw new OrreryError("format", `${place} ${what}: expected a width of 1…64 bits; got ${bits}`);
    }
    if (found.has(name)) throw new OrreryError("format", `${place}: layer "${name}" is given twice`);
    found.set(name, { activations: activations[row], weights: weights[row] });
  }
  const missing = layers.filter((name) => !found.has(name));
  if (missing.length === 0) return layers.map((name) => found.get(name)!);
  throw new OrreryError(
    "not-found",
    `${path}: expected a line for each layer; ${missing.length} are missing, first ${missing[0]}`,
  );
}
