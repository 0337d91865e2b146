import {
  add,
  broadcastTo,
  type Computed,
  formatShape,
  type Key,
  matmul,
  multiply,
  scan,
  sigmoid,
  split,
  subtract,
  Tensor,
  tanh,
  tensor,
  transpose,
} from "../../engine/index.ts";
import { OrreryError } from "../../errors.ts";
import { checkSizes } from "../check-sizes.ts";
import type { Initializer } from "../initializer.ts";
import { uniform } from "../initializers.ts";
import { type Layer, type Nothing, stateless } from "../layer.ts";
import { affine } from "./dense.ts";

/** The names of PyTorch's `GRU` and `LSTM` of one layer; `ih` acts on the input, `hh` on the hidden state, gates stacked by rows. */
export type RecurrentParams = {
  readonly weight_ih_l0: Tensor;
  readonly weight_hh_l0: Tensor;
  readonly bias_ih_l0: Tensor;
  readonly bias_hh_l0: Tensor;
};

/** A sequence `[batch, steps, inputs]` with the state before its first step; zeros where a layer gets the sequence alone. */
export interface RecurrentInput<H> {
  readonly sequence: Tensor;
  readonly initial: H;
}

/** The hidden state after every step, `[batch, steps, width]`, and the state after the last one. */
export interface RecurrentOutput<H> {
  readonly outputs: Tensor;
  readonly last: H;
}

/** The state of an LSTM, both `[batch, width]`. */
export type LstmState = { readonly hidden: Tensor; readonly cell: Tensor };

export interface RecurrentOptions {
  /** Whether the sequence is read from its end; the outputs keep its order. */
  readonly reverse?: boolean;
  /** Of weights and biases; uniform within `1/√width` when left out, as in PyTorch. */
  readonly initialize?: Initializer;
}

/** A recurrent layer whose state between steps is `H`. */
export type Recurrent<H> = Layer<RecurrentParams, Nothing, Tensor | RecurrentInput<H>, RecurrentOutput<H>>;

function initializeGates(
  key: Key,
  rows: number,
  [inputs, width]: readonly [number, number],
  initialize: Initializer,
): Computed<RecurrentParams> {
  const keys = key.split(4);
  return {
    weight_ih_l0: initialize(keys[0], [rows, inputs]),
    weight_hh_l0: initialize(keys[1], [rows, width]),
    bias_ih_l0: initialize(keys[2], [rows]),
    bias_hh_l0: initialize(keys[3], [rows]),
  };
}

/** The input's part of all gates at all steps, `[steps, batch, rows]`: one product before the loop. */
function projectInput(where: string, sequence: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const inputs = weight.shape[1];
  if (sequence.rank !== 3 || sequence.shape[2] !== inputs) {
    throw new OrreryError(
      "shape",
      `${where}: expected a sequence [batch, steps, ${inputs}]; got ${formatShape(sequence.shape)}`,
    );
  }
  return affine(where, { weight, bias }, transpose(sequence, 1, 0, 2));
}

const zerosFor = (sequence: Tensor, width: number) =>
  broadcastTo(tensor(0, sequence.dtype), [sequence.shape[0], width]);

/**
 * A gated recurrent unit (Cho et al. 2014, https://arxiv.org/abs/1406.1078), as PyTorch computes it, with `·` elementwise:
 * `r = σ(W_ir x + b_ir + W_hr h + b_hr)`, `z` alike, `n = tanh(W_in x + b_in + r · (W_hn h + b_hn))`, `h ← (1 − z) · n + z · h`.
 * `[batch, steps, inputs]` → `{ outputs: [batch, steps, width], last: [batch, width] }`.
 * Parameters, gates in the order r, z, n: `weight_ih_l0` `[3 · width, inputs]`, `weight_hh_l0` `[3 · width, width]`, `bias_ih_l0`, `bias_hh_l0`.
 * @throws OrreryError applied, `shape` when the sequence does not fit.
 */
export function gru(inputs: number, width: number, options: RecurrentOptions = {}): Recurrent<Tensor> {
  checkSizes("gru", { inputs, width });
  const { reverse = false, initialize = uniform(-1 / Math.sqrt(width), 1 / Math.sqrt(width)) } = options;
  return stateless<RecurrentParams, Tensor | RecurrentInput<Tensor>, RecurrentOutput<Tensor>>({
    initialize: (key) => initializeGates(key, 3 * width, [inputs, width], initialize),
    apply: (params, x) => {
      const { sequence, initial } = x instanceof Tensor ? { sequence: x, initial: zerosFor(x, width) } : x;
      const projection = projectInput("gru", sequence, params.weight_ih_l0, params.bias_ih_l0);
      const [forGates, forNew] = split(projection, [2 * width, width], 2);
      const step = (h: Tensor, given: { readonly gates: Tensor; readonly fresh: Tensor }) => {
        const own = add(matmul(h, params.weight_hh_l0, { transposeB: true }), params.bias_hh_l0);
        const [ownGates, ownNew] = split(own, [2 * width, width], 1);
        const [reset, update] = split(sigmoid(add(given.gates, ownGates)), 2, 1);
        const fresh = tanh(add(given.fresh, multiply(reset, ownNew)));
        const next = add(fresh, multiply(update, subtract(h, fresh)));
        return [next, next] as const;
      };
      const { carry, outputs } = scan(step, initial, { gates: forGates, fresh: forNew }, { reverse });
      return { outputs: transpose(outputs, 1, 0, 2), last: carry };
    },
  });
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997), as PyTorch computes it, with `·` elementwise:
 * `i, f, o = σ(W x + b + U h + c)`, `g = tanh(…)`, `cell ← f · cell + i · g`, `h ← o · tanh(cell)`.
 * `[batch, steps, inputs]` → `{ outputs: [batch, steps, width], last: { hidden, cell } }`.
 * Parameters, gates in the order i, f, g, o: `weight_ih_l0` `[4 · width, inputs]`, `weight_hh_l0` `[4 · width, width]`, `bias_ih_l0`, `bias_hh_l0`.
 * @throws OrreryError applied, `shape` when the sequence does not fit.
 */
export function lstm(inputs: number, width: number, options: RecurrentOptions = {}): Recurrent<LstmState> {
  checkSizes("lstm", { inputs, width });
  const { reverse = false, initialize = uniform(-1 / Math.sqrt(width), 1 / Math.sqrt(width)) } = options;
  const zeroState = (x: Tensor): LstmState => ({ hidden: zerosFor(x, width), cell: zerosFor(x, width) });
  return stateless<RecurrentParams, Tensor | RecurrentInput<LstmState>, RecurrentOutput<LstmState>>({
    initialize: (key) => initializeGates(key, 4 * width, [inputs, width], initialize),
    apply: (params, x) => {
      const { sequence, initial } = x instanceof Tensor ? { sequence: x, initial: zeroState(x) } : x;
      const bias = add(params.bias_ih_l0, params.bias_hh_l0);
      const projection = projectInput("lstm", sequence, params.weight_ih_l0, bias);
      const step = ({ hidden, cell }: LstmState, given: Tensor) => {
        const gates = add(matmul(hidden, params.weight_hh_l0, { transposeB: true }), given);
        const [early, candidate, late] = split(gates, [2 * width, width, width], 1);
        const [enter, keep] = split(sigmoid(early), 2, 1);
        const nextCell = add(multiply(keep, cell), multiply(enter, tanh(candidate)));
        const next = multiply(sigmoid(late), tanh(nextCell));
        return [{ hidden: next, cell: nextCell }, next] as const;
      };
      const { carry, outputs } = scan(step, initial, projection, { reverse });
      return { outputs: transpose(outputs, 1, 0, 2), last: carry };
    },
  });
}
