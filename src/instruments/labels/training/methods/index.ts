import { crossEntropy } from "./cross-entropy.ts";
import { earlyLearning } from "./early-learning.ts";
import { generalizedCrossEntropy } from "./generalized-cross-entropy.ts";

/** Every method by its name. */
export const methods = {
  "cross-entropy": crossEntropy,
  gce: generalizedCrossEntropy,
  elr: earlyLearning,
} as const;

/** The name of a method. */
export type MethodName = keyof typeof methods;
