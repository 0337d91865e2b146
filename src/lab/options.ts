import { z } from "zod";
import type { LookAtFile } from "./file-look.ts";
import type { AnyJob } from "./job.ts";

const looks = new WeakMap<z.ZodType, LookAtFile>();

/**
 * A file or folder: relative ones are meant from the recipe's folder, or from where the command was started.
 * @param look shows a file before it is given, where the general look at files does not say what this option takes it for
 */
export function pathOption(description: string, accept: "file" | "folder" | "any" = "file", look?: LookAtFile) {
  const option = z.string().min(1).describe(description).meta({ format: "path", accept });
  if (look !== undefined) looks.set(option, look);
  return option;
}

/** How a job's option, named by its dotted path, looks at a file; undefined where it declares none. */
export function lookOf(job: Pick<AnyJob, "options">, option: string): LookAtFile | undefined {
  const fieldOf = (type: z.ZodType | undefined, name: string) =>
    (bare(type)?.def as { readonly shape?: Readonly<Record<string, z.ZodType>> } | undefined)?.shape?.[name];
  const field = bare(option.split(".").reduce<z.ZodType | undefined>(fieldOf, job.options));
  return field === undefined ? undefined : looks.get(field);
}

/** A type without the defaults and the like around it. */
function bare(type: z.ZodType | undefined): z.ZodType | undefined {
  const { innerType } = (type?.def ?? {}) as { readonly innerType?: z.ZodType };
  return innerType === undefined ? type : bare(innerType);
}

/** The seed of all randomness in a job. */
export function seedOption(seed = 0) {
  return z
    .int()
    .min(0)
    .max(0xffffffff)
    .default(seed)
    .describe("Seed of all randomness: the same seed gives the same run.");
}
