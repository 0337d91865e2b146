import type { Computed, Key, Tensor } from "../engine/index.ts";
import type { AnyLayer, InputOf, Layer, Mode, OutputOf, ParamsOf, StateOf } from "./layer.ts";

/** The parts of a composed layer, ready to be called inside its forward function: `parts.head(x)`. */
export type Parts<L extends Readonly<Record<string, AnyLayer>>> = {
  readonly [K in keyof L]: (x: InputOf<L[K]>) => OutputOf<L[K]>;
};

/** The trees of a composed layer, under its parts' names. */
type ComposedParams<L extends Readonly<Record<string, AnyLayer>>> = { readonly [K in keyof L]: ParamsOf<L[K]> };
type ComposedState<L extends Readonly<Record<string, AnyLayer>>> = { readonly [K in keyof L]: StateOf<L[K]> };

type Branch = Readonly<Record<string, unknown>>;

/** First variables of each part under its name, from keys that do not change when parts are added behind it. */
function initializeParts(layers: Readonly<Record<string, AnyLayer>>, key: Key) {
  const entries = Object.entries(layers);
  const keys = key.split(entries.length);
  const variables = entries.map(([name, layer], i) => ({ name, ...layer.initialize(keys[i]) }));
  return {
    params: Object.fromEntries(variables.map(({ name, params }) => [name, params])),
    state: Object.fromEntries(variables.map(({ name, state }) => [name, state])),
  };
}

/** The parts as functions that read the current state from `state` and leave their next one there. */
function bindParts(
  layers: Readonly<Record<string, AnyLayer>>,
  params: Branch,
  state: Record<string, unknown>,
  mode: Mode,
): Record<string, (x: unknown) => unknown> {
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer], position) => {
      let calls = 0;
      const call = (x: unknown) => {
        const inner = mode.key === undefined ? mode : { ...mode, key: mode.key.fold(position).fold(calls++) };
        const { output, state: next } = layer.apply(params[name], state[name], x, inner);
        state[name] = next;
        return output;
      };
      return [name, call];
    }),
  );
}

/**
 * A layer written as a function of named parts, which brings each part's parameters, state and randomness to it:
 * `compose({ first: dense(4, 8), second: dense(8, 2) }, (parts, x) => parts.second(relu(parts.first(x))))`.
 * Its parameters are `{ first, second }`. A part that is called twice shares its parameters; its state passes from call to call.
 */
export function compose<const L extends Readonly<Record<string, AnyLayer>>, X = Tensor, Y = Tensor>(
  layers: L,
  forward: (parts: Parts<L>, x: X, mode: Mode) => Y,
): Layer<ComposedParams<L>, ComposedState<L>, X, Y> {
  type P = ComposedParams<L>;
  type S = ComposedState<L>;
  return {
    initialize: (key) => initializeParts(layers, key) as { params: Computed<P>; state: Computed<S> },
    apply: (params, state, x, mode) => {
      const next: Record<string, unknown> = { ...state };
      const output = forward(bindParts(layers, params, next, mode) as Parts<L>, x, mode);
      return { output, state: next as S };
    },
  };
}
