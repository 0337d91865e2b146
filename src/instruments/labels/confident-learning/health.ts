import type { ConfidentJoint } from "./confident-joint.ts";
import { roundHalfEven } from "./rounding.ts";

/** How good the labels of one class are, by the calibrated joint. */
export interface ClassHealth {
  readonly class: number;
  /** Rows labelled so. */
  readonly labelled: number;
  /** Rows labelled so that are of another class. */
  readonly wrong: number;
  /** Rows of this class that are labelled otherwise. */
  readonly missed: number;
  /** P(y ≠ k | ỹ = k). */
  readonly labelNoise: number;
  /** P(ỹ ≠ k | y = k). */
  readonly inverseNoise: number;
  /** P(y = k | ỹ = k) = 1 − `labelNoise`. */
  readonly quality: number;
}

/** Two classes that are labelled for each other. */
export interface ClassOverlap {
  /** The class of the lower index, and the other. */
  readonly classes: readonly [number, number];
  /** Estimated rows of one class that are labelled as the other, both ways. */
  readonly rows: number;
  /** `rows` over all rows. */
  readonly share: number;
}

const least = 1e-6;

/** The quality of every class's labels, worst first; of equals the lower class first. */
export function classHealth({ classes, joint, labelCounts }: ConfidentJoint): ClassHealth[] {
  const total = labelCounts.reduce((a, b) => a + b, 0);
  const health = Array.from({ length: classes }, (_, k): ClassHealth => {
    let [given, truth] = [0, 0];
    for (let j = 0; j < classes; j++) {
      given += joint[k * classes + j];
      truth += joint[j * classes + k];
    }
    const both = joint[k * classes + k];
    const labelNoise = (given - both) / Math.max(given, least);
    return {
      ...{ class: k, labelled: labelCounts[k] },
      wrong: roundHalfEven((given - both) * total),
      missed: roundHalfEven((truth - both) * total),
      ...{ labelNoise, inverseNoise: (truth - both) / Math.max(truth, least), quality: 1 - labelNoise },
    };
  });
  return health.sort((a, b) => a.quality - b.quality || a.class - b.class);
}

/** All pairs of classes, the most mixed up first; pairs that share no row are left out. */
export function classOverlaps({ classes, joint, labelCounts }: ConfidentJoint): ClassOverlap[] {
  const total = labelCounts.reduce((a, b) => a + b, 0);
  const overlaps: ClassOverlap[] = [];
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++) {
      const share = joint[a * classes + b] + joint[b * classes + a];
      if (share > 0) overlaps.push({ classes: [a, b], rows: roundHalfEven(share * total), share });
    }
  }
  return overlaps.sort((a, b) => b.share - a.share || a.classes[0] - b.classes[0] || a.classes[1] - b.classes[1]);
}
