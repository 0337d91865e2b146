import { z } from "zod";

/** A file or folder: relative ones are meant from the recipe's folder, or from where the command was started. */
export function pathOption(description: string, accept: "file" | "folder" | "any" = "file") {
  return z.string().min(1).describe(description).meta({ format: "path", accept });
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
