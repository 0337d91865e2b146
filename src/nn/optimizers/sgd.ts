import { NdArray } from "../../engine/ndarray.ts";
import { add, multiply, subtract } from "../../engine/ops/arithmetic.ts";
import { cast } from "../../engine/ops/comparison.ts";
import { type Tensor, tensor } from "../../engine/tensor.ts";
import { OrreryError } from "../../errors.ts";
import { zeroVectors } from "../partition.ts";
import { checkSettings, type Optimizer, scalarLike, updateParts } from "./optimizer.ts";

export interface SgdOptions {
  /** μ in [0, 1): how much of the last velocity is kept; default 0. */
  readonly momentum?: number;
  /** τ in [0, 1): how much less of each gradient but the first enters the velocity; default 0. */
  readonly dampening?: number;
  /** Looks ahead along the velocity (Sutskever et al. 2013); needs momentum and no dampening. */
  readonly nesterov?: boolean;
  /** λ ≥ 0: adds λθ to the gradient; default 0. */
  readonly weightDecay?: number;
}

/** `velocity` is empty without momentum; `started`, 0 before the first step and 1 after, exists with dampening only. */
export type SgdState = { readonly velocity: readonly Tensor[]; readonly started?: Tensor };

/**
 * Stochastic gradient descent with momentum, equal to PyTorch's:
 * `v ← μv + (1 − τ)g` (`v ← g` at first), `θ ← θ − ηv`, and with Nesterov's `θ ← θ − η(g + μv)`.
 * Passes over the parameters: 2 plain, 4 with momentum, 6 with Nesterov's; weight decay takes 2 more, dampening 1.
 * @throws OrreryError `argument` when a setting is outside its range.
 */
export function sgd(options: SgdOptions = {}): Optimizer<SgdState> {
  const { momentum = 0, dampening = 0, nesterov = false, weightDecay = 0 } = options;
  checkSettings("sgd", {
    momentum: [momentum, "below one"],
    dampening: [dampening, "below one"],
    weightDecay: [weightDecay, "not negative"],
  });
  if (nesterov && (momentum === 0 || dampening !== 0)) {
    throw new OrreryError(
      "argument",
      `sgd: nesterov needs momentum above 0 and no dampening; got momentum ${momentum}, dampening ${dampening}`,
    );
  }
  const isDamped = momentum > 0 && dampening > 0;
  return {
    initialize: (params) => ({
      velocity: momentum === 0 ? [] : zeroVectors(params),
      ...(isDamped ? { started: new NdArray(Float32Array.of(0), []) } : {}),
    }),
    update(gradients, state, params, { learningRate }) {
      const { moments, ...updated } = updateParts(gradients, params, ({ parameter, gradient, index }) => {
        const g = weightDecay === 0 ? gradient : add(gradient, multiply(parameter, weightDecay));
        const rate = scalarLike(learningRate, parameter);
        if (momentum === 0) return { parameter: subtract(parameter, multiply(g, rate)), moments: { velocity: g } };
        const entering =
          state.started === undefined
            ? g
            : multiply(g, subtract(1, multiply(cast(state.started, parameter.dtype), dampening)));
        const velocity = add(multiply(state.velocity[index], momentum), entering);
        const direction = nesterov ? add(g, multiply(velocity, momentum)) : velocity;
        return { parameter: subtract(parameter, multiply(direction, rate)), moments: { velocity } };
      });
      const next = {
        velocity: momentum === 0 ? [] : moments("velocity"),
        ...(state.started === undefined ? {} : { started: tensor(1) }),
      };
      return { ...updated, state: next };
    },
  };
}
