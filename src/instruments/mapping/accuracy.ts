import { OrreryError } from "../../errors.ts";

/** Operand widths of one layer in bits. */
export interface LayerBits {
  readonly activations: number;
  readonly weights: number;
}

/** Widths of all quantised layers, in order. */
export type BitSetting = readonly LayerBits[];

/** Top-1 accuracy (0…1) of a network under a bit setting. May take long: it may train. */
export type AccuracyEvaluator = (setting: BitSetting) => number | Promise<number>;

/** A setting with the accuracy that was measured under it. */
export interface Measurement {
  readonly setting: BitSetting;
  readonly accuracy: number;
}

/** `8/4 8/8 …`: activations/weights of each layer, for keys and messages. */
export function describeSetting(setting: BitSetting): string {
  return setting.map((b) => `${b.activations}/${b.weights}`).join(" ");
}

/**
 * An evaluator that looks measured accuracies up.
 * The returned function throws OrreryError `not-found` for a setting that was not measured.
 */
export function accuracyTable(measurements: readonly Measurement[]): AccuracyEvaluator {
  const table = new Map(measurements.map((m) => [describeSetting(m.setting), m.accuracy]));
  return (setting) => {
    const accuracy = table.get(describeSetting(setting));
    if (accuracy !== undefined) return accuracy;
    throw new OrreryError("not-found", `accuracy table: no measurement of ${describeSetting(setting)}`, {
      hint: "Add it to the table, or fit a sensitivity model to the measurements there are.",
    });
  };
}

/** An additive model of the accuracy lost to narrow operands. */
export interface SensitivityModel {
  /** Accuracy without quantisation noise. */
  readonly baseline: number;
  /** Loss per unit of noise power `4^(2−q)` in each layer, so that 2 bits are one unit. */
  readonly activations: readonly number[];
  readonly weights: readonly number[];
  /** Root mean squared error on the measurements. */
  readonly rootMeanSquaredError: number;
}

/**
 * Fits `accuracy = a₀ − Σ_l (α_l·4^(2−q_a,l) + ω_l·4^(2−q_w,l))` with all losses ≥ 0 by least squares: quantisation noise
 * power falls by four with each bit, and to first order the loss is linear in the noise of each layer. Coordinate descent
 * with a small ridge, which decides where the measurements do not.
 * @throws OrreryError `argument` without measurements or when their numbers of layers differ.
 */
export function fitSensitivity(
  measurements: readonly Measurement[],
  options: { readonly ridge?: number; readonly sweeps?: number } = {},
): SensitivityModel {
  const { ridge = 1e-6, sweeps = 2000 } = options;
  const layers = measurements[0]?.setting.length ?? 0;
  if (layers === 0)
    throw new OrreryError("argument", "sensitivity model: expected measurements of at least one layer; got none");
  const odd = measurements.find((m) => m.setting.length !== layers);
  if (odd !== undefined) {
    throw new OrreryError("argument", `sensitivity model: expected ${layers} layers; got ${odd.setting.length}`);
  }
  const rows = measurements.map((m) => m.setting.flatMap((b) => [noise(b.activations), noise(b.weights)]));
  const losses = new Float64Array(2 * layers);
  let baseline = Math.max(...measurements.map((m) => m.accuracy));
  const residual = Float64Array.from(measurements, (m) => m.accuracy - baseline);
  const squares = losses.map((_, k) => rows.reduce((sum, row) => sum + row[k] ** 2, 0));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const shift = residual.reduce((sum, r) => sum + r, 0) / residual.length;
    baseline += shift;
    residual.forEach((_, i) => {
      residual[i] -= shift;
    });
    for (let k = 0; k < losses.length; k++) {
      const gradient = rows.reduce((sum, row, i) => sum - row[k] * residual[i], 0);
      const next = Math.max(0, (gradient + squares[k] * losses[k]) / (squares[k] + ridge));
      const change = next - losses[k];
      losses[k] = next;
      if (change !== 0) for (let i = 0; i < rows.length; i++) residual[i] += rows[i][k] * change;
    }
  }
  return {
    baseline,
    activations: Array.from({ length: layers }, (_, l) => losses[2 * l]),
    weights: Array.from({ length: layers }, (_, l) => losses[2 * l + 1]),
    rootMeanSquaredError: Math.sqrt(residual.reduce((sum, r) => sum + r * r, 0) / residual.length),
  };
}

/** The accuracy that a sensitivity model predicts, at least 0. */
export function predictAccuracy(model: SensitivityModel, setting: BitSetting): number {
  const loss = setting.reduce(
    (sum, b, l) => sum + model.activations[l] * noise(b.activations) + model.weights[l] * noise(b.weights),
    0,
  );
  return Math.max(0, model.baseline - loss);
}

function noise(bits: number): number {
  return 4 ** (2 - bits);
}
