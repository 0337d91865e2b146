import { areaUnderMargin } from "./area-under-margin.ts";
import { meanAbsoluteErrorMethod, normalizedCrossEntropy } from "./bounded-losses.ts";
import { coTeaching, coTeachingPlus } from "./co-teaching.ts";
import { confidenceRegularized } from "./confidence-regularized.ts";
import { confidentLearning } from "./confident-learning.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { divideMix } from "./divide-mix.ts";
import { earlyLearning } from "./early-learning.ts";
import { earlyLearningPlus } from "./early-learning-plus.ts";
import { forwardCorrection } from "./forward-correction.ts";
import { generalizedCrossEntropy } from "./generalized-cross-entropy.ts";
import { jointTraining } from "./joint-training.ts";
import { labelCorrection } from "./label-correction.ts";
import { labelSmoothing } from "./label-smoothing.ts";
import { metaWeightNet } from "./meta-weight-net.ts";
import { mixup } from "./mixup.ts";
import { overParameterization } from "./over-parameterization.ts";
import { peerLoss } from "./peer-loss.ts";
import { symmetricCrossEntropy } from "./symmetric-cross-entropy.ts";
import { transitionRevision } from "./transition-revision.ts";
import { volumeMinimization } from "./volume-minimization.ts";

/** Every method by its name. */
export const methods = {
  "cross-entropy": crossEntropy,
  "label-smoothing": labelSmoothing,
  mixup,
  forward: forwardCorrection,
  "t-revision": transitionRevision,
  volminnet: volumeMinimization,
  gce: generalizedCrossEntropy,
  sce: symmetricCrossEntropy,
  mae: meanAbsoluteErrorMethod,
  "nce-rce": normalizedCrossEntropy,
  "peer-loss": peerLoss,
  cores: confidenceRegularized,
  elr: earlyLearning,
  sop: overParameterization,
  pencil: labelCorrection,
  "co-teaching": coTeaching,
  "co-teaching-plus": coTeachingPlus,
  jocor: jointTraining,
  "confident-learning": confidentLearning,
  aum: areaUnderMargin,
  "meta-weight-net": metaWeightNet,
  "elr-plus": earlyLearningPlus,
  dividemix: divideMix,
} as const;

/** The name of a method. */
export type MethodName = keyof typeof methods;
