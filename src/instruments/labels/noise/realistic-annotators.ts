import { type Key, sampleNormal } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { type Agreement, annotatorAgreement } from "./agreement.ts";
import { type Aggregation, aggregateLabels } from "./annotators.ts";
import { calibrateField, unmetGoals } from "./calibration.ts";
import type { ClassTransfer } from "./class-transfer.ts";
import { drawFieldNoise, drawFlips, type FieldNoise, type FieldStrengths } from "./flip-field.ts";
import type { LabelGeometry } from "./geometry.ts";
import { type AnnotatorGuide, loadAnnotatorGuide } from "./guide.ts";
import { type CheckedTarget, type Drawn, requireFeatures } from "./labelling.ts";
import { drawQuotas, scaleToRate } from "./quotas.ts";
import { dependenceOf, geometryOf, matrixFor, type RealisticEvent } from "./realistic.ts";
import { type Crossing, solveIncreasing } from "./solve-increasing.ts";
import type { Matrix } from "./transition.ts";

/** How much annotators share: γ_δ for how hard an example is, γ_s for which wrong class it suggests. */
export interface SharedStrengths {
  readonly difficulty: number;
  readonly suggestion: number;
}

/** Settings of realistic annotators. */
export interface RealisticAnnotatorsOptions {
  /** CIFAR-10N's three annotators when left out. */
  readonly guide?: AnnotatorGuide;
  /** The annotators' mean rate; the guide's when left out. */
  readonly rate?: number;
  readonly aggregation?: Aggregation;
  readonly transfer?: ClassTransfer;
  readonly geometry?: LabelGeometry;
  readonly signal?: AbortSignal;
  readonly observer?: (event: RealisticEvent) => void;
}

/** How near simulated annotators are to their guide. */
export interface AnnotatorRealism {
  readonly guide: string;
  readonly source: string;
  readonly strengths: FieldStrengths & SharedStrengths;
  readonly wanted: Agreement;
  readonly realized: Agreement;
}

/** The random numbers of all annotators' drawings: what is shared and what is each one's own. */
interface SharedNoise {
  /** `[n]` and `[n · K]`: standard normal. */
  readonly difficulty: Float32Array;
  readonly suggestion: Float32Array;
  readonly own: readonly FieldNoise[];
  readonly quotas: readonly Matrix[];
}

const rounds = 2;
const seeds = 2;
const search = { low: 0, high: 6, tolerance: 0.004, steps: 10 };

/**
 * Annotators made after real ones: each has their guide's transition matrix exactly; all favour the same neighbourhoods,
 * find the same examples hard and take the same wrong classes for likely, as far as it takes for the guide's lift of
 * P(both wrong) and P(same wrong label | both wrong). Their labels are then aggregated; the nominal rate is their mean.
 * @throws OrreryError `argument` without features, for a rate out of reach or classes that do not fit; `cancelled`.
 */
export async function realisticAnnotators(
  target: CheckedTarget,
  options: RealisticAnnotatorsOptions,
  key: Key,
): Promise<Drawn> {
  const { guide = loadAnnotatorGuide(), aggregation = "majority", transfer } = options;
  const [geometryKey, fieldKey, sharedKey, drawKey, aggregateKey] = key.split(5);
  if (options.geometry === undefined) requireFeatures("realistic annotators", target);
  const geometry = await geometryOf(target, options, guide.annotators[0].k, geometryKey);
  if (geometry === undefined) throw new OrreryError("argument", "realistic annotators: expected features; got none");
  const sizes = geometry.members.map(({ length }) => length);
  const guideRate = mean(guide.annotators.map(({ rate }) => rate));
  const rate = options.rate ?? guideRate;
  const transitions = transferAll(guide, target, transfer);
  const atRate = (factor: number) =>
    transitions.map((transition, a) => scaleToRate(transition, sizes, guide.annotators[a].rate * factor));
  const goal = {
    concentration: mean(guide.annotators.map(({ concentration }) => concentration?.pooled ?? 1)),
    margin: mean(guide.annotators.map(({ margin }) => margin?.pooled ?? 0)),
  };
  const calibration = calibrateField(geometry, {
    goal,
    matrix: atRate(1)[0],
    key: fieldKey,
    signal: options.signal,
    observer: options.observer,
  });
  const field = calibration.strengths;
  const shared = calibrateShared(geometry, guide, atRate(1), field, { ...options, key: sharedKey });
  const annotators = drawAll(geometry, drawShared(geometry, atRate(rate / guideRate), drawKey), field, shared);
  const labels = aggregateLabels(target.clean, annotators, aggregation, aggregateKey);
  return {
    labels,
    nominalRate: rate,
    annotators,
    annotatorRealism: {
      guide: guide.name,
      source: guide.source,
      strengths: { ...field, ...shared },
      wanted: guide.agreement,
      realized: annotatorAgreement(target.clean, annotators),
    },
    notes: [
      `the nominal rate is the mean of ${annotators.length} annotators, before aggregation by ${aggregation}`,
      `one annotator's concentration is ${dependenceOf(geometry, annotators[0]).concentration?.toFixed(3)}`,
      ...unmetGoals(calibration, goal),
    ],
  };
}

/** All annotators' matrices for the target's classes, by one and the same map: that of the first. */
function transferAll({ annotators }: AnnotatorGuide, target: CheckedTarget, transfer?: ClassTransfer): Matrix[] {
  const first = matrixFor(annotators[0], target, transfer);
  const names = first.classMap.flatMap((name, i) => (name === null ? [] : [[target.classNames[i], name] as const]));
  const same = first.method === "assignment" ? { table: Object.fromEntries(names) } : transfer;
  return annotators.map((annotator) => matrixFor(annotator, target, same).transition);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function drawShared(geometry: LabelGeometry, matrices: readonly Matrix[], key: Key): SharedNoise {
  const [difficultyKey, suggestionKey, neighborhoodKey, ownKey] = key.split(4);
  const sizes = geometry.members.map(({ length }) => length);
  const n = geometry.clean.length;
  return {
    difficulty: sampleNormal(difficultyKey, n),
    suggestion: sampleNormal(suggestionKey, n * geometry.classes),
    own: matrices.map((_, a) => drawFieldNoise(geometry, ownKey.fold(2 * a), neighborhoodKey)),
    quotas: matrices.map((matrix, a) => drawQuotas(matrix, sizes, ownKey.fold(2 * a + 1))),
  };
}

function drawAll(
  geometry: LabelGeometry,
  { difficulty, suggestion, own, quotas }: SharedNoise,
  field: FieldStrengths,
  shared: SharedStrengths,
): Int32Array[] {
  const { classes } = geometry;
  const offset = new Float32Array(suggestion.length);
  for (let n = 0, at = 0; n < difficulty.length; n++) {
    for (let j = 0; j < classes; j++, at++) {
      offset[at] = shared.suggestion * suggestion[at] + shared.difficulty * difficulty[n];
    }
  }
  return own.map((noise, a) => drawFlips(geometry, quotas[a], field, noise, offset));
}

/** The shared strengths that bring about the guide's lift and agreement, the mean over seeds. */
function calibrateShared(
  geometry: LabelGeometry,
  { agreement }: AnnotatorGuide,
  matrices: readonly Matrix[],
  field: FieldStrengths,
  { key, signal, observer }: Pick<RealisticAnnotatorsOptions, "signal" | "observer"> & { readonly key: Key },
): SharedStrengths {
  const drawings = Array.from({ length: seeds }, (_, s) => drawShared(geometry, matrices, key.fold(s)));
  const meanOf = (strengths: SharedStrengths, indicator: "bothWrongLift" | "sameWrongLabel") => {
    if (signal?.aborted === true)
      throw new OrreryError("cancelled", "realistic annotators: cancelled while calibrating");
    const values = drawings.map(
      (noise) => annotatorAgreement(geometry.clean, drawAll(geometry, noise, field, strengths))[indicator] ?? 0,
    );
    return mean(values);
  };
  let strengths: SharedStrengths = { difficulty: 0, suggestion: 0 };
  const report = (parameter: keyof SharedStrengths, found: Crossing, wanted: number) => {
    strengths = { ...strengths, [parameter]: found.x };
    observer?.({ kind: "calibration", parameter, strength: found.x, measured: found.value, wanted });
  };
  for (let round = 0; round < rounds; round++) {
    const same = agreement.sameWrongLabel ?? 0;
    const suggestion = (x: number) => meanOf({ ...strengths, suggestion: x }, "sameWrongLabel");
    report("suggestion", solveIncreasing(suggestion, same, search), same);
    const lift = agreement.bothWrongLift ?? 1;
    const difficulty = (x: number) => meanOf({ ...strengths, difficulty: x }, "bothWrongLift");
    report("difficulty", solveIncreasing(difficulty, lift, search), lift);
  }
  return strengths;
}
