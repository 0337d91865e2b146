import type { Computed } from "../../engine/compile/compile.ts";
import { zerosArray } from "../../engine/ndarray.ts";
import { add, divide, maximum, multiply, square, subtract } from "../../engine/ops/arithmetic.ts";
import { sqrt } from "../../engine/ops/transcendental.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { scalarDType, zeroVectors } from "../partition.ts";
import { checkSettings, type Optimizer, scalarLike, updateParts } from "./optimizer.ts";

export interface AdamOptions {
  /** β₁ in [0, 1): how much of the mean of gradients is kept; default 0.9. */
  readonly beta1?: number;
  /** β₂ in [0, 1): how much of the mean of squared gradients is kept; default 0.999. */
  readonly beta2?: number;
  /** ε ≥ 0, added to the root; default 1e-8. */
  readonly epsilon?: number;
  /** λ ≥ 0. `adam` adds λθ to the gradient (default 0), `adamW` shrinks θ by ηλθ (default 0.01). */
  readonly weightDecay?: number;
  /** Divides by the largest mean of squares so far (Reddi et al. 2018); default false. */
  readonly amsgrad?: boolean;
}

/**
 * The moments are sums, not means: `first = m / (1 − β₁)` and `second = v / (1 − β₂)`, which saves two passes a step.
 * `filled1` and `filled2` are `1 − β₁ᵗ` and `1 − β₂ᵗ` after t steps: they count the steps and correct the bias.
 */
export type AdamState = {
  readonly first: readonly Tensor[];
  readonly second: readonly Tensor[];
  /** The largest `second` so far, with `amsgrad` only. */
  readonly largest?: readonly Tensor[];
  readonly filled1: Tensor;
  readonly filled2: Tensor;
};

interface AdamSettings extends Required<AdamOptions> {
  /** Weight decay apart from the gradient. */
  readonly isDecoupled: boolean;
}

/** `1 − βᵗ` from `1 − βᵗ⁻¹`, in the form whose rounding errors do not add up: its fixed point is exactly 1. */
function fill(filled: Tensor, beta: number): Tensor {
  return add(filled, multiply(subtract(1, filled), 1 - beta));
}

function initialState(settings: AdamSettings, ...[params]: Parameters<Optimizer<AdamState>["initialize"]>) {
  const filled = () => zerosArray([], scalarDType(params));
  const state: Computed<AdamState> = {
    first: zeroVectors(params),
    second: zeroVectors(params),
    ...(settings.amsgrad ? { largest: zeroVectors(params) } : {}),
    filled1: filled(),
    filled2: filled(),
  };
  return state;
}

function adamLike(where: string, settings: AdamSettings): Optimizer<AdamState> {
  const { beta1, beta2, epsilon, weightDecay, isDecoupled } = settings;
  checkSettings(where, {
    beta1: [beta1, "below one"],
    beta2: [beta2, "below one"],
    epsilon: [epsilon, "not negative"],
    weightDecay: [weightDecay, "not negative"],
  });
  return {
    initialize: (params) => initialState(settings, params),
    update(gradients, state, params, { learningRate }) {
      const [filled1, filled2] = [fill(state.filled1, beta1), fill(state.filled2, beta2)];
      // θ ← θ − η m̂ / (√v̂ + ε) with every scalar factor gathered in front: only what differs by element is left.
      const root = sqrt(divide(1 - beta2, filled2));
      const factor = divide(1 - beta1, multiply(filled1, root));
      const guard = divide(epsilon, root);
      const { moments, ...updated } = updateParts(gradients, params, ({ parameter, gradient, index }) => {
        const isInGradient = weightDecay > 0 && !isDecoupled;
        const g = isInGradient ? add(gradient, multiply(parameter, weightDecay)) : gradient;
        const rate = scalarLike(learningRate, parameter);
        const first = add(multiply(state.first[index], beta1), g);
        const second = add(multiply(state.second[index], beta2), square(g));
        const largest = state.largest === undefined ? second : maximum(state.largest[index], second);
        const ratio = divide(first, add(sqrt(largest), scalarLike(guard, parameter)));
        const kept =
          weightDecay > 0 && isDecoupled ? multiply(parameter, subtract(1, multiply(rate, weightDecay))) : parameter;
        const next = subtract(kept, multiply(ratio, multiply(rate, scalarLike(factor, parameter))));
        return { parameter: next, moments: { first, second, largest } };
      });
      const next: AdamState = {
        first: moments("first"),
        second: moments("second"),
        ...(state.largest === undefined ? {} : { largest: moments("largest") }),
        filled1,
        filled2,
      };
      return { ...updated, state: next };
    },
  };
}

const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, amsgrad: false };

/**
 * Adam (Kingma & Ba 2015), equal to PyTorch's: `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`,
 * `θ ← θ − η m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε)`.
 * Passes over the parameters: 10; weight decay takes 2 more, amsgrad 1.
 * @throws OrreryError `argument` when a setting is outside its range.
 */
export function adam(options: AdamOptions = {}): Optimizer<AdamState> {
  return adamLike("adam", { ...defaults, weightDecay: 0, ...options, isDecoupled: false });
}

/**
 * AdamW (Loshchilov & Hutter 2019), equal to PyTorch's: Adam's step on `(1 − ηλ)θ`.
 * Passes over the parameters: 11; amsgrad takes 1 more.
 * @throws OrreryError `argument` when a setting is outside its range.
 */
export function adamW(options: AdamOptions = {}): Optimizer<AdamState> {
  return adamLike("adamW", { ...defaults, weightDecay: 0.01, ...options, isDecoupled: true });
}
