import type { JobContext } from "../../../lab/index.ts";
import { namesOf, type System } from "../reachability/index.ts";

/** Warns of controls and disturbances that are in no equation: what is found then says less than it seems to. */
export function warnOfIdleInputs(system: System, context: Pick<JobContext, "warn">): void {
  const idle = [...idleNames(system.controls, system.controlMatrix), ...idleDisturbances(system)];
  if (idle.length > 0) context.warn(`${system.name}: ${idle.join(", ")}: in no equation`);
}

/** Warns where no disturbance is in any equation, so that there is nothing to survive. */
export function warnOfNoDisturbance(system: System, context: Pick<JobContext, "warn">): void {
  if (idleDisturbances(system).length < namesOf(system.disturbances).length) return;
  context.warn(`${system.name}: no disturbance enters the equations, so a bound on it says nothing`);
}

function idleDisturbances({ disturbances, disturbanceMatrix }: System): string[] {
  return idleNames(disturbances, disturbanceMatrix);
}

function idleNames(sets: System["controls"], matrix: System["controlMatrix"]): string[] {
  return namesOf(sets).filter((_, j) => matrix.every((row) => row[j].kind === "number" && row[j].value === 0));
}
