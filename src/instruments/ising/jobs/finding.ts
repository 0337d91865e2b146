import type { Figure, Headline, Outcome } from "../../../lab/index.ts";

/** What a method came to, for the report. */
export interface Finding {
  /** Energy and objective in the model's and the user's units. */
  readonly best: { readonly spins: Int8Array; readonly energy: number; readonly objective: number };
  /** Sentences beside that of the best value: what restarts or the final distribution say of it. */
  readonly remarks: readonly string[];
  readonly headlines: readonly Headline[];
  readonly figures: readonly Figure[];
  /** What `solution.json` says of where the state came from. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly next: NonNullable<Outcome["next"]>;
}
