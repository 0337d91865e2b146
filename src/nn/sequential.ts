import type { Tensor } from "../engine/index.ts";
import { compose } from "./compose.ts";
import { fromFunction, type Layer, type Nothing, type ParamsOf, type StateOf } from "./layer.ts";

/** One step of a chain: a layer of one tensor, or a plain function such as `relu`. */
export type Step = Layer<unknown, unknown> | ((x: Tensor) => Tensor);

/** A step's layer: a plain function has neither parameters nor state. */
type LayerOf<T> = T extends Layer<unknown, unknown> ? T : Layer<Nothing>;

type Steps = readonly Step[] | Readonly<Record<string, Step>>;

/** The parameters of a chain: a list for a list, and for named steps an object without the plain functions. */
export type ChainParams<L extends Steps> = L extends readonly Step[]
  ? { readonly [K in keyof L]: ParamsOf<LayerOf<L[K]>> }
  : { readonly [K in keyof L as L[K] extends Layer<unknown, unknown> ? K : never]: ParamsOf<LayerOf<L[K]>> };

/** The state of a chain, in the structure of its parameters. */
export type ChainState<L extends Steps> = L extends readonly Step[]
  ? { readonly [K in keyof L]: StateOf<LayerOf<L[K]>> }
  : { readonly [K in keyof L as L[K] extends Layer<unknown, unknown> ? K : never]: StateOf<LayerOf<L[K]>> };

/** A chain with its step names and types: what `sequential` returns. */
export type Sequential<L extends Steps> = Layer<ChainParams<L>, ChainState<L>>;

const asLayer = (step: Step): Layer<unknown, unknown> => (typeof step === "function" ? fromFunction(step) : step);

function inOrder(layers: Readonly<Record<string, Layer<unknown, unknown>>>, steps: readonly [string, Step][]) {
  return compose(layers, (parts, x: Tensor) =>
    steps.reduce((value, [name, step]) => (typeof step === "function" ? step(value) : parts[name](value)), x),
  );
}

function namedChain(steps: Readonly<Record<string, Step>>): Layer<unknown, unknown> {
  const entries = Object.entries(steps);
  const layers = entries.flatMap(([name, step]) => (typeof step === "function" ? [] : [[name, step] as const]));
  return inOrder(Object.fromEntries(layers), entries) as Layer<unknown, unknown>;
}

/** A chain whose trees are lists, with empty places for plain functions: numbered as PyTorch's `Sequential` is. */
function listedChain(steps: readonly Step[]): Layer<unknown, unknown> {
  const entries = steps.map((step, i): [string, Step] => [`${i}`, step]);
  const chain = inOrder(Object.fromEntries(entries.map(([name, step]) => [name, asLayer(step)])), entries);
  const listed = (tree: object) => Object.values(tree);
  const named = (list: unknown) => Object.fromEntries(Object.entries(list as readonly unknown[]));
  return {
    initialize: (key) => {
      const { params, state } = chain.initialize(key);
      return { params: listed(params), state: listed(state) };
    },
    apply: (params, state, x, mode) => {
      const applied = chain.apply(named(params), named(state), x, mode);
      return { output: applied.output, state: listed(applied.state) };
    },
  };
}

/**
 * Layers and plain functions one after another. Parameters and state are a list, `sequential(dense(2, 8), relu, dense(8, 1))` with
 * `params[0].weight` and `params[2].weight`; given one object of named steps they are an object,
 * `sequential({ hidden: dense(2, 8), relu, head: dense(8, 1) })` with `params.hidden.weight`.
 */
export function sequential<const L extends Readonly<Record<string, Step>>>(steps: L): Sequential<L>;
export function sequential<const L extends readonly Step[]>(...steps: L): Sequential<L>;
export function sequential(...steps: readonly unknown[]): Layer<unknown, unknown> {
  const [first] = steps;
  const isNamed = steps.length === 1 && typeof first === "object" && first !== null && !("initialize" in first);
  return isNamed ? namedChain(first as Readonly<Record<string, Step>>) : listedChain(steps as readonly Step[]);
}
