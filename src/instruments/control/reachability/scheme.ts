import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { Dissipation } from "./artificial-dissipation.ts";
import { type Derivative, stencilRadius } from "./finite-differences.ts";

/** The numerical choices of a solution, each of which may be replaced on its own. */
export interface Scheme {
  readonly derivative: Derivative;
  /** Order of the total-variation-diminishing Runge–Kutta method. */
  readonly integration: 1 | 2 | 3;
  readonly dissipation: Dissipation;
  /** The part of the largest stable time step that is taken, in (0, 1]. */
  readonly cfl: number;
}

/** A word that stands for a bundle of choices. */
export type Accuracy = "low" | "medium" | "high" | "very-high";

/** The bundles: first order, ENO2, WENO3 and WENO5 with Runge–Kutta of order 1, 2, 3 and 3. */
export const schemes: Readonly<Record<Accuracy, Scheme>> = {
  low: { derivative: "first-order", integration: 1, dissipation: "local", cfl: 0.75 },
  medium: { derivative: "eno2", integration: 2, dissipation: "local", cfl: 0.75 },
  high: { derivative: "weno3", integration: 3, dissipation: "local", cfl: 0.75 },
  "very-high": { derivative: "weno5", integration: 3, dissipation: "local", cfl: 0.75 },
};

/** The scheme that a word or some own choices name; what is left out is as in `high`. @throws OrreryError `argument`. */
export function resolveScheme(choice: Accuracy | Partial<Scheme> = "high"): Scheme {
  if (typeof choice === "string") {
    if (Object.hasOwn(schemes, choice)) return schemes[choice];
    throw unknownWord("scheme", choice, Object.keys(schemes));
  }
  const scheme = { ...schemes.high, ...choice };
  if (!Object.hasOwn(stencilRadius, scheme.derivative))
    throw unknownWord("scheme.derivative", scheme.derivative, Object.keys(stencilRadius));
  const dissipations: readonly Dissipation[] = ["global", "local", "local-local"];
  if (!dissipations.includes(scheme.dissipation))
    throw unknownWord("scheme.dissipation", scheme.dissipation, dissipations);
  if (![1, 2, 3].includes(scheme.integration)) {
    throw new OrreryError("argument", `scheme.integration: expected 1, 2 or 3; got ${scheme.integration}`);
  }
  if (!(scheme.cfl > 0 && scheme.cfl <= 1))
    throw new OrreryError("argument", `scheme.cfl: expected a number in (0, 1]; got ${scheme.cfl}`);
  return scheme;
}

function unknownWord(where: string, got: string, candidates: readonly string[]): OrreryError {
  const message = `${where}: expected one of ${candidates.map((c) => JSON.stringify(c)).join(", ")}; got ${JSON.stringify(got)}`;
  return new OrreryError("argument", message, { hint: hintForName(got, candidates, "Schemes") });
}
