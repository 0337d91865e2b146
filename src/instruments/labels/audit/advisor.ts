import type { MethodName, NoiseBelief } from "../training/index.ts";
import type { FlipDependence } from "./flip-dependence.ts";
import type { Interval } from "./interval.ts";
import type { NoiseShape } from "./noise-shape.ts";

/** What the noise looks like: hardly any; any other class alike; one other class; confusable classes; not to be told. */
export type NoiseKind = "clean" | "symmetric" | "pair" | "human" | "unknown";

/** How to train on these labels, and why. */
export interface Advice {
  readonly kind: NoiseKind;
  /** `clear` where all signs agree, `likely` where some are missing, `unsure` where they contradict or the model errs too often to tell. */
  readonly certainty: "clear" | "likely" | "unsure";
  readonly method: MethodName;
  /** What the method should believe of the noise. */
  readonly noise: NoiseBelief;
  readonly alternatives: readonly { readonly method: MethodName; readonly why: string }[];
  /** Sentences with the measured numbers that led here. */
  readonly reasons: readonly string[];
  /** What the numbers cannot tell. */
  readonly cautions: readonly string[];
}

/** The measured numbers that an advice stands on. */
export interface AdviceEvidence {
  readonly classes: number;
  readonly rows: number;
  /** From the confident joint. */
  readonly noiseRate: Interval;
  /** From higher-order consensus, where rows can be compared. */
  readonly consensusRate?: Interval;
  readonly shape: { readonly [N in keyof NoiseShape]: Interval };
  /** See `separability`. */
  readonly separability?: number;
  readonly dependence?: FlipDependence;
  /** The part of the rows whose likeliest class is another than the label. */
  readonly disagreement: number;
  readonly annotators?: number;
}

/** What training methods reached on noise of a kind. */
export interface MeasuredTraining {
  /** What it was measured on, and its name in the bench's table. */
  readonly data: string;
  readonly setting: string;
  /** Test accuracy of the last epoch in per cent, a mean over seeds, by the method's name in the bench's table. */
  readonly accuracy: Readonly<Record<string, number>>;
}

/** What the advice is founded on: `npm run bench -- labels methods`. A test holds these to the kept measurements. */
export const measuredTraining: Readonly<Record<"symmetric" | "pair" | "human", MeasuredTraining>> = {
  symmetric: {
    data: "USPS digits with 40 % symmetric noise",
    setting: "USPS symmetric 40 %",
    accuracy: { dividemix: 93.0, elr: 92.1, gce: 90.7, "cross-entropy": 73.5 },
  },
  pair: {
    data: "USPS digits with 40 % pair noise",
    setting: "USPS pair 40 %",
    accuracy: { forward: 92.5, dividemix: 87.7, elr: 84.1, "cross-entropy": 61.4 },
  },
  human: {
    data: "CIFAR-10N's worst labels with fixed features",
    setting: "CIFAR-10N worst",
    accuracy: { dividemix: 63.4, elr: 61.8, gce: 60.5, "cross-entropy": 54.6 },
  },
};

const spoken: Readonly<Record<string, string>> = {
  ...{ dividemix: "DivideMix", elr: "ELR", gce: "GCE", "cross-entropy": "plain training" },
  forward: "Forward with the true matrix",
};

function measured(kind: keyof typeof measuredTraining): string {
  const { data, accuracy } = measuredTraining[kind];
  const list = Object.entries(accuracy).map(([method, percents]) => `${spoken[method]} ${percents.toFixed(1)}`);
  return `Measured on ${data}: ${list.join(", ")} % right.`;
}

const hardlyAny = 0.03;
const separable = 0.9;
const inseparable = 0.75;

const percent = (part: number, digits = 0) => `${(100 * part).toFixed(digits)} %`;

/** The rate to believe: the lower estimate, as a model's own errors only ever add to one. */
function believedRate({ noiseRate, consensusRate }: AdviceEvidence): number {
  return Math.min(noiseRate.estimate, consensusRate?.estimate ?? 1);
}

function kindOf(evidence: AdviceEvidence): NoiseKind {
  const { classes, noiseRate, consensusRate, shape, separability } = evidence;
  if (Math.min(noiseRate.high, consensusRate?.high ?? 1) < 2 * hardlyAny && believedRate(evidence) < hardlyAny)
    return "clean";
  if ((separability ?? 1) < inseparable) return "unknown";
  if (classes === 2) return "symmetric";
  if (shape.spread.high < 0.5 && shape.favourite.estimate > 0.6) return "pair";
  if (shape.spread.estimate > 0.93) return "symmetric";
  return "human";
}

function certaintyOf(evidence: AdviceEvidence, kind: NoiseKind): Advice["certainty"] {
  const { noiseRate, consensusRate, separability, classes, rows } = evidence;
  if (kind === "unknown") return "unsure";
  if (separability === undefined) return "likely";
  const gap = Math.abs(noiseRate.estimate - (consensusRate?.estimate ?? noiseRate.estimate));
  if (gap > Math.max(0.08, 0.4 * noiseRate.estimate) || rows < 20 * classes) return "unsure";
  const isLow = believedRate(evidence) < 0.06 && kind !== "clean";
  return separability >= separable && gap < 0.05 && !isLow ? "clear" : "likely";
}

function reasonsOf(evidence: AdviceEvidence, kind: NoiseKind): string[] {
  const { noiseRate, consensusRate, shape, separability, dependence, disagreement, classes } = evidence;
  const range = ({ estimate, low, high }: Interval) =>
    `${percent(estimate, 1)} (${percent(low, 1)} to ${percent(high, 1)})`;
  const rates = [`the confident joint says that ${range(noiseRate)} of the labels are wrong`];
  if (consensusRate !== undefined) rates.push(`neighbours' labels, without any model, say ${range(consensusRate)}`);
  const reasons = [`${rates.join("; ")}; the model prefers another class in ${percent(disagreement, 1)} of the rows.`];
  if (kind !== "clean" && classes > 2) {
    const even = 1 / (classes - 1);
    reasons.push(
      `wrong labels of a class spread over the others with an evenness of ${shape.spread.estimate.toFixed(2)} (1 is symmetric, 0 is pair noise); the commonest takes ${percent(shape.favourite.estimate)} of them, ${percent(even)} if all were alike.`,
    );
  }
  if (separability !== undefined) {
    reasons.push(
      `in ${percent(separability)} of the rows most neighbours are of the same class once suspects are corrected: ${separability >= separable ? "the classes lie apart, so that a disagreeing model is a good witness" : "the classes overlap, so that the model itself errs"}.`,
    );
  }
  if (dependence !== undefined && (separability ?? 0) >= separable) {
    reasons.push(
      isDependent(evidence)
        ? `suspects cluster ${dependence.lift.toFixed(2)} times as much as noise by class alone would (${dependence.zScore.toFixed(1)} standard deviations): the noise depends on the examples.`
        : `suspects cluster ${dependence.lift.toFixed(2)} times as much as noise by class alone would: no sign that it depends on more than the class.`,
    );
  }
  return reasons.map((reason) => reason[0].toUpperCase() + reason.slice(1));
}

/** Whether the noise depends on more than the class, beyond doubt. */
function isDependent({ dependence, separability }: AdviceEvidence): boolean {
  return dependence !== undefined && (separability ?? 0) >= separable && dependence.lift > 1.3 && dependence.zScore > 4;
}

function cautionsOf(evidence: AdviceEvidence, kind: NoiseKind): string[] {
  const { separability, consensusRate, noiseRate, rows, classes, annotators } = evidence;
  const cautions: string[] = [];
  if (separability === undefined) {
    cautions.push(
      "Without inputs the rows cannot be compared: if the probabilities are of a weak model, or of one that was trained on these rows, the rate is not to be trusted.",
    );
  } else if (separability < separable) {
    cautions.push(
      `Where classes overlap, a model's own errors look like wrong labels: take ${percent(believedRate(evidence))} as an upper bound of the noise, and look at the suspects before removing any.`,
    );
  }
  if (consensusRate !== undefined && Math.abs(consensusRate.estimate - noiseRate.estimate) > 0.08) {
    cautions.push("The two estimates of the rate differ: one of their assumptions does not hold here.");
  }
  if (rows < 20 * classes)
    cautions.push(`${rows} rows for ${classes} classes are few: estimates for single classes are rough.`);
  if (kind !== "clean" && believedRate(evidence) < 0.06) cautions.push("So little noise says little about its kind.");
  if (annotators === undefined && kind === "human") {
    cautions.push("Several labels for the surest suspects would tell ambiguous examples from mistakes.");
  }
  return cautions;
}

/** The method with alternatives, from the kind and rate of the noise. */
function choose(
  evidence: AdviceEvidence,
  kind: NoiseKind,
): Pick<Advice, "method" | "alternatives"> & { readonly why: string } {
  const rate = believedRate(evidence);
  const elr = { method: "elr", why: "one network, about a fifth of DivideMix's time" } as const;
  const mix = {
    method: "dividemix",
    why: "two networks and the longest training, the most accurate at high rates",
  } as const;
  const forward = { method: "forward", why: "with this audit's transition matrix, where you trust it" } as const;
  const prune = {
    method: "confident-learning",
    why: "plain training without the suspects: the simplest to explain",
  } as const;
  const gce = { method: "gce", why: "one loss, nothing else to choose" } as const;
  if (kind === "clean") {
    return {
      method: "cross-entropy",
      alternatives: [prune],
      why: "With so few wrong labels, plain training on corrected labels is as good as any method.",
    };
  }
  if (kind === "pair") return { method: "dividemix", alternatives: [forward, elr], why: measured("pair") };
  if (kind === "symmetric") {
    const [method, other] = rate >= 0.35 ? (["dividemix", elr] as const) : (["elr", mix] as const);
    return { method, alternatives: [other, gce], why: measured("symmetric") };
  }
  if (kind === "human") {
    return {
      method: isDependent(evidence) ? "dividemix" : "elr",
      alternatives: isDependent(evidence) ? [elr, gce] : [gce, mix],
      why: measured("human"),
    };
  }
  return {
    method: "gce",
    alternatives: [elr, prune],
    why: `No method that trusts a rate or a matrix is safe here; GCE needs neither. ${measured("human")}`,
  };
}

/** Names the training method for the noise that was measured, and says why; where the numbers do not decide, it says so. */
export function advise(evidence: AdviceEvidence): Advice {
  const kind = kindOf(evidence);
  const { method, alternatives, why } = choose(evidence, kind);
  const believed = { symmetric: "symmetric", pair: "pair", human: "human", clean: "human", unknown: "human" } as const;
  return {
    ...{ kind, certainty: certaintyOf(evidence, kind), method, alternatives },
    noise: { rate: Math.min(Math.max(believedRate(evidence), 0.01), 0.8), kind: believed[kind] },
    reasons: [...reasonsOf(evidence, kind), why],
    cautions: cautionsOf(evidence, kind),
  };
}
