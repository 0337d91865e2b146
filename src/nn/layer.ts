import type { Computed, Key, NdArray, Tensor } from "../engine/index.ts";

/** The parameters or the state of a layer that has none. */
export type Nothing = Readonly<Record<string, never>>;

/**
 * What a layer keeps between calls, as nested objects: `params` are trained by gradients, `state` (running statistics) is not.
 * Both are trees of expressions inside a traced function and of arrays outside: `Variables<P, S>` and `Variables<Computed<P>, Computed<S>>`.
 */
export interface Variables<P, S> {
  readonly params: P;
  readonly state: S;
}

/** How a layer is applied. `key` is the randomness of dropout; give a new one at every training step. */
export interface Mode {
  readonly training: boolean;
  readonly key?: Key;
}

/** What applying a layer gives: its output, and the state to pass next time. */
export interface Applied<S, Y = Tensor> {
  readonly output: Y;
  readonly state: S;
}

/**
 * A function with parameters. `P` and `S` are the trees of expressions it is applied to, e.g. `{ weight: Tensor; bias: Tensor }`;
 * `X` is its input and `Y` its output, one tensor each unless the layer says otherwise.
 * A layer holds settings only: whoever applies it brings parameters and state.
 */
export interface Layer<P, S = Nothing, X = Tensor, Y = Tensor> {
  /** First values of parameters and state, the same for the same key. */
  initialize(key: Key): Variables<NoInfer<Computed<P>>, NoInfer<Computed<S>>>;
  /** The output as an expression of parameters, state and input. @throws OrreryError `shape` when the input does not fit. */
  apply(params: P, state: S, x: X, mode: Mode): Applied<S, Y>;
}

/** Any layer of one input and one output. */
export type AnyLayer = Layer<unknown, unknown, unknown, unknown>;

/** The parameters a layer is applied to, as expressions. */
export type ParamsOf<L extends AnyLayer> = Parameters<L["apply"]>[0];

/** The state a layer is applied to, as expressions. */
export type StateOf<L extends AnyLayer> = Parameters<L["apply"]>[1];

/** What a layer takes beside its variables. */
export type InputOf<L extends AnyLayer> = Parameters<L["apply"]>[2];

/** What a layer returns beside its state. */
export type OutputOf<L extends AnyLayer> = ReturnType<L["apply"]>["output"];

/** How a layer without state is made: `initialize` gives the parameters alone, `apply` the output alone. */
interface StatelessDefinition<P, X, Y> {
  initialize(key: Key): Computed<P>;
  apply(params: P, x: X, mode: Mode): Y;
}

/** A layer without state. */
export function stateless<P, X = Tensor, Y = Tensor>({
  initialize,
  apply,
}: StatelessDefinition<P, X, Y>): Layer<P, Nothing, X, Y> {
  return {
    initialize: (key) => ({ params: initialize(key), state: {} }),
    apply: (params, state, x, mode) => ({ output: apply(params, x, mode), state }),
  };
}

/** A function as a layer without parameters, e.g. `fromFunction(relu)`. `sequential` takes plain functions as they are. */
export function fromFunction<X = Tensor, Y = Tensor>(f: (x: X) => Y): Layer<Nothing, Nothing, X, Y> {
  return stateless<Nothing, X, Y>({ initialize: () => ({}), apply: (_, x) => f(x) });
}

/** One array as a layer: applied to nothing, it gives its parameter, e.g. the positions of a transformer. */
export function parameter(initialize: (key: Key) => NdArray): Layer<Tensor, Nothing, void, Tensor> {
  return stateless<Tensor, void, Tensor>({ initialize, apply: (value) => value });
}

/** The layer with `f` applied to its output: `mapOutput(gru(3, 8), ({ last }) => last)` has the parameters of the recurrent layer. */
export function mapOutput<P, S, X, Y, Z>(layer: Layer<P, S, X, Y>, f: (output: Y) => Z): Layer<P, S, X, Z> {
  return {
    initialize: (key) => layer.initialize(key),
    apply: (params, state, x, mode) => {
      const applied = layer.apply(params, state, x, mode);
      return { output: f(applied.output), state: applied.state };
    },
  };
}
