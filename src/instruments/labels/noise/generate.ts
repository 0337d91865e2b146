import { takeRows } from "../../../data/index.ts";
import type { Key, NdArray } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import { type AnnotatorsOptions, annotatorNoise } from "./annotators.ts";
import { checkLabels } from "./check.ts";
import { type ClusterOptions, clusterNoise } from "./cluster-noise.ts";
import { type FlipTable, type FlipTableName, resolveFlips } from "./flip-tables.ts";
import { type InstanceDependentOptions, instanceDependentNoise } from "./instance-dependent.ts";
import { type LabelFileOptions, readLabelFile } from "./label-file.ts";
import {
  type CheckedTarget,
  checkTarget,
  type Drawn,
  measure,
  type NoiseTarget,
  type NoisyLabels,
} from "./labelling.ts";
import { type ImbalanceOptions, imbalancedRows, type OpenSetOptions, openSetNoise } from "./open-set.ts";
import { type MarginType, polynomialMarginNoise, teacherNoise } from "./posterior-noise.ts";
import { type RealisticOptions, realisticNoise } from "./realistic.ts";
import { type RealisticAnnotatorsOptions, realisticAnnotators } from "./realistic-annotators.ts";
import {
  checkTransition,
  drawFromTransition,
  flipTransition,
  type Matrix,
  pairTransition,
  randomTransition,
  symmetricTransition,
} from "./transition.ts";

/** Every kind of label noise, each with its settings; see the function that makes it for what they mean. */
export type NoiseSpec =
  | { readonly kind: "clean" }
  | { readonly kind: "symmetric"; readonly rate: number; readonly inclusive?: boolean }
  | { readonly kind: "pair"; readonly rate: number }
  | { readonly kind: "asymmetric"; readonly rate: number; readonly table: FlipTableName | FlipTable }
  | { readonly kind: "class-conditional"; readonly matrix: Matrix }
  | { readonly kind: "random-matrix"; readonly rate: number; readonly concentration?: number }
  | ({ readonly kind: "instance-dependent" } & InstanceDependentOptions)
  | {
      readonly kind: "polynomial-margin";
      readonly rate: number;
      readonly type: MarginType;
      readonly posterior: NdArray;
    }
  | { readonly kind: "teacher"; readonly rate: number; readonly probabilities: NdArray }
  | ({ readonly kind: "cluster" } & ClusterOptions)
  | ({ readonly kind: "annotators" } & AnnotatorsOptions)
  | ({ readonly kind: "open-set"; readonly base?: NoiseSpec } & OpenSetOptions)
  | ({ readonly kind: "imbalanced"; readonly base: NoiseSpec } & ImbalanceOptions)
  | ({ readonly kind: "file"; readonly path: string } & LabelFileOptions)
  | ({ readonly kind: "realistic" } & RealisticOptions)
  | ({ readonly kind: "realistic-annotators" } & RealisticAnnotatorsOptions);

/** The kinds of noise by name. */
export const noiseKinds = [
  "clean",
  "symmetric",
  "pair",
  "asymmetric",
  "class-conditional",
  "random-matrix",
  "instance-dependent",
  "polynomial-margin",
  "teacher",
  "cluster",
  "annotators",
  "open-set",
  "imbalanced",
  "file",
  "realistic",
  "realistic-annotators",
] as const satisfies readonly NoiseSpec["kind"][];

function drawnFrom(target: CheckedTarget, rate: number | null, matrix: Matrix, key: Key): Drawn {
  return { labels: drawFromTransition(target.clean, matrix, key), nominalRate: rate, matrix };
}

function drawFromMatrixOf(target: CheckedTarget, matrix: Matrix, key: Key): Drawn {
  checkTransition("class-conditional noise", matrix, target.classes);
  const rate = target.clean.reduce((sum, y) => sum + 1 - matrix[y][y], 0) / target.clean.length;
  return drawnFrom(target, rate, matrix, key);
}

async function labelsFromFile(target: CheckedTarget, path: string, options: LabelFileOptions): Promise<Drawn> {
  const labels = await readLabelFile(path, { classNames: target.classNames, ...options });
  if (labels.length !== target.clean.length) {
    throw new OrreryError("shape", `${path}: expected ${target.clean.length} labels; got ${labels.length}`);
  }
  checkLabels(path, labels, target.classes);
  return { labels, nominalRate: null };
}

/** Noise on the rows that stay when the classes are made unequal. */
async function imbalanced(target: CheckedTarget, spec: Extract<NoiseSpec, { kind: "imbalanced" }>, key: Key) {
  const [rowKey, baseKey] = key.split(2);
  const rows = imbalancedRows(target, spec, rowKey);
  if (spec.base.kind !== "clean" && needsRows(spec.base)) {
    throw new OrreryError(
      "argument",
      `imbalance: noise of kind "${spec.base.kind}" cannot be put on a part of the rows`,
      {
        hint: 'Take the rows first (base: { kind: "clean" }), then generate the noise for them.',
      },
    );
  }
  const clean = Int32Array.from(rows, (row) => target.clean[row]);
  const features = target.features && takeRows(target.features, rows);
  const drawn = await draw({ ...target, clean, features }, spec.base, baseKey);
  return { ...drawn, rows };
}

/** Whether a kind brings arrays with a row for every example of the target. */
function needsRows(spec: NoiseSpec): boolean {
  const kinds: readonly NoiseSpec["kind"][] = ["polynomial-margin", "teacher", "file", "open-set", "imbalanced"];
  return kinds.includes(spec.kind) || (spec.kind === "cluster" && spec.embedding !== undefined);
}

async function draw(target: CheckedTarget, spec: NoiseSpec, key: Key): Promise<Drawn> {
  const { classes } = target;
  switch (spec.kind) {
    case "clean":
      return { labels: Int32Array.from(target.clean), nominalRate: 0 };
    case "symmetric":
      return drawnFrom(target, spec.rate, symmetricTransition(classes, spec.rate, spec.inclusive), key);
    case "pair":
      return drawnFrom(target, spec.rate, pairTransition(classes, spec.rate), key);
    case "asymmetric": {
      const flips = resolveFlips(spec.table, target.classNames);
      return drawnFrom(target, spec.rate, flipTransition(classes, spec.rate, flips), key);
    }
    case "class-conditional":
      return drawFromMatrixOf(target, spec.matrix, key);
    case "random-matrix": {
      const [matrixKey, labelKey] = key.split(2);
      const matrix = randomTransition(classes, spec.rate, spec.concentration ?? 1, matrixKey);
      return drawnFrom(target, spec.rate, matrix, labelKey);
    }
    case "instance-dependent":
      return instanceDependentNoise(target, spec, key);
    case "polynomial-margin":
      return polynomialMarginNoise(target, spec, key);
    case "teacher":
      return teacherNoise(target, spec);
    case "cluster":
      return clusterNoise(target, spec, key);
    case "annotators":
      return annotatorNoise(target, spec, key);
    case "open-set": {
      const [baseKey, openKey] = key.split(2);
      return openSetNoise(target, spec, await draw(target, spec.base ?? { kind: "clean" }, baseKey), openKey);
    }
    case "imbalanced":
      return imbalanced(target, spec, key);
    case "file":
      return labelsFromFile(target, spec.path, spec);
    case "realistic":
      return realisticNoise(target, spec, key);
    case "realistic-annotators":
      return realisticAnnotators(target, spec, key);
    default:
      throw unknownKind((spec as { readonly kind: unknown }).kind);
  }
}

function unknownKind(kind: unknown): OrreryError {
  return new OrreryError("not-found", `label noise: no kind "${String(kind)}"`, {
    hint: hintForName(String(kind), noiseKinds, "The kinds are"),
  });
}

/**
 * Puts label noise of any kind on a target, e.g. `generateNoise({ kind: "symmetric", rate: 0.4 }, target, key(1))`. The same
 * key gives the same labels on every machine. The result tells nominal and realised rates, for they differ.
 * @throws OrreryError `argument`, `shape`, `not-found`, `format` for a target or settings that do not fit.
 */
export async function generateNoise(spec: NoiseSpec, target: NoiseTarget, key: Key): Promise<NoisyLabels> {
  const checked = checkTarget(target);
  return measure(spec.kind, checked, await draw(checked, spec, key));
}
