import { type Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type CalibrationEvent, calibrateField, nearEnough, unmetGoals } from "./calibration.ts";
import { type ClassTransfer, type TransferredMatrix, transferGuide } from "./class-transfer.ts";
import { drawFieldNoise, drawFlips, type FieldStrengths } from "./flip-field.ts";
import { classSimilarity, type LabelGeometry, labelGeometry } from "./geometry.ts";
import { loadGuide, type NoiseGuide } from "./guide.ts";
import { clusterTest, concentration, flipMargins } from "./indicators.ts";
import { instanceDependentNoise } from "./instance-dependent.ts";
import { type CheckedTarget, type Drawn, requireFeatures } from "./labelling.ts";
import { drawQuotas, scaleToRate } from "./quotas.ts";
import type { Matrix } from "./transition.ts";

/** What is on the way while realistic noise is made. */
export type RealisticEvent = { readonly kind: "geometry"; readonly examples: number } | CalibrationEvent;

/** Settings of realistic noise. */
export interface RealisticOptions {
  /** A shipped guide's name (see `guideNames`) or a guide of one's own. */
  readonly guide: string | NoiseGuide;
  /** The fraction of wrong labels; the guide's when left out. */
  readonly rate?: number;
  readonly transfer?: ClassTransfer;
  /** Strengths found before, instead of a calibration. */
  readonly strengths?: FieldStrengths;
  /** What `labelGeometry` made of the target's features, to make many labellings of one data set. */
  readonly geometry?: LabelGeometry;
  readonly signal?: AbortSignal;
  readonly observer?: (event: RealisticEvent) => void;
}

/** How far labels depend on the examples. */
export interface Dependence {
  readonly concentration: number | null;
  readonly margin: number | null;
  /** χ²/df of flips over clusters. */
  readonly clusterRatio: number | null;
}

/** How realistic noise came about and how near to its guide it is. */
export interface RealismReport {
  readonly guide: string;
  readonly source: string;
  readonly guideRate: number;
  readonly method: TransferredMatrix["method"];
  /** The guide's class for each class; null where only the shape of the guide is kept. */
  readonly classMap: readonly (string | null)[];
  readonly strengths: FieldStrengths;
  /** The guide's own figures; at the guide's rate concentration and margin are made to meet them, χ²/df only follows. */
  readonly wanted: Dependence;
  /** The figures of these labels; null without features. */
  readonly realized: Dependence | null;
  /** For comparison: labels with the same matrix that do not look at the examples. */
  readonly matrixOnly: Dependence | null;
  /** For comparison: instance-dependent noise of the same rate (Xia et al., 2020). */
  readonly instanceDependent: Dependence | null;
}

/** The figures of one labelling. */
export function dependenceOf(geometry: LabelGeometry, labels: Int32Array): Dependence {
  return {
    concentration: concentration(geometry, labels).pooled,
    margin: flipMargins(geometry, labels).pooled,
    clusterRatio: clusterTest(geometry, labels).ratio,
  };
}

/** The target's geometry, given or made; undefined for a target without features. */
export async function geometryOf(
  target: CheckedTarget,
  options: Pick<RealisticOptions, "geometry" | "signal" | "observer">,
  k: number,
  key: Key,
): Promise<LabelGeometry | undefined> {
  const { geometry, signal, observer } = options;
  if (geometry !== undefined) {
    if (geometry.clean.length === target.clean.length && geometry.clean.every((y, n) => y === target.clean[n])) {
      return geometry;
    }
    throw new OrreryError("argument", "realistic noise: the geometry was made of other labels than the target's");
  }
  if (target.features === undefined) return undefined;
  observer?.({ kind: "geometry", examples: target.clean.length });
  return labelGeometry(target.clean, target.features, target.classes, { k, key, signal });
}

/** The guide's matrix for the target's classes. */
export function matrixFor(guide: NoiseGuide, target: CheckedTarget, transfer?: ClassTransfer): TransferredMatrix {
  const similarity = () =>
    classSimilarity(target.clean, requireFeatures("realistic noise: matching of classes", target), target.classes);
  return transferGuide(guide, { classNames: target.classNames, similarity }, transfer);
}

/**
 * Noise made after a real noisy labelling (RGN): flips have the guide's transition matrix, exactly, and lean on the
 * examples as the guide's do: toward classes they resemble (margin) and in neighbourhoods (concentration). At the guide's
 * rate the drawing nearest to the guide in both is kept, of 16 at most. Another rate scales the matrix, `I + s (T − I)`;
 * the strengths are always found at the guide's own rate. With strengths given, nothing is calibrated or chosen.
 * After Li & Zhu, "Noisy label processing for classification: a survey", 2024; the drawing is this package's own.
 * @throws OrreryError `argument` without features, for a rate out of reach or classes that do not fit; `cancelled`.
 */
export async function realisticNoise(target: CheckedTarget, options: RealisticOptions, key: Key): Promise<Drawn> {
  const guide = typeof options.guide === "string" ? loadGuide(options.guide) : options.guide;
  const [geometryKey, calibrationKey, quotaKey, noiseKey, otherKey] = key.split(5);
  const isMeasured = guide.concentration !== null && guide.margin !== null;
  if (isMeasured && options.geometry === undefined) requireFeatures("realistic noise", target);
  const geometry = await geometryOf(target, options, guide.k, geometryKey);
  const { transition, classMap, method } = matrixFor(guide, target, options.transfer);
  const sizes = classSizes(target);
  const rate = options.rate ?? guide.rate;
  const matrix = scaleToRate(transition, sizes, rate);
  const { strengths, unmet } =
    options.strengths === undefined
      ? calibrated(guide, geometry, scaleToRate(transition, sizes, guide.rate), options, calibrationKey)
      : { strengths: options.strengths, unmet: [] };
  const drawing = geometry ?? withoutGeometry(target);
  const quotas = drawQuotas(matrix, sizes, quotaKey);
  const drawOnce = (attempt: number) =>
    drawFlips(drawing, quotas, strengths, drawFieldNoise(drawing, noiseKey.fold(attempt)));
  const isAtGuideRate = Math.abs(rate - guide.rate) < 1e-6 && options.strengths === undefined;
  const labels = isAtGuideRate && geometry && isMeasured ? nearestDrawing(guide, geometry, drawOnce) : drawOnce(0);
  const realism: RealismReport = {
    guide: guide.name,
    source: guide.source,
    guideRate: guide.rate,
    method,
    classMap,
    strengths,
    wanted: {
      concentration: guide.concentration?.pooled ?? null,
      margin: guide.margin?.pooled ?? null,
      clusterRatio: guide.clusterRatio,
    },
    realized: geometry ? dependenceOf(geometry, labels) : null,
    ...compared(target, geometry, quotas, rate, otherKey),
  };
  const notes = [...notesOn(guide, matrix, target, isMeasured), ...unmet];
  return { labels, nominalRate: rate, matrix, realism, notes };
}

/** Single drawings scatter around what the strengths bring about, by ±0.05 in concentration for 4,500 flips. */
const mostDrawings = 16;

/** The first of up to 16 drawings whose concentration and margin are both within 0.02 of the guide's, else the nearest. */
function nearestDrawing(guide: NoiseGuide, geometry: LabelGeometry, draw: (attempt: number) => Int32Array): Int32Array {
  let best = draw(0);
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < mostDrawings && least > nearEnough; attempt++) {
    const labels = attempt === 0 ? best : draw(attempt);
    const near = Math.abs((concentration(geometry, labels).pooled ?? 0) - (guide.concentration?.pooled ?? 0));
    const distance = Math.max(
      near,
      Math.abs((flipMargins(geometry, labels).pooled ?? 0) - (guide.margin?.pooled ?? 0)),
    );
    if (distance >= least) continue;
    best = labels;
    least = distance;
  }
  return best;
}

function classSizes({ clean, classes }: CheckedTarget): Int32Array {
  const sizes = new Int32Array(classes);
  for (const y of clean) sizes[y]++;
  return sizes;
}

function calibrated(
  guide: NoiseGuide,
  geometry: LabelGeometry | undefined,
  matrix: Matrix,
  { signal, observer }: RealisticOptions,
  key: Key,
): { readonly strengths: FieldStrengths; readonly unmet: readonly string[] } {
  const [near, margin] = [guide.concentration?.pooled, guide.margin?.pooled];
  if (geometry === undefined || near == null || margin == null) {
    return { strengths: { margin: 0, neighborhood: 0 }, unmet: [] };
  }
  const goal = { concentration: near, margin };
  const calibration = calibrateField(geometry, { goal, matrix, key, signal, observer });
  return { strengths: calibration.strengths, unmet: unmetGoals(calibration, goal) };
}

/** Stands for a geometry where labels do not look at the examples. */
function withoutGeometry({ clean, classes }: CheckedTarget): LabelGeometry {
  const none = new NdArray<"int32">(new Int32Array(0), [0, 1]);
  return {
    clean,
    classes,
    members: Array.from({ length: classes }, (_, y) => Int32Array.from(clean.keys()).filter((n) => clean[n] === y)),
    neighbors: { k: 1, indices: none, distances: new NdArray(new Float64Array(0), [0, 1]) },
    margins: new Float32Array(clean.length * classes),
    clusters: new Int32Array(clean.length),
    clusterCounts: new Int32Array(classes).fill(1),
  };
}

/** What noise that does not look at the examples, and classic instance-dependent noise, would have looked like. */
function compared(
  target: CheckedTarget,
  geometry: LabelGeometry | undefined,
  quotas: Matrix,
  rate: number,
  key: Key,
): Pick<RealismReport, "matrixOnly" | "instanceDependent"> {
  if (geometry === undefined) return { matrixOnly: null, instanceDependent: null };
  const [evenKey, instanceKey] = key.split(2);
  const even = drawFlips(geometry, quotas, { margin: 0, neighborhood: 0 }, drawFieldNoise(geometry, evenKey));
  const instance = target.features === undefined ? null : instanceDependentNoise(target, { rate }, instanceKey).labels;
  return {
    matrixOnly: dependenceOf(geometry, even),
    instanceDependent: instance && dependenceOf(geometry, instance),
  };
}

function notesOn(guide: NoiseGuide, matrix: Matrix, { classNames }: CheckedTarget, isMeasured: boolean): string[] {
  const notes: string[] = [];
  if (!isMeasured) notes.push(`guide ${guide.name} has no concentration or margin: flips fall evenly within a class`);
  const lost = matrix.flatMap((row, i) => (row.some((value, j) => j !== i && value > row[i]) ? [classNames[i]] : []));
  if (lost.length > 0) {
    notes.push(`at this rate a wrong label is commoner than the right one in ${lost.join(", ")}`);
  }
  return notes;
}
