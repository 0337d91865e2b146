import { OrreryError } from "../../../errors.ts";

/** A product of positive and negative factors as sign and logarithm, with the derivative of that logarithm by K. */
interface SignedProduct {
  readonly sign: number;
  readonly ln: number;
  readonly slope: number;
}

/** `ln(2 cosh x)`, x ≥ 0. */
const lnCosh = (x: number) => x + Math.log1p(Math.exp(-2 * x));
/** `ln(2 sinh x)`, x > 0. */
const lnSinh = (x: number) => x + Math.log(-Math.expm1(-2 * x));

/** What a finite ferromagnet without field has at a temperature. */
export interface TorusThermodynamics {
  readonly lnZ: number;
  /** `−ln Z / (β N)` per spin; −∞ at β = 0. */
  readonly freeEnergyPerSpin: number;
  /** `−∂ ln Z/∂β / N`. */
  readonly energyPerSpin: number;
}

/**
 * The exact partition function of the square ferromagnet on an L × M torus (Kaufman, Phys. Rev. 76, 1232, 1949), K = β J:
 * `Z = ½ (2 sinh 2K)^{LM/2} [Π 2cosh(M g_{2r+1}/2) + Π 2sinh(M g_{2r+1}/2) + Π 2cosh(M g_{2r}/2) + Π 2sinh(M g_{2r}/2)]`, r = 0 … L − 1,
 * `cosh g_k = cosh²2K / sinh 2K − cos(π k/L)`, `g_0 = 2K + ln tanh K`, which is negative above the critical temperature and
 * with it the last product. The energy is its derivative in closed form.
 * @param beta β ≥ 0
 * @throws OrreryError `argument` for lengths below 3 (where bonds would be double), β < 0 or J ≤ 0.
 */
export function kaufman(lengths: readonly [number, number], beta: number, coupling = 1): TorusThermodynamics {
  const [L, M] = lengths;
  if (![L, M].every((length) => Number.isInteger(length) && length >= 3)) {
    throw new OrreryError("argument", `kaufman: expected two lengths of at least 3; got ${lengths.join(" and ")}`);
  }
  if (!(beta >= 0 && Number.isFinite(beta)) || !(coupling > 0 && Number.isFinite(coupling))) {
    throw new OrreryError("argument", `kaufman: expected β of at least 0 and J above 0; got ${beta} and ${coupling}`, {
      hint: "With even lengths the antiferromagnet has the same partition function.",
    });
  }
  const sites = L * M;
  const K = beta * coupling;
  if (K === 0) return { lnZ: sites * Math.LN2, freeEnergyPerSpin: Number.NEGATIVE_INFINITY, energyPerSpin: 0 };
  const products = [0, 1].flatMap((parity) => parityProducts({ L, M, K }, parity));
  const top = Math.max(...products.map(({ sign, ln }) => (sign === 0 ? Number.NEGATIVE_INFINITY : ln)));
  let [sum, slope] = [0, 0];
  for (const product of products) {
    sum += product.sign * Math.exp(product.ln - top);
    slope += product.slope * Math.exp(product.ln - top);
  }
  const lnFront = 2 * K + Math.log(-Math.expm1(-4 * K));
  const lnZ = -Math.LN2 + (sites / 2) * lnFront + top + Math.log(sum);
  const derivative = sites / Math.tanh(2 * K) + slope / sum;
  return { lnZ, freeEnergyPerSpin: -lnZ / (beta * sites), energyPerSpin: (-coupling * derivative) / sites };
}

/**
 * `Π 2cosh(M g_k/2)` and `Π 2sinh(M g_k/2)` over k of one parity. `ln` leaves the first factor of the sinh product out where
 * g_0 may be zero, and `sign` and `slope` carry it: a value may vanish while its derivative does not.
 */
function parityProducts({ L, M, K }: { L: number; M: number; K: number }, parity: number): SignedProduct[] {
  const sinh2 = Math.sinh(2 * K);
  const cosh2 = Math.cosh(2 * K);
  const first = 2 * K + Math.log(Math.tanh(K));
  const firstSlope = 2 + 2 / sinh2;
  let [lnC, slopeC, lnS, slopeS] = [0, 0, 0, 0];
  for (let k = parity; k < 2 * L; k += 2) {
    const isFirst = k === 0;
    // cosh g − 1 without cancellation: (cosh² − 2 sinh)/sinh = (1 − sinh)²/sinh, as cosh² = 1 + sinh².
    const excess = (1 - sinh2) ** 2 / sinh2 + 2 * Math.sin((Math.PI * k) / (2 * L)) ** 2;
    const sinhG = Math.sqrt(excess * (excess + 2));
    const g = isFirst ? Math.abs(first) : Math.log1p(excess + sinhG);
    const dg = isFirst ? Math.sign(first) * firstSlope : (2 * cosh2 * (1 - 1 / sinh2 ** 2)) / sinhG;
    const half = (M * g) / 2;
    lnC += lnCosh(half);
    slopeC += (M / 2) * Math.tanh(half) * dg;
    if (isFirst) continue;
    lnS += lnSinh(half);
    slopeS += ((M / 2) * dg) / Math.tanh(half);
  }
  const cosh = { sign: 1, ln: lnC, slope: slopeC };
  if (parity === 1) return [cosh, { sign: 1, ln: lnS, slope: slopeS }];
  const x = (M * first) / 2;
  const ln = lnS + Math.abs(x);
  const [sinhX, coshX] = [Math.sign(x) * -Math.expm1(-2 * Math.abs(x)), 1 + Math.exp(-2 * Math.abs(x))];
  return [cosh, { sign: sinhX, ln, slope: sinhX * slopeS + coshX * (M / 2) * firstSlope }];
}

/** The critical inverse temperature of the infinite square ferromagnet, `ln(1 + √2)/2`, in units of 1/J. */
export const criticalBeta = Math.log1p(Math.SQRT2) / 2;

/**
 * Free energy per spin of the infinite square ferromagnet (Onsager, Phys. Rev. 65, 117, 1944): `−β f = ln(√2 cosh 2K) +
 * (1/π) ∫_0^{π/2} ln(1 + √(1 − κ² sin² φ)) dφ`, `κ = 2 sinh 2K / cosh² 2K`, by double-exponential quadrature.
 * @param beta β > 0
 */
export function onsagerFreeEnergy(beta: number, coupling = 1): number {
  const K = beta * coupling;
  const kappa = (2 * Math.sinh(2 * K)) / Math.cosh(2 * K) ** 2;
  const complement = ((1 - Math.sinh(2 * K) ** 2) / Math.cosh(2 * K) ** 2) ** 2;
  let integral = 0;
  const h = 1 / 64;
  for (let k = -320; k <= 320; k++) {
    const u = (Math.PI / 2) * Math.sinh(k * h);
    // φ = (π/4)(1 + tanh u); 1 − κ² sin² φ = (1 − κ²) + κ² cos² φ keeps its digits near φ = π/2.
    const rest = Math.PI / 4 / (Math.exp(u) * Math.cosh(u));
    const root = Math.sqrt(complement + (kappa * Math.sin(rest)) ** 2);
    integral += (h * (Math.PI / 4) * (Math.PI / 2) * Math.cosh(k * h) * Math.log1p(root)) / Math.cosh(u) ** 2;
  }
  return -(Math.log(Math.SQRT2 * Math.cosh(2 * K)) + integral / Math.PI) / beta;
}
