import { expect, test } from "vitest";
import { layoutGraph, type Point } from "./graph-layout.ts";

const between = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
const ring = (n: number) => ({
  from: Array.from({ length: n }, (_, i) => i),
  to: Array.from({ length: n }, (_, i) => (i + 1) % n),
});

test("a path becomes a straight line with places one apart", () => {
  const places = layoutGraph(6, { from: [0, 1, 2, 3, 4], to: [1, 2, 3, 4, 5] });
  for (let i = 0; i < 5; i++) expect(between(places[i], places[i + 1])).toBeCloseTo(1, 1);
  expect(between(places[0], places[5])).toBeGreaterThan(4.9);
});

test("a ring becomes round: all its nodes are as far from the middle", () => {
  const places = layoutGraph(12, ring(12));
  const middle: Point = [0, 1].map((a) => places.reduce((sum, place) => sum + place[a] / 12, 0)) as never;
  const radii = places.map((place) => between(place, middle));
  expect(Math.max(...radii) / Math.min(...radii)).toBeLessThan(1.05);
  expect(layoutGraph(12, ring(12))).toEqual(places);
});

test("parts that nothing joins, loops and single nodes have places of their own", () => {
  const places = layoutGraph(5, { from: [0, 2, 4], to: [1, 3, 4] });
  for (let i = 0; i < 5; i++) for (let j = 0; j < i; j++) expect(between(places[i], places[j])).toBeGreaterThan(0.5);
  expect(layoutGraph(1, { from: [], to: [] })).toHaveLength(1);
  expect(layoutGraph(0, { from: [], to: [] })).toEqual([]);
});
