import type { Key } from "../../../engine/random/key.ts";
import { OrreryError } from "../../../errors.ts";
import type { IsingModel } from "../model.ts";
import type { KernelLayer } from "./kernel/incremental-sampler.ts";
import { meanRowNorm, messageMatrix } from "./messages.ts";
import { completeNetwork, type NetworkOptions, type NetworkSettings } from "./network-options.ts";
import { spinOrder } from "./spin-order.ts";

/** A layer with what stands between its input and its weights: nothing, messages, or the fields between pairs of spins. */
export interface LayerPlan extends KernelLayer {
  readonly projection: "plain" | "message" | "two-body";
}

/** A network's structure for one model, without its parameters. Spins are numbered as they are drawn. */
export interface NetworkPlan {
  readonly spins: number;
  readonly settings: NetworkSettings;
  /** The model's index of each spin, `[N]`. */
  readonly order: Int32Array;
  /** J, `[N, N]`. */
  readonly couplings: Float32Array;
  /** h, `[N]`. */
  readonly fields: Float32Array;
  readonly layers: readonly LayerPlan[];
  /** A of the messages `A x`, or J̄ of a two-body network, `[N, N]`; undefined where nothing is passed. */
  readonly messages: Float32Array | undefined;
  /** Whether the first spin is a fair coin: without fields nothing else is possible, whatever was learned. */
  readonly isFirstFair: boolean;
}

/** Couplings and fields of networks are numbers of single precision, and so are their products. */
const [leastNumber, largestNumber] = [1e-18, 1e18];

function checkPrecision({ couplings, fields }: IsingModel): void {
  const isOutside = (x: number) => x !== 0 && !(Math.abs(x) >= leastNumber && Math.abs(x) <= largestNumber);
  const wrong = couplings.find(isOutside) ?? fields.find(isOutside);
  if (wrong === undefined) return;
  throw new OrreryError(
    "argument",
    `ising network: expected couplings and fields of 0 or from ${leastNumber} to ${largestNumber} in size, for they are kept in single precision; got ${wrong}`,
    {
      hint: "Divide couplings, fields and temperatures by one number, or take a classical method.",
    },
  );
}

/** Memory of one layer's weights stays addressable by the kernel. */
const largestLayer = 2 ** 28;

function maskedLayers({ depth, width, message, residual }: NetworkSettings): LayerPlan[] {
  const projection = message === "none" ? "plain" : "message";
  if (depth === 1) return [{ inputs: 1, outputs: 1, reach: "before", isActivated: false, projection }];
  const wide = { inputs: width, outputs: width, reach: "through", isActivated: true, projection } as const;
  const hasBlocks = residual && depth > 2;
  const layers: LayerPlan[] = [
    { inputs: 1, outputs: width, reach: "before", isActivated: !hasBlocks, projection },
    ...Array.from({ length: hasBlocks ? 0 : depth - 2 }, () => wide),
  ];
  for (let block = 1; hasBlocks && block <= depth - 2; block++) {
    const adds = layers.length;
    layers.push({ ...wide, reach: "site", projection: "plain" }, { ...wide, isActivated: block === depth - 2, adds });
  }
  return [...layers, { ...wide, outputs: 1, isActivated: false }];
}

function twoBodyLayers({ depth, width }: NetworkSettings): LayerPlan[] {
  const channels = [1, ...Array.from({ length: depth - 1 }, () => width), 1];
  return Array.from({ length: depth }, (_, l) => ({
    ...{ inputs: channels[l], outputs: channels[l + 1], isActivated: l < depth - 1 },
    reach: l === 0 ? "before" : "site",
    projection: l === 0 ? "two-body" : "plain",
  }));
}

function messagesOf(settings: NetworkSettings, couplings: Float32Array, n: number): Float32Array | undefined {
  if (settings.design === "two-body") {
    const scale = 1 / meanRowNorm(couplings, n);
    return couplings.map((w) => w * scale);
  }
  return settings.message === "none" ? undefined : messageMatrix(settings.message, couplings, n);
}

/**
 * Lays a network out for a model. The layers of the masked design are those of MADE: `1 → width → … → width → 1` channels of N units,
 * masked by `j < i` in the first layer and by `j ≤ i` after it; a residual block is a mixing of each spin's channels, activation and a masked
 * layer, added to what entered it.
 * @param key for a random order
 * @throws OrreryError `argument` as `completeNetwork` and `spinOrder` say, or for a layer of more than 2^28 weights or numbers beyond single precision.
 */
export function planNetwork(model: IsingModel, options: NetworkOptions, key: Key): NetworkPlan {
  checkPrecision(model);
  const settings = completeNetwork(options, model);
  const n = model.spins;
  const widest = settings.depth === 1 ? 1 : settings.width ** (settings.depth > 2 ? 2 : 1);
  if (widest * n * n > largestLayer) {
    throw new OrreryError(
      "argument",
      `ising network: ${n} spins and width ${settings.width} make layers of ${widest * n * n} weights; at most ${largestLayer} are possible`,
      { hint: "Take fewer channels or the two-body design, or a classical method." },
    );
  }
  const order = spinOrder(model, options.order ?? "given", key);
  const place = new Int32Array(n);
  order.forEach((spin, i) => {
    place[spin] = i;
  });
  const couplings = new Float32Array(n * n);
  order.forEach((spin, i) => {
    for (let k = model.rowStart[spin]; k < model.rowStart[spin + 1]; k++) {
      couplings[i * n + place[model.neighbors[k]]] = model.couplings[k];
    }
  });
  return {
    ...{ spins: n, settings, order, couplings },
    fields: Float32Array.from(order, (spin) => model.fields[spin]),
    layers: settings.design === "two-body" ? twoBodyLayers(settings) : maskedLayers(settings),
    messages: messagesOf(settings, couplings, n),
    isFirstFair: !model.hasFields && settings.symmetry !== "mixture",
  };
}

/** States in the order they are drawn, `[N, batch]`, as states of the model one after the other, `[batch, N]`. */
export function toModelOrder({ spins: n, order }: NetworkPlan, drawn: Float32Array): Int8Array {
  const batch = drawn.length / n;
  const states = new Int8Array(drawn.length);
  for (let i = 0; i < n; i++) for (let b = 0; b < batch; b++) states[b * n + order[i]] = drawn[i * batch + b];
  return states;
}

/** The inverse of `toModelOrder`. */
export function toDrawingOrder({ spins: n, order }: NetworkPlan, states: ArrayLike<number>): Float32Array {
  const batch = states.length / n;
  const drawn = new Float32Array(states.length);
  for (let i = 0; i < n; i++) for (let b = 0; b < batch; b++) drawn[i * batch + b] = states[b * n + order[i]];
  return drawn;
}
