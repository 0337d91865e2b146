import type { Node, Tensor } from "../tensor.ts";
import type { GraphWriter } from "./graph-writer.ts";

/** Placeholder. */
export class BlockedLayout {
  readonly #plain: Map<Tensor, string>;
  constructor(_writer: GraphWriter, plain: Map<Tensor, string>) {
    this.#plain = plain;
  }
  lower(_node: Node, _isUsed: readonly boolean[]): boolean {
    return false;
  }
  plainName(x: Tensor): string {
    return this.#plain.get(x) as string;
  }
}
export async function blockSizeOf(): Promise<number> {
  return 0;
}
