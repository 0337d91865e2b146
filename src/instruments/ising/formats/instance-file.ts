import { readBytes, writeBytes } from "../../../data/file.ts";
import { decodeText } from "../../../data/text-bytes.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { maxCutOfIsing, quboOfIsing } from "../conversion.ts";
import type { IsingModel, ProblemKind, Sense } from "../model.ts";
import { decodeDenseCsv, decodeDenseNpy, encodeDenseCsv, encodeDenseNpy } from "./dense.ts";
import { type InstanceFormat, instanceFormats } from "./format-names.ts";
import { decodeDimod, decodeQuboJson, encodeDimod, encodeQuboJson } from "./json.ts";
import { linesOf } from "./lines.ts";
import * as pairs from "./pair-formats.ts";

/** How an instance file is read. */
export interface ReadInstanceOptions {
  /** Told by name and content when left out; see `detectFormat`. */
  readonly format?: InstanceFormat;
  /** What a matrix holds; default `ising`. */
  readonly matrix?: ProblemKind;
  /** What to do with a pair that comes twice; default `error`. */
  readonly duplicates?: "error" | "sum";
  /** Whether the values of a QUBO in a csv or a matrix are to be small or large; default `minimize`. */
  readonly sense?: Sense;
  /** The first index of a QUBO csv; default 0. */
  readonly firstIndex?: 0 | 1;
}

/** Whether the lines of a table are `i,j,q`: three to a line, but for a matrix that is told by its format. */
function isPairTable(text: string): boolean {
  const lines = linesOf(text, /[,;\t]/.test(text) ? "comma" : "blank");
  const first = lines.next();
  return first.done === true || first.value.length === 3;
}

/**
 * The format of a file by its name and content: `.sparse` Biq Mac, `.npy` a matrix, `.json` dimod's where it has a quadratic part
 * and a QUBO otherwise, `.csv` and `.tsv` a QUBO with three numbers to a line and a matrix otherwise, anything else rudy.
 */
export function detectFormat(bytes: Uint8Array, source: string): InstanceFormat {
  const name = source.toLowerCase().replace(/\.gz$/, "");
  const text = () => decodeText(bytes, source);
  if (name.endsWith(".sparse")) return "biqmac";
  if (name.endsWith(".npy")) return "matrix-npy";
  if (name.endsWith(".csv") || name.endsWith(".tsv")) return isPairTable(text()) ? "qubo-csv" : "matrix-csv";
  if (name.endsWith(".json")) return /"(quadratic_biases|bqm_schema)"/.test(text()) ? "dimod-json" : "qubo-json";
  return "rudy";
}

function checkFormat(format: string): void {
  if ((instanceFormats as readonly string[]).includes(format)) return;
  throw new OrreryError("argument", `ising instance: unknown format ${JSON.stringify(format)}`, {
    hint: hintForName(format, instanceFormats, "The formats are"),
  });
}

/** The model in the bytes of an instance file; `source` names it in errors. @throws OrreryError `format`, `argument`. */
export function decodeInstance(bytes: Uint8Array, options: ReadInstanceOptions = {}, source = "instance"): IsingModel {
  const text = () => decodeText(bytes, source);
  const format = options.format ?? detectFormat(bytes, source);
  checkFormat(format);
  const { duplicates, sense, firstIndex, matrix: kind = "ising" } = options;
  const name = source.replace(/^.*[/\\]/, "").replace(/\.(txt|csv|json|sparse|npy|gz|mc)$/, "");
  const details = { name, ...(duplicates ? { duplicates } : {}) };
  const direction = sense ? { sense } : {};
  switch (format) {
    case "rudy":
      return pairs.decodeRudy(text(), details, source);
    case "couplings":
      return pairs.decodeCouplings(text(), details, source);
    case "biqmac":
      return pairs.decodeBiqMac(text(), details, source);
    case "qubo-csv":
      return pairs.decodeQuboCsv(text(), { ...details, ...direction, ...(firstIndex ? { firstIndex } : {}) }, source);
    case "qubo-json":
      return decodeQuboJson(text(), source);
    case "dimod-json":
      return decodeDimod(text(), source);
    case "matrix-csv":
      return decodeDenseCsv(text(), { kind, ...direction }, source);
    case "matrix-npy":
      return decodeDenseNpy(bytes, { kind, ...direction }, source);
  }
}

/** Reads an instance file, gzipped or not. @throws OrreryError `not-found`, `format` with line and column, `argument`. */
export async function readInstance(path: string, options: ReadInstanceOptions = {}): Promise<IsingModel> {
  return decodeInstance(await readBytes(path), options, path);
}

/** The bytes of an instance file, and how its numbers relate to the model's: `model objective = factor · file objective + offset`. */
export interface EncodedInstance {
  readonly bytes: Uint8Array;
  readonly factor: 1 | -1;
  readonly offset: number;
}

/** Refuses to lose the fields of a model whose format has no place for them. */
function checkFields(model: IsingModel, format: InstanceFormat): void {
  if (!model.hasFields || model.kind === "qubo") return;
  throw new OrreryError("unsupported", `ising instance: ${format} of an ${model.kind} model has no place for fields`, {
    hint: "Write it as rudy (with an ancilla vertex), couplings, qubo-json or dimod-json.",
  });
}

/** The model in a format. @throws OrreryError `unsupported` where its fields have no place, `argument` for an unknown format. */
export function encodeInstance(model: IsingModel, format: InstanceFormat): EncodedInstance {
  checkFormat(format);
  if (format.startsWith("matrix")) checkFields(model, format);
  const sign = model.sense === "minimize" ? 1 : -1;
  const encoded = (data: string | Uint8Array, factor: 1 | -1, offset: number): EncodedInstance => {
    return { bytes: typeof data === "string" ? new TextEncoder().encode(data) : data, factor, offset };
  };
  const inEnergy = (text: string, offset: number) => encoded(text, sign, sign * offset);
  const matrixOffset = () => {
    if (model.kind === "qubo") return quboOfIsing(model).offset;
    return model.kind === "ising" ? sign * model.offset : sign * maxCutOfIsing(model).offset;
  };
  const matrixFactor = model.kind === "qubo" ? 1 : model.kind === "ising" ? sign : model.sense === "maximize" ? 1 : -1;
  switch (format) {
    case "rudy":
      return encoded(pairs.encodeRudy(model), model.sense === "maximize" ? 1 : -1, sign * maxCutOfIsing(model).offset);
    case "couplings":
      return inEnergy(pairs.encodeCouplings(model), model.offset);
    case "biqmac":
      return encoded(pairs.encodeBiqMac(model), sign, quboOfIsing(model).offset);
    case "qubo-csv":
      return encoded(pairs.encodeQuboCsv(model), 1, quboOfIsing(model).offset);
    case "qubo-json":
      return encoded(encodeQuboJson(model), 1, 0);
    case "dimod-json":
      return inEnergy(encodeDimod(model), 0);
    case "matrix-csv":
      return encoded(encodeDenseCsv(model), matrixFactor, matrixOffset());
    case "matrix-npy":
      return encoded(encodeDenseNpy(model), matrixFactor, matrixOffset());
  }
}

/** Writes an instance file whole or not at all; see `encodeInstance`. */
export async function writeInstance(
  path: string,
  model: IsingModel,
  format: InstanceFormat,
): Promise<Omit<EncodedInstance, "bytes">> {
  const { bytes, ...relation } = encodeInstance(model, format);
  await writeBytes(path, bytes);
  return relation;
}
