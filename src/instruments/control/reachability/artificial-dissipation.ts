import { type Arithmetic, scaled, total } from "./arithmetic.ts";
import type { Player } from "./hamiltonian.ts";
import { centerAndReach, type InputSet } from "./sets.ts";

/**
 * Where the speed bound of the Lax–Friedrichs dissipation is taken: the largest of the whole grid (`global`), that of the
 * point (`local`), or that of the point with the inputs that the two gradients there leave open (`local-local`).
 */
export type Dissipation = "global" | "local" | "local-local";

/** The gradients at a point: their mean and half of (right − left), per axis. */
export interface GradientSpan<T> {
  readonly mean: readonly T[];
  readonly halfJump: readonly T[];
}

/** An input's possible values, `middle ± reach`. */
interface Span<T> {
  readonly middle: T;
  readonly reach: T;
}

/**
 * `αᵢ ≥ max |∂H/∂pᵢ|` at a point, for every axis: `|fᵢ + Σⱼ Gᵢⱼ cⱼ| + Σⱼ |Gᵢⱼ| rⱼ` for inputs `c ± r` (`‖Gᵢ‖ r` for a ball).
 * With `gradients`, an input of a box whose optimum is the same end for all gradients in the span is that end, without a reach.
 */
export function speedBounds<T>(
  m: Arithmetic<T>,
  drift: readonly T[],
  players: readonly Player<T>[],
  gradients?: GradientSpan<T>,
): T[] {
  const inputs = players.map((player) => spansOf(m, player, gradients));
  return drift.map((f, i) => {
    const middle: T[] = [f];
    const reach: T[] = [];
    players.forEach(({ matrix, sets }, k) => {
      middle.push(...matrix[i].map((g, j) => m.multiply(g, inputs[k][j].middle)));
      reach.push(...reaches(m, matrix[i], sets, inputs[k]));
    });
    return m.add(m.abs(total(m, middle)), total(m, reach));
  });
}

function reaches<T>(m: Arithmetic<T>, row: readonly T[], sets: readonly InputSet[], spans: readonly Span<T>[]): T[] {
  let input = 0;
  return sets.flatMap((set) => {
    const first = input;
    input += set.names.length;
    const entries = row.slice(first, input);
    if (set.kind === "box" || entries.length === 1) {
      return entries.map((g, j) => m.multiply(m.abs(g), spans[first + j].reach));
    }
    return [
      scaled(
        m,
        set.radius,
        m.sqrt(
          total(
            m,
            entries.map((g) => m.multiply(g, g)),
          ),
        ),
      ),
    ];
  });
}

function spansOf<T>(
  m: Arithmetic<T>,
  { matrix, sets, mode }: Player<T>,
  gradients: GradientSpan<T> | undefined,
): Span<T>[] {
  let input = 0;
  return sets.flatMap((set) => {
    const { center, reach } = centerAndReach(set);
    return set.names.map((_, j): Span<T> => {
      const column = matrix.map((row) => row[input]);
      input++;
      const open = { middle: m.constant(center[j]), reach: m.constant(reach[j]) };
      if (gradients === undefined || (set.kind === "ball" && set.names.length > 1)) return open;
      const dot = total(
        m,
        column.map((g, i) => m.multiply(g, gradients.mean[i])),
      );
      const spread = total(
        m,
        column.map((g, i) => m.multiply(m.abs(g), m.abs(gradients.halfJump[i]))),
      );
      const sign = mode === "max" ? 1 : -1;
      const end = m.ifLess(
        dot,
        m.constant(0),
        m.constant(center[j] - sign * reach[j]),
        m.constant(center[j] + sign * reach[j]),
      );
      const isOpen = [spread, m.abs(dot)] as const;
      return {
        middle: m.ifLess(...isOpen, end, open.middle),
        reach: m.ifLess(...isOpen, m.constant(0), open.reach),
      };
    });
  });
}
