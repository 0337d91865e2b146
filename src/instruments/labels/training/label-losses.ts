import {
  add,
  clip,
  divide,
  exp,
  log,
  logSoftmax,
  matmul,
  maximum,
  mean,
  multiply,
  negate,
  softmax,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  type TensorLike,
} from "../../../engine/index.ts";

/*
 * Losses of single rows: logits `[b, k]` and targets `[b, k]` (the observed label as a row of one 1, or a soft label) to `[b]`.
 * p = softmax(z), e the target, y the observed label.
 */

const overClasses = { axes: -1 } as const;

/** Probabilities below this are not told apart from it where a logarithm or a quotient is taken. */
const smallest = 1e-7;

/** `−Σ_k e_k log p_k`. */
export function crossEntropyRows(logits: Tensor, targets: Tensor): Tensor {
  return negate(sum(multiply(targets, logSoftmax(logits)), overClasses));
}

/** `mean_k(−log p_k)`: the cross-entropy against every label alike. */
export function evenCrossEntropyRows(logits: Tensor): Tensor {
  return negate(mean(logSoftmax(logits), overClasses));
}

/** `−log(p + 1e-8)`: what is subtracted must not fall without end, as the authors of CORES² and the peer loss note in their code. */
function boundedSurprise(logits: Tensor): Tensor {
  return negate(log(add(softmax(logits), 1e-8)));
}

/** `Σ_k π_k (−log(p_k + 1e-8))` for a prior `[k]`. */
export function priorCrossEntropyRows(logits: Tensor, prior: Tensor): Tensor {
  return sum(multiply(boundedSurprise(logits), prior), overClasses);
}

/** `−log(p_y + 1e-8)`. */
export function boundedCrossEntropyRows(logits: Tensor, targets: Tensor): Tensor {
  return sum(multiply(boundedSurprise(logits), targets), overClasses);
}

/** Generalised label smoothing (Wei et al. 2022): `(1 − r) CE + r mean_k(−log p_k)`; r < 0 is negative smoothing. */
export function smoothedRows(logits: Tensor, targets: Tensor, rate: TensorLike): Tensor {
  const even = multiply(evenCrossEntropyRows(logits), rate);
  return add(multiply(crossEntropyRows(logits, targets), subtract(1, rate)), even);
}

/** The probability of the observed label, `p_y` `[b]`. */
export function observedProbability(logits: Tensor, targets: Tensor): Tensor {
  return sum(multiply(softmax(logits), targets), overClasses);
}

/** Mean absolute error (Ghosh et al. 2017): `2(1 − p_y)`. */
export function absoluteErrorRows(logits: Tensor, targets: Tensor): Tensor {
  return multiply(subtract(1, observedProbability(logits, targets)), 2);
}

/** Generalised cross-entropy (Zhang & Sabuncu 2018): `(1 − p_y^q) / q`, 0 < q ≤ 1. */
export function generalizedCrossEntropyRows(logits: Tensor, targets: Tensor, q: number): Tensor {
  const powered = exp(multiply(crossEntropyRows(logits, targets), -q));
  return divide(subtract(1, powered), q);
}

/** Reverse cross-entropy (Wang et al. 2019) with log 0 := −4: `4(1 − p_y)`. */
export function reverseCrossEntropyRows(logits: Tensor, targets: Tensor): Tensor {
  return multiply(subtract(1, observedProbability(logits, targets)), 4);
}

/** Normalised cross-entropy (Ma et al. 2020): `log p_y / Σ_k log p_k`. */
export function normalizedCrossEntropyRows(logits: Tensor, targets: Tensor): Tensor {
  const logProbabilities = logSoftmax(logits);
  return divide(sum(multiply(targets, logProbabilities), overClasses), sum(logProbabilities, overClasses));
}

/** Forward correction (Patrini et al. 2017): `−log (pᵀT)_y` for a transition matrix `[k, k]`, row = true class. */
export function forwardRows(logits: Tensor, targets: Tensor, transition: Tensor): Tensor {
  const observed = sum(multiply(matmul(softmax(logits), transition), targets), overClasses);
  return negate(log(clip(observed, smallest, 1)));
}

/**
 * The regulariser of ELR (Liu et al. 2020): `log(1 − ⟨t, p⟩)`, with p in [1e-4, 1 − 1e-4] as in the authors' code.
 * It is added with a positive weight: its gradient pushes ⟨t, p⟩ up. `memory` `[b, k]` is t, seen as a constant.
 */
export function earlyLearningRows(logits: Tensor, memory: Tensor): Tensor {
  const agreement = sum(multiply(stopGradient(memory), clip(softmax(logits), 1e-4, 1 - 1e-4)), overClasses);
  return log(subtract(1, agreement));
}

/** The next t of ELR: `β t + (1 − β) p / Σ p` with p clamped and seen as a constant. */
export function nextEarlyLearningMemory(memory: Tensor, probabilities: Tensor, beta: number): Tensor {
  const clamped = clip(probabilities, 1e-4, 1 - 1e-4);
  const normalized = divide(clamped, sum(clamped, { axes: -1, keepDims: true }));
  return stopGradient(add(multiply(memory, beta), multiply(normalized, 1 - beta)));
}

/** `Σ_k p_k (log p_k − log q_k)` of two networks' logits. */
export function divergenceRows(logits: Tensor, others: Tensor): Tensor {
  const difference = subtract(logSoftmax(logits), logSoftmax(others));
  return sum(multiply(softmax(logits), difference), overClasses);
}

/** `Σ_k π_k log(π_k / mean p_k)` with the even prior π: the penalty on predicting few classes (Tanaka et al. 2018), a scalar. */
export function balancePenalty(probabilities: Tensor): Tensor {
  const classes = probabilities.shape[probabilities.rank - 1];
  const average = clip(mean(probabilities, { axes: 0 }), smallest, 1);
  return negate(add(mean(log(average)), Math.log(classes)));
}

/** `Σ_k p_k log p_k`, averaged: the negative entropy. */
export function negativeEntropy(logits: Tensor): Tensor {
  return mean(sum(multiply(softmax(logits), logSoftmax(logits)), overClasses));
}

/** The mean of losses `[b]` over the rows by their weights `[b]`; 0 when all weights are. */
export function weightedMean(losses: Tensor, weights: Tensor): Tensor {
  return divide(sum(multiply(losses, weights)), maximum(sum(weights), smallest));
}
