import { expect, test } from "vitest";
import type { Figure, JobContext } from "../../../lab/index.ts";
import { reachJob } from "./reach.ts";

async function reached(options: object) {
  const figures: Figure[] = [];
  const context = {
    ...{ signal: new AbortController().signal, progress: () => {}, warn: () => {} },
    figure: (figure: Figure) => figures.push(figure),
    artifact: async () => "",
    checkpoints: () => ({ load: async () => undefined, save: async () => {} }),
  } as unknown as JobContext;
  const { headlines, next } = await reachJob.run(reachJob.options.parse(options), context);
  return { share: headlines[0].value as number, figures, next };
}

const line = [{ name: "x", low: -2, high: 2, points: 201 }];

test("equations that depend on t see it run from 0 to the end", async () => {
  // x gains t² in t seconds: 1 within one second, so x >= 1 is reached from 0 on.
  const system = { states: ["x"], derivatives: { x: "2*t" } };
  const { share } = await reached({ system, grid: line, start: { x: 0 }, target: "x >= 1", seconds: 1 });
  expect(share).toBeCloseTo(0.5, 1);
});

test("a set that is empty ends in a report that says what to try", async () => {
  const system = {
    states: ["x"],
    controls: { kind: "box", names: ["u"], low: [-1], high: [1] },
    derivatives: { x: "u" },
  };
  const { share, figures, next } = await reached({ system, grid: line, start: { x: 0 }, target: "x >= 9", delta: 0 });
  expect(share).toBe(0);
  expect(figures.map(({ drawing }) => drawing.kind)).toEqual(["chart", "table"]);
  expect(next?.[0].command).toBe("orrery control reach … --seconds 16");
});

test("what leaves the grid does not make an unsafe set larger: a pendulum can be kept up from where it is", async () => {
  const system = {
    states: ["angle", "rate"],
    controls: { kind: "box", names: ["u"], low: [-2], high: [2] },
    disturbances: { kind: "box", names: ["w"], low: [-1], high: [1] },
    derivatives: { angle: "rate", rate: "4*sin(angle) + u + w" },
  };
  const grid = [
    { name: "angle", low: -1.5, high: 1.5, points: 61 },
    { name: "rate", low: -4, high: 4, points: 61 },
  ];
  const asked = { system, grid, start: { angle: 0, rate: 0 }, target: "abs(angle) >= 1", aim: "avoid", delta: 1 };
  const [short, long] = [await reached({ ...asked, seconds: 3 }), await reached({ ...asked, seconds: 12 })];
  expect(long.share).toBeLessThan(0.95);
  expect(long.share - short.share).toBeLessThan(0.02);
});
