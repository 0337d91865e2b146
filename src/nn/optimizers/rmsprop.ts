import { add, divide, maximum, multiply, square, subtract } from "../../engine/ops/arithmetic.ts";
import { sqrt } from "../../engine/ops/transcendental.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { zeroVectors } from "../partition.ts";
import { checkSettings, type Optimizer, scalarLike, updateParts } from "./optimizer.ts";

export interface RmspropOptions {
  /** α in [0, 1): how much of the mean of squared gradients is kept; default 0.99. */
  readonly decay?: number;
  /** ε ≥ 0, added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** μ in [0, 1): how much of the last velocity is kept; default 0. */
  readonly momentum?: number;
  /** Divides by the standard deviation instead of the root of the mean square; default false. */
  readonly centered?: boolean;
  /** λ ≥ 0: adds λθ to the gradient; default 0. */
  readonly weightDecay?: number;
}

/** Sums, not means: `second` is the mean of squares and `first` the mean of gradients, both divided by 1 − α. */
export type RmspropState = {
  readonly second: readonly Tensor[];
  /** Empty unless centred. */
  readonly first: readonly Tensor[];
  /** Empty without momentum. */
  readonly velocity: readonly Tensor[];
};

/**
 * RMSprop (Hinton 2012), equal to PyTorch's: `v ← αv + (1 − α)g²`, `u = g / (√v + ε)`, `b ← μb + u`, `θ ← θ − ηb`;
 * centred, `√(v − m²)` with `m ← αm + (1 − α)g`.
 * Passes over the parameters: 8; momentum takes 2 more, centring 6, weight decay 2.
 * @throws OrreryError `argument` when a setting is outside its range.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer<RmspropState> {
  const { decay = 0.99, epsilon = 1e-8, momentum = 0, centered = false, weightDecay = 0 } = options;
  checkSettings("rmsprop", {
    decay: [decay, "below one"],
    epsilon: [epsilon, "not negative"],
    momentum: [momentum, "below one"],
    weightDecay: [weightDecay, "not negative"],
  });
  const root = Math.sqrt(1 - decay);
  return {
    initialize: (params) => ({
      second: zeroVectors(params),
      first: centered ? zeroVectors(params) : [],
      velocity: momentum > 0 ? zeroVectors(params) : [],
    }),
    update(gradients, state, params, { learningRate }) {
      const { moments, ...updated } = updateParts(gradients, params, ({ parameter, gradient, index }) => {
        const g = weightDecay === 0 ? gradient : add(gradient, multiply(parameter, weightDecay));
        const rate = scalarLike(learningRate, parameter);
        const second = add(multiply(state.second[index], decay), square(g));
        const first = centered ? add(multiply(state.first[index], decay), g) : g;
        // Rounding may bring a variance of zero below it.
        const spread = centered ? maximum(subtract(second, multiply(square(first), 1 - decay)), 0) : second;
        // The root of 1 − α is left out of the divisor and brought in with the step size.
        const step = divide(g, add(sqrt(spread), epsilon / root));
        const scaled = (x: Tensor) => multiply(x, multiply(rate, 1 / root));
        if (momentum === 0) {
          return { parameter: subtract(parameter, scaled(step)), moments: { second, first, velocity: step } };
        }
        const velocity = add(multiply(state.velocity[index], momentum), step);
        return { parameter: subtract(parameter, scaled(velocity)), moments: { second, first, velocity } };
      });
      const next: RmspropState = {
        second: moments("second"),
        first: centered ? moments("first") : [],
        velocity: momentum > 0 ? moments("velocity") : [],
      };
      return { ...updated, state: next };
    },
  };
}
