import { type Key, sampleNormal, sampleUniform } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { namesOf, type System } from "../reachability/dynamics.ts";
import { extremePoint, type InputSet } from "../reachability/sets.ts";

/** What the world does in a roll-out. */
export interface Disturbance {
  readonly name: string;
  /** The disturbance from `time` on; `worst` is the one that the value function fears most there. */
  at(situation: {
    readonly time: number;
    readonly x: readonly number[];
    readonly worst: readonly number[];
  }): readonly number[];
}

/** Always what is worst for the value function. */
export const worstDisturbance: Disturbance = { name: "worst case", at: ({ worst }) => worst };

/** A steady push as far as the sets allow in one direction, one number for each component. */
export function steadyDisturbance(system: System, direction: readonly number[], name = "steady"): Disturbance {
  const push = extremes(system.disturbances, direction);
  return { name, at: () => push };
}

/** Random pushes to the boundary of the sets, each kept for a random time of up to `longest` seconds. */
export function randomDisturbance(system: System, key: Key, { longest = 1, name = "random" } = {}): Disturbance {
  let until = Number.NEGATIVE_INFINITY;
  let count = 0;
  let push: readonly number[] = [];
  const size = namesOf(system.disturbances).length;
  return {
    name,
    at: ({ time }) => {
      if (time < until) return push;
      const [directions, duration] = key.fold(count++).split(2);
      push = extremes(system.disturbances, sampleNormal(directions, size, "float64"));
      until = time + longest * sampleUniform(duration, 1, "float64")[0];
      return push;
    },
  };
}

/**
 * A disturbance of one's own, held to the sets of the system.
 * @throws OrreryError `argument` from the roll-out when it leaves them.
 */
export function userDisturbance(system: System, at: Disturbance["at"], name = "given"): Disturbance {
  return {
    name,
    at: (situation) => {
      const d = at(situation);
      checkMember(system.disturbances, d, `disturbance ${name} at ${situation.time} s`);
      return d;
    },
  };
}

function extremes(sets: readonly InputSet[], direction: ArrayLike<number>): number[] {
  let next = 0;
  return sets.flatMap((set) =>
    extremePoint(
      set,
      set.names.map(() => direction[next++] ?? 0),
    ),
  );
}

function checkMember(sets: readonly InputSet[], d: readonly number[], where: string): void {
  const names = namesOf(sets);
  if (d.length !== names.length || !d.every(Number.isFinite)) {
    throw new OrreryError(
      "argument",
      `${where}: expected a number for each of ${names.join(", ")}; got ${d.join(", ")}`,
    );
  }
  let first = 0;
  for (const set of sets) {
    const part = d.slice(first, first + set.names.length);
    first += set.names.length;
    const isInside =
      set.kind === "ball"
        ? Math.hypot(...part.map((v, i) => v - set.center[i])) <= set.radius * (1 + 1e-9)
        : part.every((v, i) => v >= set.low[i] - 1e-9 && v <= set.high[i] + 1e-9);
    if (isInside) continue;
    throw new OrreryError("argument", `${where}: expected a point of the disturbance set; got ${part.join(", ")}`, {
      hint: "The guarantee is for disturbances of the bounded size only.",
    });
  }
}
