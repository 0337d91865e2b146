import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance, hintForName, listNames, nearestName } from "./nearest-name.ts";

test("edit distance counts insertions, deletions, substitutions and swaps", () => {
  expect(editDistance("label", "label")).toBe(0);
  expect(editDistance("lable", "label")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("", "abc")).toBe(3);
});

test("edit distance is symmetric and at most the longer length", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(editDistance(a, b) === 0).toBe(a === b);
    }),
  );
});

test("the nearest name ignores case and gives up on distant words", () => {
  expect(nearestName("Lable", ["id", "label", "width"])).toBe("label");
  expect(nearestName("zzz", ["id", "label"])).toBeUndefined();
  expect(nearestName("rellu", [])).toBeUndefined();
});

test("a hint suggests the near name or lists what there is", () => {
  expect(hintForName("lable", ["label"], "The file holds")).toBe('Did you mean "label"?');
  expect(hintForName("x", ["label", "width"], "The file holds")).toBe('The file holds: "label", "width".');
  expect(listNames(["a", "b", "c"], 2)).toBe('"a", "b" and 1 more');
  expect(listNames([])).toBe("nothing");
});
