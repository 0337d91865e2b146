/** How wrong labels spread, over all true classes by their share of the wrong labels. */
export interface NoiseShape {
  /** The entropy of the wrong labels of a class over that of K − 1 equal ones: 1 for symmetric noise, 0 for pair noise; 1 for two classes. */
  readonly spread: number;
  /** The part of a class's wrong labels that is its commonest one: 1/(K − 1) for symmetric noise, 1 for pair noise. */
  readonly favourite: number;
}

/** The shape of the noise in a transition matrix `[K, K]` (row = true class, flat) with the classes' shares `[K]`. */
export function noiseShape(transition: ArrayLike<number>, prior: ArrayLike<number>): NoiseShape {
  const classes = prior.length;
  let [total, spread, favourite] = [0, 0, 0];
  for (let i = 0; i < classes; i++) {
    const wrong = 1 - transition[i * classes + i];
    const mass = prior[i] * wrong;
    if (!(mass > 1e-12)) continue;
    let [entropy, most] = [0, 0];
    for (let j = 0; j < classes; j++) {
      const part = i === j ? 0 : transition[i * classes + j] / wrong;
      if (part > 0) entropy -= part * Math.log(part);
      most = Math.max(most, part);
    }
    total += mass;
    spread += mass * (classes > 2 ? entropy / Math.log(classes - 1) : 1);
    favourite += mass * most;
  }
  return total > 0 ? { spread: spread / total, favourite: favourite / total } : { spread: 1, favourite: 0 };
}
