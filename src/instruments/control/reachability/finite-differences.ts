import { type Arithmetic, scaled, total } from "./arithmetic.ts";

/** Upwind approximations of a first derivative, by order. */
export type Derivative = "first-order" | "eno2" | "eno3" | "weno3" | "weno5";

/** The derivative from the left and from the right. */
export type OneSided<T> = readonly [left: T, right: T];

/** How many neighbours on each side a scheme looks at. */
export const stencilRadius: Readonly<Record<Derivative, number>> = {
  "first-order": 1,
  eno2: 2,
  eno3: 3,
  weno3: 2,
  weno5: 3,
};

/** Keeps the weights of a WENO scheme finite where the function is straight. */
const wenoEpsilon = 1e-6;

/**
 * Left and right derivative, both times the spacing, from the values `v₋ᵣ … v₀ … vᵣ`, r the scheme's radius.
 *
 * ENO takes the smoothest of the candidate stencils; WENO weighs them by `cₖ/(ε + Sₖ)²` with the smoothness `Sₖ` of Jiang and
 * Shu, ε = 1e-6 for derivatives as they are. Osher and Fedkiw, *Level Set Methods and Dynamic Implicit Surfaces*, section 3.4.
 */
export function upwind<T>(m: Arithmetic<T>, scheme: Derivative, values: readonly T[], spacing: number): OneSided<T> {
  // Single precision holds the products of three smoothnesses down to here.
  const unit = spacing < 1e-3 ? 1 / spacing : 1;
  const differences = values.slice(1).map((v, i) => scaled(m, unit, m.subtract(v, values[i])));
  const bends = differences.slice(1).map((d, i) => m.subtract(d, differences[i]));
  const r = stencilRadius[scheme];
  // Weights do not change when ε is scaled with the smoothness; dividing all differences by the spacing is spared.
  const epsilon = wenoEpsilon * (spacing * unit) ** 2;
  const side = (own: readonly T[]) => sides[scheme](m, own, epsilon);
  const left = m.add(differences[r - 1], side(bends.slice(0, 2 * r - 2)));
  const right = m.subtract(differences[r], side(bends.slice(1).reverse()));
  return [scaled(m, 1 / unit, left), scaled(m, 1 / unit, right)];
}

/** What a side adds to the difference next to the point, from the differences of differences, its own side first. */
type Side = <T>(m: Arithmetic<T>, bends: readonly T[], epsilon: number) => T;

const firstOrder: Side = (m) => m.constant(0);

const eno2: Side = (m, [a, b]) => scaled(m, 1 / 2, m.ifLess(m.abs(b), m.abs(a), b, a));

/** The three third-order candidates, times 6. */
function candidates<T>(m: Arithmetic<T>, [a, b, c, d]: readonly T[]): readonly [T, T, T] {
  return [m.subtract(scaled(m, 5, b), scaled(m, 2, a)), m.add(b, scaled(m, 2, c)), m.subtract(scaled(m, 4, c), d)];
}

const eno3: Side = (m, bends) => {
  const [first, second, third] = candidates(m, bends);
  const [ab, bc, cd] = bends.slice(1).map((e, i) => m.abs(m.subtract(e, bends[i])));
  const isRight = m.ifLess(cd, bc, third, second);
  const isLeft = m.ifLess(bc, ab, second, first);
  return scaled(m, 1 / 6, m.ifLess(m.abs(bends[2]), m.abs(bends[1]), isRight, isLeft));
};

const weno3: Side = (m, [a, b], epsilon) => {
  const [first, second] = [a, b].map((e) => {
    const smoothness = m.add(m.multiply(e, e), m.constant(epsilon));
    return m.multiply(smoothness, smoothness);
  });
  // Weights 1/first : 2/second, with the fractions removed.
  const [wa, wb] = [second, scaled(m, 2, first)];
  const sum = m.add(m.multiply(wa, a), m.multiply(wb, b));
  return scaled(m, 1 / 2, m.divide(sum, m.add(wa, wb)));
};

const weno5: Side = (m, bends, epsilon) => {
  const [a, b, c, d] = bends;
  const square = <T>(x: T, n: Arithmetic<T>) => n.multiply(x, x);
  // Four times ε plus the smoothness of Jiang and Shu: 13/3·(third difference)² + (slope)².
  const curved = [a, b, c].map((x, k) => {
    const third = square(m.subtract(bends[k + 1], x), m);
    return m.add(scaled(m, 13 / 3, third), m.constant(4 * epsilon));
  });
  const s0 = m.add(curved[0], square(m.subtract(scaled(m, 3, b), a), m));
  const s1 = m.add(curved[1], square(m.add(b, c), m));
  const s2 = m.add(curved[2], square(m.subtract(d, scaled(m, 3, c)), m));
  // One division gives all three reciprocals.
  const s01 = m.multiply(s0, s1);
  const reciprocal = m.divide(m.constant(1), m.multiply(s01, s2));
  const r01 = m.multiply(reciprocal, s2);
  const reciprocals = [m.multiply(r01, s1), m.multiply(r01, s0), m.multiply(reciprocal, s01)];
  const weights = reciprocals.map((r, k) => scaled(m, [1, 6, 3][k], square(r, m)));
  const weighed = candidates(m, bends).map((candidate, k) => m.multiply(weights[k], candidate));
  return scaled(m, 1 / 6, m.divide(total(m, weighed), total(m, weights)));
};

const sides: Readonly<Record<Derivative, Side>> = { "first-order": firstOrder, eno2, eno3, weno3, weno5 };
