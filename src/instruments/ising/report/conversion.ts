import type { Figure } from "../../../lab/index.ts";
import type { InstanceFormat } from "../formats/format-names.ts";
import type { IsingModel } from "../model.ts";
import { countText, shown } from "./text.ts";

/** An instance beside the file it was written to: `instance's objective = factor · file's objective + offset`. */
export interface Conversion {
  readonly title: string;
  readonly format: InstanceFormat;
  readonly model: IsingModel;
  /** What is read from the file. */
  readonly file: IsingModel;
  readonly factor: 1 | -1;
  readonly offset: number;
  /** What the objectives are called: energy, value, cut. */
  readonly instance: string;
  readonly fileObjective: string;
  readonly hasAncilla: boolean;
  /** Whether all states were compared, else random ones. */
  readonly areAll: boolean;
  /** Objectives of instance and file of each state. */
  readonly pairs: readonly (readonly [instance: number, file: number])[];
  readonly largestDifference: number;
}

/** States that are drawn. */
const drawn = 400;

/** `energy = −cut + 12`, as people write it; where both are called alike, the file's is named. */
export function equationOf({ factor, offset, instance, fileObjective }: Conversion): string {
  const theirs = fileObjective === instance ? `the file's ${fileObjective}` : fileObjective;
  const sign = factor === 1 ? "" : "−";
  const rest = offset === 0 ? "" : ` ${offset < 0 ? "−" : "+"} ${shown(Math.abs(offset))}`;
  return `${instance} = ${sign}${theirs}${rest}`;
}

/** What became of what, line by line. */
export function conversionFigure(conversion: Conversion): Figure {
  const { title, format, model, file, offset, factor, hasAncilla, areAll, pairs, largestDifference } = conversion;
  const rows = [
    {
      what: "instance",
      value: `${title}: ${countText(model.spins, "variable")}, ${countText(model.pairs, "coupling")}`,
    },
    { what: "its objective", value: `${conversion.instance}, to be ${model.sense}d` },
    { what: "file", value: `${format}: ${countText(file.spins, "variable")}, ${countText(file.pairs, "coupling")}` },
    { what: "its objective", value: `${conversion.fileObjective}, to be ${file.sense}d` },
    { what: "relation", value: equationOf(conversion) },
    { what: "factor", value: String(factor) },
    { what: "offset", value: String(offset) },
    { what: "variables", value: variablesText(conversion) },
    {
      what: "compared",
      value: `${areAll ? "all" : "random"} ${countText(pairs.length, "state")}, largest difference ${largestDifference}`,
    },
  ];
  return {
    name: "conversion",
    title: "The instance and its file",
    summary: `${equationOf(conversion)}; ${hasAncilla ? "one vertex was added for the fields" : "the variables are the same"}.`,
    drawing: { kind: "table" },
    table: {
      columns: [
        { name: "what", label: "" },
        { name: "value", label: "" },
      ],
      rows,
    },
  };
}

function variablesText({ hasAncilla, instance, fileObjective, model }: Conversion): string {
  if (hasAncilla)
    return `the same, and one more: where its side is −1, turn all spins; then s is the side of each of the first ${model.spins}`;
  if (fileObjective === "value" && instance !== "value") return "x = (1 + s)/2 of spin s";
  if (fileObjective !== "value" && instance === "value") return "s = 2x − 1 of bit x";
  return "the same";
}

/** The objective of each compared state in both. */
export function agreementFigure(conversion: Conversion): Figure {
  const { pairs, instance, fileObjective, factor } = conversion;
  const step = Math.ceil(pairs.length / drawn);
  const rows = pairs.filter((_, k) => k % step === 0).map(([mine, theirs]) => ({ instance: mine, file: theirs }));
  return {
    name: "agreement",
    title: "The same states in both",
    summary: `${countText(rows.length, "state")}: they lie on the line ${equationOf(conversion)}, ${factor === 1 ? "so small is small in both" : "so what is small in one is large in the other"}.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "dot", channels: { x: "file", y: "instance" } }],
      x: { label: `${fileObjective} of the file` },
      y: { label: `${instance} of the instance`, grid: true },
      height: 300,
    },
    table: { rows },
  };
}
