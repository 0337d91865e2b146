import {
  add,
  divide,
  gradients,
  mean,
  multiply,
  NdArray,
  sigmoid,
  stopGradient,
  subtract,
  sum,
  type Tensor,
  tensor,
} from "../../../../engine/index.ts";
import { logDeterminant } from "../../../../math/log-determinant.ts";
import { forwardRows } from "../label-losses.ts";
import { defineMethod } from "../method.ts";
import { passes } from "../stage.ts";

function identity(classes: number): Float32Array {
  return Float32Array.from({ length: classes * classes }, (_, i) => (Math.floor(i / classes) === i % classes ? 1 : 0));
}

/** `T = normalizeRows(I + (1 − I) ⊙ σ(w))` `[k, k]`: a transition matrix in which the diagonal is the largest number of each row. */
export function transitionOf(w: Tensor): Tensor {
  const classes = w.shape[0];
  const eye = tensor(new NdArray(identity(classes), [classes, classes]));
  const raw = add(eye, multiply(subtract(1, eye), sigmoid(w)));
  return divide(raw, sum(raw, { axes: -1, keepDims: true }));
}

/** `transitionOf` in plain numbers. */
export function transitionValues(w: NdArray): NdArray<"float32"> {
  const [classes] = w.shape;
  const raw = Float64Array.from(w.data as Float32Array, (value, i) =>
    Math.floor(i / classes) === i % classes ? 1 : 1 / (1 + Math.exp(-value)),
  );
  const sums = Array.from({ length: classes }, (_, i) =>
    raw.subarray(i * classes, (i + 1) * classes).reduce((a, b) => a + b, 0),
  );
  return new NdArray(
    Float32Array.from(raw, (value, i) => value / sums[Math.floor(i / classes)]),
    w.shape,
  );
}

/**
 * `log |det T|` as an expression whose value and gradient `T⁻ᵀ` are computed outside the graph: the engine has no determinant, and a
 * hundred classes would unroll to a hundred eliminations.
 */
export function logVolume(
  transition: Tensor,
  { value, slope }: { readonly value: Tensor; readonly slope: Tensor },
): Tensor {
  const moved = sum(multiply(transition, stopGradient(slope)));
  return add(value, subtract(moved, stopGradient(moved)));
}

/** VolMinNet: the transition matrix is learned with the network, kept as tight around the noisy posteriors as it can be. */
export const volumeMinimization = defineMethod({
  name: "volminnet",
  title: "VolMinNet",
  family: "transition matrix",
  summary: "learns the transition matrix beside the network, with the smallest volume that explains the labels",
  source: "Li et al. 2021, https://arxiv.org/abs/2102.02400; λ and the beginning of w from its code",
  fields: {
    lambda: { kind: "number", description: "weight of log |det T|", min: 0 },
    initial: {
      kind: "number",
      description: "first value of w: σ(w) is how probable each wrong label seems",
      min: -20,
      max: 5,
    },
    rate: { kind: "number", description: "learning rate of w as a multiple of the network's", min: 0 },
  },
  defaults: ({ classes }) => ({ lambda: 1e-4, initial: classes >= 50 ? -4.5 : -2, rate: 10 }),
  phases: ({ lambda, initial, rate }, { epochs }) => [
    {
      name: "train",
      epochs,
      begin: (setup) => {
        const { classes } = setup;
        const w = new NdArray(new Float32Array(classes * classes).fill(initial), [classes, classes]);
        return passes(setup, {
          epochs,
          memory: { w },
          loss: ({ networks: [network], inputs, targets, memory, extras, learningRate }) => {
            const transition = transitionOf(memory.w);
            const volume = logVolume(transition, { value: extras.value, slope: extras.slope });
            const fit = mean(forwardRows(network(inputs), targets, transition));
            const loss = add(fit, multiply(volume, lambda));
            const moved = multiply(gradients(loss, memory.w), multiply(learningRate, rate));
            return { loss, memory: { w: subtract(memory.w, moved) } };
          },
          extras: (_, learner): Record<string, NdArray> => {
            const { value, inverse } = logDeterminant(transitionValues(learner.memory.w).data);
            const slope = Float32Array.from(
              inverse,
              (_number, i) => inverse[(i % classes) * classes + Math.floor(i / classes)],
            );
            return { value: new NdArray(Float32Array.of(value), []), slope: new NdArray(slope, [classes, classes]) };
          },
          finish: (learner) => ({ transition: transitionValues(learner.memory.w) }),
        });
      },
    },
  ],
});
