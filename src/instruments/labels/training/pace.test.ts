import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

it("tells nothing before anything was timed, then by the running epoch, then by the last three whole ones", () => {
  const pace = new Pace();
  expect(pace.remainingMs(4)).toBeUndefined();
  expect(pace.remainingMs(4, { part: 0, durationMs: 10 })).toBeUndefined();
  expect(pace.remainingMs(3.75, { part: 0.25, durationMs: 20 })).toBe(300);
  pace.add(100);
  expect(pace.remainingMs(2.5, { part: 0.5, durationMs: 1 })).toBe(250);
  for (const duration of [200, 300, 400]) pace.add(duration);
  expect(pace.remainingMs(2)).toBe(600);
});
