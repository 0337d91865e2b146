import { describe, expect, it } from "vitest";
import {
  compile,
  gradients,
  key,
  multiply,
  ndarray,
  relu,
  sum,
  type Tensor,
  tensor,
  zerosArray,
} from "../engine/index.ts";
import { compose } from "./compose.ts";
import { zeros } from "./initializers.ts";
import { fromFunction, mapOutput, type ParamsOf, parameter, type StateOf } from "./layer.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { batchNorm } from "./layers/normalization.ts";
import { gru } from "./layers/recurrent.ts";
import { resnet20 } from "./networks/resnet.ts";
import { residual } from "./residual.ts";
import { sequential } from "./sequential.ts";
import { countParameters, loadStateDict, stateDict } from "./state-dict.ts";

const training = { training: true, key: key(7) };
const evaluation = { training: false };

describe("types", () => {
  const net = sequential({ hidden: dense(2, 3), relu, head: dense(3, 1, { bias: false }) });
  type P = ParamsOf<typeof net>;
  const step = (params: P, x: Tensor) =>
    gradients(sum(net.apply(params, { hidden: {}, head: {} }, x, training).output), params);

  it("follow the parameters through initialisation, compilation and gradients", async () => {
    const { params } = net.initialize(key(0));
    const run = compile(step);
    const slopes = await run(params, ndarray([[1, 2]]));
    expect(slopes.hidden.bias.shape).toEqual([3]);
    expect(slopes.head.weight.shape).toEqual([1, 3]);
    expect(Object.keys(slopes.head)).toEqual(["weight"]);
  });

  it("refuse trees of another network", () => {
    const { params } = net.initialize(key(0));
    const run = compile(step);
    // @ts-expect-error a layer made without bias has none
    expect(params.head.bias).toBeUndefined();
    // @ts-expect-error the head is missing
    const misuse = () => run({ hidden: params.hidden }, ndarray([[1, 2]]));
    // @ts-expect-error a number is no state
    const second = (x: P, y: Tensor) => net.apply(x, 1, y, training);
    expect([misuse, second]).toHaveLength(2);
  });

  it("fit whole networks", async () => {
    const network = resnet20({ classes: 3 });
    const { params, state } = network.initialize(key(0));
    const run = compile((p: ParamsOf<typeof network>, s: StateOf<typeof network>, x: Tensor) => {
      const applied = network.apply(p, s, x, training);
      return { state: applied.state, slopes: gradients(sum(applied.output), p) };
    });
    const result = await run(params, state, zerosArray([2, 3, 8, 8]));
    expect(result.slopes.layer1[0].conv1.weight.shape).toEqual([16, 16, 3, 3]);
    expect(result.state.bn1.running_mean.shape).toEqual([16]);
    await run.release();
  });
});

describe("compose", () => {
  const twice = compose({ norm: batchNorm(2) }, ({ norm }, x: Tensor) => norm(norm(x)));

  it("passes the state from call to call of one part", async () => {
    const { params, state } = twice.initialize(key(0));
    const once = batchNorm(2);
    const run = compile((p: ParamsOf<typeof twice>, x: Tensor) => {
      const given = {
        norm: { running_mean: tensor(state.norm.running_mean), running_var: tensor(state.norm.running_var) },
      };
      const composed = twice.apply(p, given, x, training);
      const first = once.apply(p.norm, given.norm, x, training);
      const second = once.apply(p.norm, first.state, first.output, training);
      return [composed.output, second.output, composed.state.norm.running_var, second.state.running_var];
    });
    const [a, b, c, d] = await run(
      params,
      ndarray([
        [1, 2],
        [3, 5],
        [4, 0],
      ]),
    );
    expect([...a.data]).toEqual([...b.data]);
    expect([...c.data]).toEqual([...d.data]);
  });

  it("gives every part and every call its own randomness", async () => {
    const net = compose({ a: dropout(0.5), b: dropout(0.5) }, ({ a, b }, x: Tensor) => [a(x), a(x), b(x)] as const);
    const { output } = net.apply({ a: {}, b: {} }, { a: {}, b: {} }, tensor(new Array(64).fill(1)), training);
    const drawn = await Promise.all(output.map(async (x) => `${(await x.read()).data}`));
    expect(new Set(drawn).size).toBe(3);
  });

  it("keeps the first values of a part when parts are added behind it", () => {
    const short = sequential(dense(2, 3)).initialize(key(1)).params;
    const long = sequential(dense(2, 3), relu, dense(3, 4)).initialize(key(1)).params;
    expect(String(long[0].weight)).toBe(String(short[0].weight));
    expect(String(long[2].weight)).not.toContain(String(short[0].weight));
  });
});

describe("initialize", () => {
  it("is the same for the same key and another for another", () => {
    const net = resnet20({ classes: 3 });
    const [a, b, c] = [1, 1, 2].map((seed) => stateDict(net.initialize(key(seed))));
    expect(String(a["fc.weight"])).toBe(String(b["fc.weight"]));
    expect(String(a["fc.weight"])).not.toBe(String(c["fc.weight"]));
  });
});

describe("combinators", () => {
  it("residual adds the input, or the shortcut", async () => {
    const zero = dense(2, 2, { initializeWeight: zeros, initializeBias: zeros });
    const net = residual(zero);
    const { params, state } = net.initialize(key(0));
    const run = compile(
      (p: ParamsOf<typeof net>, x: Tensor) => net.apply(p, { body: {}, shortcut: {} }, x, evaluation).output,
    );
    expect([...(await run(params, ndarray([[3, 4]]))).data]).toEqual([3, 4]);
    expect(state).toEqual({ body: {}, shortcut: {} });
    const doubled = residual(
      zero,
      fromFunction((x: Tensor) => multiply(x, 2)),
    );
    const double = compile(
      (p: ParamsOf<typeof doubled>, x: Tensor) => doubled.apply(p, { body: {}, shortcut: {} }, x, evaluation).output,
    );
    expect([...(await double(params, ndarray([[3, 4]]))).data]).toEqual([6, 8]);
  });

  it("a recurrent layer's last state can head a chain", () => {
    const net = sequential(
      mapOutput(gru(3, 4), ({ last }) => last),
      dense(4, 2),
    );
    const { params } = net.initialize(key(0));
    expect(params[0].weight_hh_l0.shape).toEqual([12, 4]);
    expect(countParameters(params)).toBe(12 * 3 + 12 * 4 + 24 + 10);
  });

  it("a parameter is a layer of nothing", async () => {
    const net = compose({ offset: parameter(() => ndarray([1, 2])) }, ({ offset }, x: Tensor) => x.add(offset()));
    const { params } = net.initialize(key(0));
    const run = compile((p: ParamsOf<typeof net>, x: Tensor) => net.apply(p, { offset: {} }, x, evaluation).output);
    expect([...(await run(params, ndarray([10, 20]))).data]).toEqual([11, 22]);
  });
});

describe("state dictionaries", () => {
  const net = sequential({ features: sequential(dense(2, 3), batchNorm(3)), head: dense(3, 1) });
  const initial = net.initialize(key(0));

  it("have PyTorch's names", () => {
    expect(Object.keys(stateDict(initial))).toEqual([
      "features.0.weight",
      "features.0.bias",
      "features.1.weight",
      "features.1.bias",
      "head.weight",
      "head.bias",
      "features.1.running_mean",
      "features.1.running_var",
    ]);
  });

  it("load in any order, and PyTorch's batch counter is passed over", () => {
    const other = net.initialize(key(5));
    const entries = Object.entries(stateDict(other)).reverse();
    const loaded = loadStateDict(initial, {
      ...Object.fromEntries(entries),
      "features.1.num_batches_tracked": ndarray(3),
    });
    expect(stateDict(loaded)).toEqual(stateDict(other));
    expect(loaded.params.features[0].weight).toBe(other.params.features[0].weight);
  });

  it("of another network name every difference at once", () => {
    const { "head.weight": weight, ...rest } = stateDict(initial);
    const wrong = { ...rest, "head.bias": ndarray([1, 2]), "classifier.weight": weight };
    expect(() => loadStateDict(initial, wrong)).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: loadStateDict: the tensors are another network's: missing head.weight; unknown classifier.weight; head.bias is [1], got [2]]`,
    );
  });
});
