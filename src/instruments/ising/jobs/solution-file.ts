import { encodeCsv } from "../../../data/index.ts";
import type { JobContext } from "../../../lab/index.ts";
import { bitsOfSpins } from "../conversion.ts";
import type { Instance } from "./instance.ts";

/** What a variable is, by the problem's kind, and its value of a spin. */
const meanings = {
  ising: { name: "spin", values: (spins: Int8Array): ArrayLike<number> => spins },
  qubo: { name: "bit", values: bitsOfSpins },
  "max-cut": { name: "side", values: bitsOfSpins },
} as const;

/** A state in the user's variables: spins ±1, bits, or the sides 0 and 1 of a cut. */
export function valuesOfState({ kind }: Instance["model"], spins: Int8Array): number[] {
  return Array.from(meanings[kind].values(spins));
}

/** A state to be kept, and what is said of it. */
export interface KeptSolution {
  readonly spins: Int8Array;
  readonly objective: number;
  readonly energy: number;
  /** More to be said in the JSON: the method, the seed. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** Writes `solution.csv`, a line for each variable under its name in the user's file, and `solution.json` with what is known of it. */
export async function keepSolution(instance: Instance, solution: KeptSolution, context: JobContext): Promise<void> {
  const { model, variables, title } = instance;
  const { spins, objective, energy, about } = solution;
  const values = valuesOfState(model, spins);
  const { name } = meanings[model.kind];
  const csv = encodeCsv([
    { name: "variable", kind: "text", values: [...variables] },
    { name, kind: "number", values: Float64Array.from(values) },
  ]);
  await context.artifact(
    "solution.csv",
    csv,
    `The best state: the ${name} of every variable, by its name in your file.`,
  );
  const content = {
    instance: title,
    kind: model.kind,
    sense: model.sense,
    objective,
    energy,
    ...about,
    [`${name}s`]: values,
  };
  await context.artifact(
    "solution.json",
    `${JSON.stringify(content)}\n`,
    "The best state with its value and where it came from.",
  );
}
