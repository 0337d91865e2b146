import { key, sampleBernoulli } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import { type EquivalentModel, maxCutOfIsing, modelAs } from "../conversion.ts";
import { decodeInstance } from "../formats/instance-file.ts";
import type { IsingModel } from "../model.ts";
import { agreementFigure, type Conversion, conversionFigure, equationOf } from "../report/conversion.ts";
import { countText, shown } from "../report/text.ts";
import type { ConvertOptions } from "./convert.ts";
import { objectiveName, openInstance } from "./instance.ts";
import { keepInstance, kindOfFormat } from "./instance-output.ts";

/** Up to so many spins all states are compared. */
const mostEnumerated = 12;
/** Relative to the largest objective: what adding up in another order may make. */
const rounding = 1e-9;

/** The job behind `ising convert`. @throws OrreryError `not-found`, `format`, `argument`, `unsupported` for users' mistakes. */
export async function convert(given: ConvertOptions, context: JobContext): Promise<Outcome> {
  const { model, title } = await openInstance(given);
  const target = targetOf(model, given);
  const written = await keepInstance(target.model, given.to, context);
  const { matrix, sense } = { matrix: target.model.kind, sense: target.model.sense };
  const file = decodeInstance(written.bytes, { format: given.to, matrix, sense }, written.path);
  const relation = {
    factor: (target.factor * written.factor) as 1 | -1,
    offset: target.factor * written.offset + target.offset + 0,
  };
  const names = {
    instance: objectiveName(model),
    fileObjective: objectiveName({ kind: kindOfFormat(given.to, target.model) }),
  };
  const hasAncilla = target.hasAncilla || (given.to === "rudy" && maxCutOfIsing(target.model).hasAncilla);
  const agreement = compare(model, file, { ...relation, ...given });
  const conversion: Conversion = {
    title,
    format: given.to,
    model,
    file,
    hasAncilla,
    ...relation,
    ...names,
    ...agreement,
  };
  context.figure(conversionFigure(conversion));
  context.figure(agreementFigure(conversion));
  const content = { ...relation, ...names, from: title, format: given.to, hasAncilla };
  await context.artifact("relation.json", `${JSON.stringify(content, null, 2)}\n`, "instance = factor · file + offset");
  return {
    summary: summaryOf(conversion),
    headlines: headlinesOf(conversion),
    next: [{ command: `orrery ising solve ${written.reading}`, why: "Search what was written." }],
  };
}

/** The model whose file is written: another kind where a matrix is to hold one. */
function targetOf(model: IsingModel, { to, target }: ConvertOptions): EquivalentModel {
  if (!to.startsWith("matrix")) {
    if (target === undefined) return { model, factor: 1, offset: 0, hasAncilla: false };
    throw new OrreryError(
      "argument",
      `--target: expected a matrix to be written; got --to ${to}, whose problem is its own`,
      {
        hint: "Leave --target out, or write matrix-csv or matrix-npy.",
      },
    );
  }
  return modelAs(model, target ?? model.kind);
}

/** Objectives of instance and file on the same states, the file's turned into the instance's. @throws OrreryError `runtime` where they differ. */
function compare(
  model: IsingModel,
  file: IsingModel,
  {
    factor,
    offset,
    states: wanted,
    seed,
  }: Pick<Conversion, "factor" | "offset"> & Pick<ConvertOptions, "states" | "seed">,
): Pick<Conversion, "areAll" | "pairs" | "largestDifference"> {
  const n = model.spins;
  const areAll = n <= mostEnumerated;
  const states = areAll ? 2 ** n : wanted;
  const source = key(seed);
  let [largestDifference, largest] = [0, 1];
  const pairs = Array.from({ length: states }, (_, k) => {
    const bits = areAll ? Array.from({ length: n }, (_, i) => (k >> i) & 1) : sampleBernoulli(source.fold(k), n, 0.5);
    const spins = Int8Array.from(bits, (bit) => 2 * Number(bit) - 1);
    const theirs = Int8Array.from({ length: file.spins }, (_, i) => (i < n ? spins[i] : 1));
    const [mine, other] = [model.objective(spins), file.objective(theirs)];
    largestDifference = Math.max(largestDifference, Math.abs(factor * other + offset - mine));
    largest = Math.max(largest, Math.abs(mine), Math.abs(other));
    return [mine, other] as const;
  });
  if (largestDifference > rounding * largest) {
    throw new OrreryError(
      "runtime",
      `ising convert: the file that was written differs from the instance by ${largestDifference}`,
    );
  }
  return { areAll, pairs, largestDifference };
}

function summaryOf(conversion: Conversion): string {
  const { title, format, model, areAll, pairs, largestDifference, hasAncilla } = conversion;
  const states = areAll ? `all ${countText(pairs.length, "state")}` : countText(pairs.length, "random state");
  const agreement = largestDifference === 0 ? "exactly" : `to ${shown(largestDifference)}`;
  const ancilla = hasAncilla ? " One more vertex carries the fields: its side stands for spin +1." : "";
  return `${title} with ${countText(model.spins, "variable")} as ${format}: ${equationOf(conversion)}, ${agreement} on ${states}.${ancilla}`;
}

function headlinesOf(conversion: Conversion): Headline[] {
  const { offset, largestDifference, pairs, file, hasAncilla, format } = conversion;
  return [
    { label: "offset", value: offset, note: equationOf(conversion) },
    { label: "largest difference", value: largestDifference, note: `on ${countText(pairs.length, "state")}` },
    { label: "variables written", value: file.spins, ...(hasAncilla ? { note: "the last carries the fields" } : {}) },
    { label: "format", value: format },
  ];
}
