import { type Arithmetic, scaled, total } from "./arithmetic.ts";
import { centerAndReach, type InputSet } from "./sets.ts";

/** Which way a player drives the value. */
export type Mode = "min" | "max";

/** One player: the columns of its input matrix at a point, `[n, m]`, its sets of inputs and its aim. */
export interface Player<T> {
  readonly matrix: readonly (readonly T[])[];
  readonly sets: readonly InputSet[];
  readonly mode: Mode;
}

/**
 * `H(x, p) = p·f + opt_u p·G·u + opt_d p·D·d`. With affine dynamics the order of the two players makes no difference:
 * `opt` over a box is `c·σ ± r·|σ|`, over a ball `c·σ ± r·‖σ‖`, where `σ = pᵀG`.
 */
export function hamiltonian<T>(
  m: Arithmetic<T>,
  drift: readonly T[],
  players: readonly Player<T>[],
  gradient: readonly T[],
): T {
  const dot = (column: readonly T[]) =>
    total(
      m,
      column.map((g, i) => m.multiply(g, gradient[i])),
    );
  return total(m, [
    dot(drift),
    ...players.map((player) => support(m, player, (j) => dot(player.matrix.map((row) => row[j])))),
  ]);
}

function support<T>(m: Arithmetic<T>, { sets, mode }: Player<T>, project: (input: number) => T): T {
  let input = 0;
  const sign = mode === "max" ? 1 : -1;
  const terms = sets.flatMap((set) => {
    const projections = set.names.map(() => project(input++));
    const { center, reach } = centerAndReach(set);
    const middle = projections.map((s, j) => scaled(m, center[j], s));
    if (set.kind === "ball") {
      const length =
        projections.length === 1
          ? m.abs(projections[0])
          : m.sqrt(
              total(
                m,
                projections.map((s) => m.multiply(s, s)),
              ),
            );
      return [...middle, scaled(m, sign * set.radius, length)];
    }
    return [...middle, ...projections.map((s, j) => scaled(m, sign * reach[j], m.abs(s)))];
  });
  return total(m, terms);
}
