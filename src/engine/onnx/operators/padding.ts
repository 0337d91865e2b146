import { gather, pad, slice } from "../../ops/index.ts";
import { normalizeAxis } from "../../shape.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import type { ImportedNode, OperatorTable } from "./operator.ts";

/** Elements before and after every axis, negative where some are cut off. */
function amounts(node: ImportedNode): (readonly [number, number])[] {
  const x = node.input(0);
  const pads = node.ints("pads") ?? node.ints("paddings") ?? node.numbers(1) ?? [];
  const axes = node.numbers(3)?.map((axis) => normalizeAxis(node.title, axis, x.rank)) ?? x.shape.map((_, i) => i);
  return x.shape.map((_, axis) => {
    const i = axes.indexOf(axis);
    return i === -1 ? [0, 0] : [pads[i], pads[i + axes.length]];
  });
}

/** Where the element at position `i` beyond the ends of an axis of `n` elements comes from. */
const sources: Readonly<Record<string, (i: number, n: number) => number>> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect: (i, n) => {
    if (n === 1) return 0;
    const period = 2 * (n - 1);
    const at = ((i % period) + period) % period;
    return Math.min(at, period - at);
  },
  wrap: (i, n) => ((i % n) + n) % n,
};

function importPad(node: ImportedNode): Tensor {
  const x = node.input(0);
  const sides = amounts(node);
  const mode = node.string("mode", "constant");
  if (mode === "constant") {
    const value = node.numbers(2)?.[0] ?? node.float("value", 0);
    const cut = slice(
      x,
      Object.fromEntries(
        sides.map(([before, after], i) => [i, [Math.max(0, -before), x.shape[i] + Math.min(0, after)]]),
      ),
    );
    const added = sides.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
    return pad(cut, added, value);
  }
  const source = sources[mode];
  if (source === undefined) throw node.unsupported(`pad mode "${mode}"`, "Use constant, reflect, edge or wrap.");
  return sides.reduce((y, [before, after], axis) => {
    const n = x.shape[axis];
    if (before === 0 && after === 0) return y;
    const indices = Array.from({ length: n + before + after }, (_, i) => source(i - before, n));
    return gather(y, tensor(indices, "int32"), axis);
  }, x);
}

/** Padding with a constant, the edge, a reflection, or the other end. */
export const padding: OperatorTable = { Pad: importPad };
