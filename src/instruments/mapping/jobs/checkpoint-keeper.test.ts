import { expect, test } from "vitest";
import type { JobContext } from "../../../lab/index.ts";
import { CheckpointKeeper } from "./checkpoint-keeper.ts";

/** Checkpoints in memory, with the states that were saved and a way to hold a save up. */
function memoryCheckpoints() {
  const saved: unknown[] = [];
  const release: (() => void)[] = [];
  const context = {
    checkpoints: () => ({
      load: async () => undefined,
      save: ({ state }: { state: unknown }) =>
        new Promise<void>((resolve) => {
          saved.push(state);
          release.push(resolve);
        }),
    }),
  } as unknown as Pick<JobContext, "checkpoints">;
  return { context, saved, finish: () => release.shift()?.() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("of many states the first is saved, then one a second, and the last at the end", async () => {
  const { context, saved, finish } = memoryCheckpoints();
  let time = 0;
  let taken = 0;
  const keeper = new CheckpointKeeper<number>(context, "any", () => time);
  for (let i = 0; i < 5000; i++, time++) {
    keeper.offer(() => {
      taken++;
      return i;
    });
    finish();
    await turn();
  }
  expect(saved).toEqual([0, 1000, 2000, 3000, 4000]);
  const end = keeper.flush();
  await turn();
  finish();
  await end;
  expect([saved.at(-1), taken]).toEqual([4999, 6]);
});

test("a slow disk has one save to do at a time", async () => {
  const { context, saved, finish } = memoryCheckpoints();
  let time = 0;
  const keeper = new CheckpointKeeper<number>(context, "any", () => time);
  for (let i = 0; i < 10; i++, time += 5000) keeper.offer(() => i);
  expect(saved).toEqual([0]);
  finish();
  await turn();
  keeper.offer(() => 10);
  expect(saved).toEqual([0, 10]);
});

test("a state that cannot be saved ends the work with the reason", async () => {
  const full = async () => {
    throw new Error("disk full");
  };
  const context = { checkpoints: () => ({ load: full, save: full }) } as unknown as Pick<JobContext, "checkpoints">;
  const keeper = new CheckpointKeeper<number>(context, "any", () => 0);
  keeper.offer(() => 1);
  await turn();
  expect(() => keeper.offer(() => 2)).toThrow("disk full");
  await expect(keeper.flush()).rejects.toThrow("disk full");
});
