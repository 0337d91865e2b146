import { expect, it } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "../../../nn/checkpoint-file.ts";
import { type PackedState, packState, unpackState } from "./packed-state.ts";

it("a state with arrays anywhere comes back from a checkpoint's bytes as it was", () => {
  const state = {
    best: { spins: Int8Array.of(1, -1), energy: -1.5 },
    running: [
      { restart: 3, state: null },
      { restart: 4, state: { random: Int32Array.of(-5, 7), parts: [] } },
    ],
    betas: Float64Array.of(0.1, Number.MIN_VALUE),
    lowest: Number.POSITIVE_INFINITY,
    empty: new Int8Array(0),
  };
  const kept = decodeCheckpoint<PackedState>(encodeCheckpoint(packState(state)), "state");
  expect(unpackState(kept)).toEqual(state);
});
