import { describe, expect, it } from "vitest";
import {
  type Computed,
  compile,
  gradients,
  key,
  leavesOf,
  NdArray,
  rebuildTree,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../engine/index.ts";
import type { Layer, Variables } from "../layer.ts";
import { softmaxCrossEntropy } from "../losses/cross-entropy.ts";
import { readReference, relativeError, type StoredArray } from "../reference-case.ts";
import { countParameters } from "../state-dict.ts";
import { espcn } from "./espcn.ts";
import { mlp } from "./mlp.ts";
import { mobilenetV1 } from "./mobilenet-v1.ts";
import { mobilenetV2 } from "./mobilenet-v2.ts";
import { resnet18, resnet20 } from "./resnet.ts";
import { vitTiny } from "./vit.ts";

interface FilledState {
  readonly name: string;
  readonly shape: Shape;
  readonly seed: number;
  readonly scale: number;
  readonly offset: number;
}

interface NetworkRecord {
  readonly name: string;
  readonly imageShape: Shape;
  readonly train: StoredArray;
  readonly eval: StoredArray;
  readonly loss?: number;
  readonly gradientNorms?: Readonly<Record<string, number>>;
  readonly states: readonly FilledState[];
}

const stored = readReference<{ counts: Record<string, number>; outputs: NetworkRecord[] }>("networks.json");

/** The generator of scripts/reference/README.md. */
function filled({ shape, seed, scale, offset }: Omit<FilledState, "name">): NdArray {
  let state = seed;
  const data = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return offset + scale * ((state >>> 8) / 2 ** 23 - 1);
  });
  return new NdArray(data, shape);
}

/** The tree with its leaves filled as PyTorch's states were: both walk the network in the order of its forward pass. */
function filledTree<T>(tree: T, states: readonly FilledState[]): T {
  const leaves = leavesOf(tree);
  expect(leaves.map(({ leaf }) => (leaf as NdArray).shape)).toEqual(states.map(({ shape }) => shape));
  return rebuildTree(tree, states.map(filled));
}

function filledVariables<P, S>(network: Layer<P, S>, states: readonly FilledState[]) {
  const initial = network.initialize(key(0));
  const isRunning = ({ name }: FilledState) => name.includes("running_");
  const params = filledTree(
    initial.params,
    states.filter((entry) => !isRunning(entry)),
  );
  return { params, state: filledTree(initial.state, states.filter(isRunning)) } as Variables<Computed<P>, Computed<S>>;
}

const norm = (x: NdArray) => Math.sqrt([...x.data].reduce<number>((total, v) => total + Number(v) ** 2, 0));

describe("parameter counts are PyTorch's", () => {
  it.each([
    ["mlp 784-512-512-10", () => mlp({ sizes: [784, 512, 512, 10] })],
    ["resnet20", () => resnet20()],
    ["resnet20 option B", () => resnet20({ shortcut: "project" })],
    ["resnet18 32x32", () => resnet18()],
    ["mobilenetV1 1.0, 1000 classes", () => mobilenetV1()],
    ["mobilenetV1 0.5, 1000 classes", () => mobilenetV1({ width: 0.5 })],
    ["mobilenetV1 0.25, 10 classes", () => mobilenetV1({ width: 0.25, classes: 10 })],
    ["mobilenetV2 1.0, 1000 classes", () => mobilenetV2()],
    ["mobilenetV2 0.5, 1000 classes", () => mobilenetV2({ width: 0.5 })],
    ["mobilenetV2 0.35, 10 classes", () => mobilenetV2({ width: 0.35, classes: 10 })],
    ["mobilenetV2 0.5 32x32", () => mobilenetV2({ width: 0.5, classes: 10, small: true })],
    ["vitTiny width 192, depth 4, 32x32", () => vitTiny({ depth: 4 })],
    ["espcn factor 3", () => espcn()],
    ["espcn factor 2, 3 channels", () => espcn({ factor: 2, channels: 3 })],
  ] as [string, () => Layer<unknown, unknown>][])("%s", (name, make) => {
    expect(countParameters(make().initialize(key(0)).params)).toBe(stored.counts[name]);
  });
});

describe("filled as PyTorch's, a network gives PyTorch's outputs, loss and gradient norms", () => {
  /** float32 rounding through a whole network, batch statistics of two images included. */
  const tolerance = 5e-5;

  async function check<P, S>(name: string, network: Layer<P, S>): Promise<void> {
    const entry = stored.outputs.find((output) => output.name === name) as NetworkRecord;
    const { params, state } = filledVariables(network, entry.states);
    const images = filled({ shape: entry.imageShape, seed: 1, scale: 1, offset: 0 });
    const evaluate = compile((p: P, s: S, x: Tensor) => network.apply(p, s, x, { training: false }).output);
    expect(relativeError(await evaluate(params as never, state as never, images), entry.eval)).toBeLessThan(tolerance);
    await evaluate.release();
    const step = compile((p: P, s: S, x: Tensor) => {
      const { output } = network.apply(p, s, x, { training: true });
      if (entry.loss === undefined) return { output };
      const loss = softmaxCrossEntropy(output, [3, 7]);
      const all = leavesOf(p).map(({ leaf }) => leaf as Tensor);
      return { output, loss, slopes: gradients(loss, all) };
    });
    const result = await step(params as never, state as never, images);
    await step.release();
    expect(relativeError(result.output, entry.train)).toBeLessThan(tolerance);
    if (entry.loss === undefined) return;
    expect((result.loss as NdArray).item()).toBeCloseTo(entry.loss, 4);
    const norms = (result.slopes as readonly NdArray[]).map(norm);
    const expected = Object.values(entry.gradientNorms ?? {});
    expect(norms).toHaveLength(expected.length);
    const worst = norms.map((value, i) => Math.abs(value - expected[i]) / (expected[i] + 1e-2));
    expect(Math.max(...worst)).toBeLessThan(1e-3);
  }

  it("resnet20", () => check("resnet20", resnet20()));
  it("mobilenetV2", () => check("mobilenetV2 0.5 32x32", mobilenetV2({ width: 0.5, classes: 10, small: true })));
  it("vitTiny", () => check("vitTiny width 192, depth 4, 32x32", vitTiny({ depth: 4 })));
  it("espcn", () => check("espcn factor 3", espcn()));
});
