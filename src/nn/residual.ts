import { add, type Tensor } from "../engine/index.ts";
import { compose } from "./compose.ts";
import { fromFunction, type Layer, type Nothing, type ParamsOf, type StateOf } from "./layer.ts";

type Single = Layer<unknown, unknown>;

/** `body(x) + shortcut(x)`, with parameters and state under these names. */
export type Residual<B extends Single, C extends Single> = Layer<
  { readonly body: ParamsOf<B>; readonly shortcut: ParamsOf<C> },
  { readonly body: StateOf<B>; readonly shortcut: StateOf<C> }
>;

/**
 * A residual connection (He et al. 2016, https://arxiv.org/abs/1512.03385): `body(x) + shortcut(x)`, `shortcut` being the identity
 * unless a layer is given. Both must give one shape.
 */
export function residual<B extends Single, C extends Single = Layer<Nothing>>(body: B, shortcut?: C): Residual<B, C> {
  const parts = { body: body as Single, shortcut: (shortcut as Single | undefined) ?? fromFunction((x: Tensor) => x) };
  return compose(parts, ({ body: f, shortcut: g }, x: Tensor) => add(f(x), g(x))) as Residual<B, C>;
}
