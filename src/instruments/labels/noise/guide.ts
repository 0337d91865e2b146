import { OrreryError } from "../../../errors.ts";
import { hintForName } from "../../../nearest-name.ts";
import type { Agreement } from "./agreement.ts";
import { cifar10Guides } from "./guides/cifar10n.ts";
import { cifar100Guides } from "./guides/cifar100n.ts";
import type { NoiseStatistics } from "./statistics.ts";
import { type Matrix, normalizeRows } from "./transition.ts";

/** What is known of a real noisy labelling, as numbers alone: what `realistic` noise is made after. */
export interface NoiseGuide {
  readonly name: string;
  /** Whose labels were measured, and their terms. */
  readonly source: string;
  readonly classNames: readonly string[];
  /** `[K][K]`: how many examples of true class i (row) carry label j (column). */
  readonly counts: Matrix;
  readonly transition: Matrix;
  readonly rate: number;
  /** Neighbours per example in `concentration`. */
  readonly k: number;
  /** Con_k over all flips; null where it was not measured. */
  readonly concentration: { readonly pooled: number | null } | null;
  /** Mean standardised margin of the flips; null where it was not measured. */
  readonly margin: { readonly pooled: number | null } | null;
  /** χ²/df of the flips over ten clusters in each class; null where it was not measured. */
  readonly clusterRatio: number | null;
}

/** Several annotators' labels of the same examples, and how they err together. */
export interface AnnotatorGuide {
  readonly name: string;
  readonly source: string;
  /** One guide for each annotator. */
  readonly annotators: readonly NoiseGuide[];
  readonly agreement: Agreement;
}

/** The guides as their files hold them: a row of counts is numbers in text. */
export interface StoredGuides {
  readonly source: string;
  readonly classNames: readonly string[];
  readonly agreement: Agreement | null;
  readonly labellings: Readonly<Record<string, StoredLabelling>>;
}

interface StoredLabelling {
  readonly counts: readonly string[];
  readonly concentration: number | null;
  readonly margin: number | null;
  readonly clusterRatio: number | null;
}

const neighborsPerExample = 10;

function guidesOf(prefix: string, stored: StoredGuides): NoiseGuide[] {
  return Object.entries(stored.labellings).map(([label, { counts: rows, concentration, margin, clusterRatio }]) => {
    const counts = rows.map((row) => row.split(" ").map(Number));
    return guideFromCounts({
      name: `${prefix}-${label}`,
      source: stored.source,
      classNames: stored.classNames,
      counts,
      k: neighborsPerExample,
      concentration: concentration === null ? null : { pooled: concentration },
      margin: margin === null ? null : { pooled: margin },
      clusterRatio,
    });
  });
}

function guideFromCounts(parts: Omit<NoiseGuide, "transition" | "rate">): NoiseGuide {
  const total = parts.counts.flat().reduce((sum, count) => sum + count, 0);
  const right = parts.counts.reduce((sum, row, i) => sum + row[i], 0);
  return { ...parts, transition: normalizeRows(parts.counts), rate: 1 - right / total };
}

const shipped = [...guidesOf("cifar10n", cifar10Guides), ...guidesOf("cifar100n", cifar100Guides)];

/** The names of the guides that the package ships. */
export const guideNames: readonly string[] = shipped.map(({ name }) => name);

/**
 * A guide by name: CIFAR-10N's `cifar10n-aggre`, `-rand1`, `-rand2`, `-rand3`, `-worst` (9 to 40 % wrong), and
 * `cifar100n-noisy` (40 %, without concentration and margin).
 * @throws OrreryError `not-found` with the nearest name.
 */
export function loadGuide(name: string): NoiseGuide {
  const found = shipped.find((guide) => guide.name === name);
  if (found !== undefined) return found;
  throw new OrreryError("not-found", `label noise: no guide "${name}"`, {
    hint: hintForName(name, guideNames, "The guides are"),
  });
}

/** CIFAR-10N's three annotators with how they err together. */
export function loadAnnotatorGuide(): AnnotatorGuide {
  return {
    name: "cifar10n-annotators",
    source: cifar10Guides.source,
    annotators: ["rand1", "rand2", "rand3"].map((label) => loadGuide(`cifar10n-${label}`)),
    agreement: cifar10Guides.agreement as Agreement,
  };
}

/** A guide of one's own: the statistics of a noisy labelling whose truth is known. */
export function guideFromStatistics(name: string, source: string, statistics: NoiseStatistics): NoiseGuide {
  const { classNames, counts, k, concentration, margin, clusterTest } = statistics;
  const clusterRatio = clusterTest?.ratio ?? null;
  return guideFromCounts({ name, source, classNames, counts, k, concentration, margin, clusterRatio });
}
