import { NdArray } from "../../../engine/index.ts";
import type { SavedState } from "../../../lab/index.ts";

type StoredArray = Int8Array | Int32Array | Float64Array;

/** A state as checkpoints keep it: its arrays by number, and everything else with a note where each array was. */
export interface PackedState extends SavedState {
  readonly arrays: Readonly<Record<string, NdArray>>;
  readonly tree: unknown;
}

const isStored = (value: unknown): value is StoredArray =>
  value instanceof Int8Array || value instanceof Int32Array || value instanceof Float64Array;

/** Plain data with typed arrays (int8, int32, float64) anywhere in it, as a checkpoint keeps it. */
export function packState(state: unknown): PackedState {
  const arrays: Record<string, NdArray> = {};
  const walk = (value: unknown): unknown => {
    if (isStored(value)) {
      const name = String(Object.keys(arrays).length);
      arrays[name] = new NdArray(value, [value.length]);
      return { array: name };
    }
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, walk(field)]));
  };
  return { tree: walk(state), arrays };
}

/** The data that `packState` was given. */
export function unpackState<T>({ tree, arrays }: PackedState): T {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    const { array } = value as { readonly array?: unknown };
    if (typeof array === "string") return arrays[array].data;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, walk(field)]));
  };
  return walk(tree) as T;
}
