import { OrreryError } from "../errors.ts";

/** Leaves in nested lists and plain objects, as parameters and optimiser states come. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [name: string]: Tree<T> };

function isBranch(value: unknown): value is Record<string, unknown> | readonly unknown[] {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of `tree` with every leaf replaced by `f(leaf, path)`; everything that is no list and no plain object is a leaf. */
export function mapTree(tree: unknown, f: (leaf: unknown, path: string) => unknown, path = ""): unknown {
  if (!isBranch(tree)) return f(tree, path);
  if (Array.isArray(tree)) return tree.map((item, i) => mapTree(item, f, `${path}[${i}]`));
  return Object.fromEntries(
    Object.entries(tree).map(([name, item]) => [name, mapTree(item, f, path === "" ? name : `${path}.${name}`)]),
  );
}

/** The leaves in order (lists by index, objects in the order their names were set), with their paths. */
export function leavesOf(tree: unknown): { readonly leaf: unknown; readonly path: string }[] {
  const leaves: { leaf: unknown; path: string }[] = [];
  mapTree(tree, (leaf, path) => leaves.push({ leaf, path }));
  return leaves;
}

/** What a leaf is, for an error message: `"text"`, `null`, `a Map`. */
function describeLeaf(leaf: unknown): string {
  if (typeof leaf === "string") return JSON.stringify(leaf);
  if (typeof leaf === "function") return "a function";
  if (typeof leaf === "object" && leaf !== null) return `a ${leaf.constructor.name}`;
  return String(leaf);
}

/** The leaves of a tree whose leaves are all of one class. @throws OrreryError `argument` at the first other one. */
export function leavesOfClass<T>(where: string, tree: unknown, type: new (...args: never[]) => T): T[] {
  return leavesOf(tree).map(({ leaf, path }) => {
    if (leaf instanceof type) return leaf;
    throw new OrreryError(
      "argument",
      `${where}: expected a ${type.name}${path === "" ? "" : ` at ${path}`}; got ${describeLeaf(leaf)}`,
    );
  });
}

/** A tree of the structure of `tree` whose leaves are taken from `leaves` in order. */
export function rebuildTree<R>(tree: unknown, leaves: readonly unknown[]): R {
  let next = 0;
  return mapTree(tree, () => leaves[next++]) as R;
}
