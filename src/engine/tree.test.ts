import { describe, expect, it } from "vitest";
import { leavesOf, mapTree, rebuildTree } from "./index.ts";
import { leavesOfClass } from "./tree.ts";

describe("trees", () => {
  const tree = { a: [1, { b: 2 }], c: 3 };

  it("list their leaves in order with paths", () => {
    expect(leavesOf(tree)).toEqual([
      { leaf: 1, path: "a[0]" },
      { leaf: 2, path: "a[1].b" },
      { leaf: 3, path: "c" },
    ]);
  });

  it("are rebuilt from their leaves", () => {
    const leaves = leavesOf(tree).map(({ leaf }) => leaf);
    expect(rebuildTree(tree, leaves)).toEqual(tree);
    expect(mapTree(tree, (leaf) => Number(leaf) * 2)).toEqual({ a: [2, { b: 4 }], c: 6 });
  });

  it("take everything that is no list and no plain object as a leaf", () => {
    const leaf = new Date(0);
    expect(leavesOf({ leaf, none: null, missing: undefined })).toHaveLength(3);
    expect(leavesOf(leaf)).toEqual([{ leaf, path: "" }]);
    expect(leavesOf([])).toEqual([]);
  });

  it("say where a leaf of another class is and what it is", () => {
    expect(() => leavesOfClass("gradients", { w: [new Date(0), "text"] }, Date)).toThrow(
      'gradients: expected a Date at w[1]; got "text"',
    );
    expect(() => leavesOfClass("gradients", new Map(), Date)).toThrow("gradients: expected a Date; got a Map");
  });
});
