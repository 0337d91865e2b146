import type { JobContext } from "../../../lab/index.ts";
import type { InstanceFormat } from "../formats/format-names.ts";
import { encodeInstance } from "../formats/instance-file.ts";
import type { IsingModel, ProblemKind } from "../model.ts";

const extensions = {
  rudy: "txt",
  couplings: "txt",
  biqmac: "sparse",
  "qubo-json": "json",
  "qubo-csv": "csv",
  "matrix-csv": "csv",
  "matrix-npy": "npy",
  "dimod-json": "json",
} as const satisfies Record<InstanceFormat, string>;

/** What the numbers of a file are: those of its format, or of its model where a matrix may hold anything. */
export function kindOfFormat(format: InstanceFormat, model: Pick<IsingModel, "kind">): ProblemKind {
  if (format.startsWith("matrix")) return model.kind;
  if (format === "rudy") return "max-cut";
  return format === "couplings" || format === "dimod-json" ? "ising" : "qubo";
}

/** An instance file of a run, and how its objective relates to the model's: `model = factor · file + offset`. */
export interface WrittenInstance {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly factor: 1 | -1;
  readonly offset: number;
  /** Options with which other jobs read it. */
  readonly reading: string;
}

/** How a job is told to read a file of a format, where its name and content do not. */
function readingFlags(format: InstanceFormat, kind: ProblemKind, { sense }: IsingModel): string {
  const flags = format === "couplings" ? ["--format couplings"] : [];
  if (format.startsWith("matrix") && kind !== "ising") flags.push(`--matrix ${kind}`);
  if (format === "matrix-csv") flags.push("--format matrix-csv");
  const isQuboTable = kind === "qubo" && (format === "qubo-csv" || format.startsWith("matrix"));
  if (isQuboTable && sense === "maximize") flags.push("--sense maximize");
  return flags.map((flag) => ` ${flag}`).join("");
}

/** Writes `instance.*` in a format. @throws OrreryError `unsupported` where the model's fields have no place in it. */
export async function keepInstance(
  model: IsingModel,
  format: InstanceFormat,
  context: JobContext,
): Promise<WrittenInstance> {
  const { bytes, factor, offset } = encodeInstance(model, format);
  const path = await context.artifact(`instance.${extensions[format]}`, bytes, `The instance as ${format}.`);
  const reading = `RUN/artifacts/instance.${extensions[format]}${readingFlags(format, kindOfFormat(format, model), model)}`;
  return { path, bytes, factor, offset, reading };
}
