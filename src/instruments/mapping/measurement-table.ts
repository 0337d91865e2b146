import { columnNames, numberColumn, readCsv } from "../../data/index.ts";
import { column, placeOfRow } from "../../data/table.ts";
import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import type { BitSetting, Measurement } from "./accuracy.ts";

/**
 * Reads measured accuracies from a CSV `setting,accuracy`: a setting is `activations/weights` of each layer in order, parted by
 * blanks (`8/8 8/4 4/4`), an accuracy a part of one.
 * @throws OrreryError `format` naming the line, when a setting cannot be read or has another number of layers.
 */
export async function readMeasurements(path: string, layers: number): Promise<Measurement[]> {
  const table = await readCsv(path, { header: true, columns: { setting: "text", accuracy: "number" } });
  const known = ["setting", "accuracy"];
  const unknown = columnNames(table).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new OrreryError("format", `${path}: unknown column "${unknown}"`, {
      hint: hintForName(unknown, known, "Columns"),
    });
  }
  const [settings, accuracies] = [column(table, "setting").values, numberColumn(table, "accuracy")];
  return Array.from({ length: table.rowCount }, (_, row) => {
    const place = placeOfRow(table, row);
    const setting = parseSetting(String(settings[row]), place);
    if (setting.length !== layers) {
      throw new OrreryError("format", `${place} setting: expected ${layers} layers; got ${setting.length}`, {
        hint: "One activations/weights pair for each layer of the network, in its order.",
      });
    }
    const accuracy = accuracies[row];
    if (accuracy >= 0 && accuracy <= 1) return { setting, accuracy };
    throw new OrreryError("format", `${place} accuracy: expected a part of one; got ${accuracy}`);
  });
}

function parseSetting(text: string, place: string): BitSetting {
  return text
    .trim()
    .split(/\s+/)
    .map((pair, i) => {
      const match = /^(\d+)\/(\d+)$/.exec(pair);
      const [activations, weights] = [Number(match?.[1]), Number(match?.[2])];
      if (activations >= 1 && activations <= 64 && weights >= 1 && weights <= 64) return { activations, weights };
      throw new OrreryError(
        "format",
        `${place} setting: expected activations/weights such as 8/4 for layer ${i + 1}; got "${pair}"`,
      );
    });
}
