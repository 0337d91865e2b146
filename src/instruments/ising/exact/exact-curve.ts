import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import { enumerate } from "./enumeration.ts";
import { type FrontierPlan, frontierPlan } from "./frontier-plan.ts";
import { kaufman } from "./kaufman.ts";
import { ferromagneticTorusOf } from "./torus.ts";
import { transferMatrix } from "./transfer-matrix.ts";

/** The exact methods: every state, one spin after the other, or the closed form of the square ferromagnet. */
export const exactMethodNames = ["enumeration", "transfer-matrix", "kaufman"] as const;
export type ExactMethod = (typeof exactMethodNames)[number];

/** Exact thermodynamics at one temperature. */
export interface ExactPoint {
  readonly beta: number;
  readonly lnZ: number;
  /** ⟨E⟩ with the model's offset. */
  readonly energy: number;
}

/** Exact thermodynamics over temperatures, and how they were had. */
export interface ExactCurve {
  readonly method: ExactMethod;
  readonly points: readonly ExactPoint[];
}

/** What an exact curve is asked for. */
export interface ExactCurveOptions {
  /** β > 0 of each point. */
  readonly betas: readonly number[];
  readonly method: ExactMethod;
  readonly signal?: AbortSignal;
  /** Told the share that is done. */
  readonly observer?: (share: number) => void;
}

/** Nanoseconds of a state of the enumeration, of one more temperature there, and of a frontier state of the transfer matrix. */
const costNs = { state: 1, temperature: 3, frontierState: 4 } as const;
const mostEnumerated = 28;
const mostWidth = 24;
/** The transfer matrix asks for three sums a temperature: ⟨E⟩ is the difference of two. */
const sumsPerBeta = 3;
/** Models with more neighbours a spin are not tried: their frontier is no narrower. */
const mostNeighbors = 2 * mostWidth;

function planWithin(model: IsingModel): FrontierPlan | undefined {
  if ((2 * model.pairs) / model.spins > mostNeighbors) return undefined;
  try {
    return frontierPlan(model, mostWidth);
  } catch (error) {
    if (error instanceof OrreryError && error.code === "argument") return undefined;
    throw error;
  }
}

/**
 * The cheapest exact method for so many temperatures, with a guess of its time on one core; undefined where none is possible in
 * `mostSeconds`.
 */
export function cheapestExactMethod(
  model: IsingModel,
  { betas, mostSeconds }: { readonly betas: number; readonly mostSeconds: number },
): { readonly method: ExactMethod; readonly seconds: number } | undefined {
  if (ferromagneticTorusOf(model) !== undefined) return { method: "kaufman", seconds: 0 };
  const found: { method: ExactMethod; seconds: number }[] = [];
  if (model.spins <= mostEnumerated) {
    const states = 2 ** (model.spins - (model.hasFields ? 0 : 1));
    found.push({ method: "enumeration", seconds: 1e-9 * states * (costNs.state + betas * costNs.temperature) });
  }
  const plan = planWithin(model);
  if (plan !== undefined) {
    const states = plan.steps.reduce((sum, { width }) => sum + 2 ** width, 0);
    const passes = 1 + sumsPerBeta * betas;
    found.push({ method: "transfer-matrix", seconds: 1e-9 * costNs.frontierState * states * passes });
  }
  const [best] = found.sort((a, b) => a.seconds - b.seconds);
  return best !== undefined && best.seconds <= mostSeconds ? best : undefined;
}

/** Relative step of the central difference that gives ⟨E⟩ = −∂ ln Z/∂β; its error is about the square. */
const step = 1e-4;

async function byTransfer(model: IsingModel, { betas, signal, observer }: ExactCurveOptions): Promise<ExactPoint[]> {
  const all = betas.flatMap((beta) => [beta, (1 - step) * beta, (1 + step) * beta]);
  const { lnZ } = await transferMatrix(model, {
    betas: all,
    hasState: false,
    signal,
    observer,
    largestWidth: mostWidth,
  });
  return betas.map((beta, b) => {
    const [here, hot, cold] = lnZ.slice(3 * b, 3 * b + 3);
    return { beta, lnZ: here, energy: (hot - cold) / (2 * step * beta) };
  });
}

function byKaufman(model: IsingModel, betas: readonly number[]): ExactPoint[] {
  const torus = ferromagneticTorusOf(model);
  if (torus === undefined) {
    throw new OrreryError(
      "argument",
      "kaufman: expected a ferromagnet on a periodic square lattice, without fields; got another model",
      { hint: 'Take method "transfer-matrix" or "enumeration".' },
    );
  }
  return betas.map((beta) => {
    const { lnZ, energyPerSpin } = kaufman(torus.lengths, beta, torus.coupling);
    return { beta, lnZ: lnZ - beta * model.offset, energy: energyPerSpin * model.spins + model.offset };
  });
}

/**
 * ln Z and ⟨E⟩ of a model at each temperature by an exact method.
 * @throws OrreryError `argument` where the method cannot treat the model, `cancelled` on abort.
 */
export async function exactCurve(model: IsingModel, options: ExactCurveOptions): Promise<ExactCurve> {
  const { betas, method, signal, observer } = options;
  if (method === "kaufman") return { method, points: byKaufman(model, betas) };
  if (method === "transfer-matrix") return { method, points: await byTransfer(model, options) };
  const { thermodynamics } = await enumerate(model, { betas, states: 1, signal, observer });
  return { method, points: thermodynamics.map(({ beta, lnZ, energy }) => ({ beta, lnZ, energy })) };
}
