import { Key } from "../../../../engine/random/key.ts";
import { sampleUniformInto } from "../../../../engine/random/sample.ts";
import { wasm } from "./incremental.wasm.ts";

/** Which spins a layer's outputs of spin i read: those before it, these and itself, or itself alone. */
export type Reach = "before" | "through" | "site";

/** A layer as the kernel runs it: `W x + b`, plus another feature map, then `a > 0 ? a : slope · a`. */
export interface KernelLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly reach: Reach;
  /** Whether it has slopes. */
  readonly isActivated: boolean;
  /** The feature map that is added: 0 for the spins, l + 1 for the outputs of layer l. */
  readonly adds?: number;
}

/** The numbers of a layer: `weights` is `[outputs, N, inputs, N]`, for reach `site` `[outputs, N, inputs]`; the others `[outputs, N]`. */
export interface KernelWeights {
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  readonly slopes?: ArrayLike<number>;
}

/** What a sampler is made for. */
export interface SamplerShape {
  readonly spins: number;
  readonly layers: readonly KernelLayer[];
  /** J in the order of the spins, `[N, N]`. */
  readonly couplings: ArrayLike<number>;
  /** h in the order of the spins, `[N]`. */
  readonly fields: ArrayLike<number>;
  /** Samples drawn together. */
  readonly batch: number;
  /** Default `float32`. */
  readonly precision?: "float32" | "float64";
}

/** How a batch is drawn. */
export interface DrawOptions {
  /** A key, or the uniform numbers in [0, 1) themselves, `[N, batch]`: spin i of sample b is +1 where its number is below q(+1). */
  readonly source: Key | Numbers;
  /** The factor of the local field `Σ_{j<i} J_ij s_j + h_i` in the logit of spin i. */
  readonly skip: number;
  /** Whether the first spin is always +1. */
  readonly isAnchored: boolean;
}

/** Samples in the order of the spins. */
export interface Drawn {
  /** `[N, batch]`, −1 or +1. */
  readonly spins: Float32Array;
  /** ln q of each sample. */
  readonly logProbabilities: Float64Array;
  /** `−Σ_{i<j} J_ij s_i s_j − Σ_i h_i s_i` of each sample, without the model's offset. */
  readonly energies: Float64Array;
}

/** The part of WebAssembly used here, which every runtime has and Node's types leave out. */
const { Module, Instance } = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Module: new (bytes: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    };
  }
).WebAssembly;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  sampleTile32(job: number, scale: number): void;
  sampleTile64(job: number, scale: number): void;
  freeFrom(): number;
}

const reaches: readonly Reach[] = ["before", "through", "site"];
const rowBytes = 64;
/** Samples whose feature maps stay in a core's own cache while every weight read serves many of them; measured from 100 to 1,000 spins. */
const tileSamples = 64;
const layerWords = 10;
const jobWords = 12;
const pageBytes = 1 << 16;

type Numbers = Float32Array | Float64Array;

let compiled: object | undefined;

function instantiate(): Exports {
  compiled ??= new Module(Buffer.from(wasm, "base64"));
  return new Instance(compiled).exports as Exports;
}

/** Numbers of an array in the kernel's memory, by their first byte and count. */
interface Place {
  readonly at: number;
  readonly length: number;
}

/** Hands out the kernel's memory from its first free byte on, in steps of a vector. */
class Arena {
  #next: number;

  constructor(from: number) {
    this.#next = from;
  }

  take(length: number, bytesEach: number): Place {
    const at = Math.ceil(this.#next / rowBytes) * rowBytes;
    this.#next = at + length * bytesEach;
    return { at, length };
  }

  get pages(): number {
    return Math.ceil(this.#next / pageBytes);
  }
}

/** The numbers of weights that a layer has for one spin and one output. */
const weightsPerSpin = ({ inputs, reach }: KernelLayer, spins: number): number =>
  reach === "site" ? inputs : inputs * spins;

/**
 * Draws from a masked autoregressive network, spin after spin for many samples at once. Of every layer only the next spin's row is
 * computed, from the feature maps that the spins before have left: all N spins together cost one pass through the network,
 * `Σ_l c_l c_{l+1} N² / 2` multiplications a sample, where a network that is run for every spin needs 2 N times as many.
 * The work is done by SIMD kernels in WebAssembly, on tiles of samples that fit into a core's cache.
 */
export class IncrementalSampler {
  readonly #shape: SamplerShape;
  readonly #kernel: Exports;
  readonly #bytesEach: 4 | 8;
  readonly #columns: number;
  readonly #tile: number;
  readonly #layers: readonly { readonly weights: Place; readonly bias: Place; readonly slopes: Place | undefined }[];
  readonly #job: Place;
  readonly #sums: Place;
  readonly #uniforms: Place;
  readonly #out: Place;

  constructor(shape: SamplerShape) {
    const { spins, layers, couplings, fields, batch, precision = "float32" } = shape;
    this.#shape = shape;
    this.#kernel = instantiate();
    this.#bytesEach = precision === "float32" ? 4 : 8;
    const vector = rowBytes / this.#bytesEach;
    this.#columns = Math.ceil(batch / vector) * vector;
    this.#tile = Math.min(this.#columns, tileSamples);

    const arena = new Arena(this.#kernel.freeFrom());
    const take = (length: number) => arena.take(length, this.#bytesEach);
    const maps = [1, ...layers.map(({ outputs }) => outputs)].map((count) => take(count * spins * this.#tile));
    this.#layers = layers.map((layer) => ({
      weights: take(layer.outputs * spins * weightsPerSpin(layer, spins)),
      bias: take(layer.outputs * spins),
      slopes: layer.isActivated ? take(layer.outputs * spins) : undefined,
    }));
    const [matrix, external, local] = [take(spins * spins), take(spins), take(this.#tile)];
    this.#sums = take(4 * this.#tile);
    this.#uniforms = take(spins * this.#columns);
    this.#out = take(spins * this.#columns);
    const records = arena.take(layerWords * layers.length, 4);
    this.#job = arena.take(jobWords, 4);
    this.#kernel.memory.grow(Math.max(0, arena.pages - this.#kernel.memory.buffer.byteLength / pageBytes));

    this.#view(matrix).set(couplings);
    this.#view(external).set(fields);
    layers.forEach((layer, l) => {
      const { weights, bias, slopes } = this.#layers[l];
      const added = layer.adds === undefined ? 0 : maps[layer.adds].at;
      this.#words({ at: records.at + 4 * layerWords * l, length: layerWords }).set([
        ...[maps[l].at, maps[l + 1].at, weights.at, bias.at, slopes?.at ?? 0, added],
        ...[layer.inputs, layer.outputs, reaches.indexOf(layer.reach)],
        weightsPerSpin(layer, spins) * this.#bytesEach,
      ]);
    });
    this.#words(this.#job).set([
      ...[spins, layers.length, this.#tile * this.#bytesEach, this.#columns * this.#bytesEach, records.at],
      ...[matrix.at, external.at, maps[0].at, local.at, this.#sums.at],
    ]);
  }

  /** Takes over the numbers of all layers. */
  load(layers: readonly KernelWeights[]): void {
    layers.forEach(({ weights, bias, slopes }, l) => {
      const places = this.#layers[l];
      this.#view(places.weights).set(weights);
      this.#view(places.bias).set(bias);
      if (places.slopes !== undefined && slopes !== undefined) this.#view(places.slopes).set(slopes);
    });
  }

  /** Draws one batch. */
  draw({ source, skip, isAnchored }: DrawOptions): Drawn {
    const { spins, batch } = this.#shape;
    const uniforms = this.#view(this.#uniforms);
    if (source instanceof Key) sampleUniformInto(source, uniforms);
    else for (let i = 0; i < spins; i++) uniforms.set(source.subarray(i * batch, (i + 1) * batch), i * this.#columns);
    if (isAnchored) uniforms.fill(0, 0, this.#columns);

    const logProbabilities = new Float64Array(batch);
    const energies = new Float64Array(batch);
    for (let from = 0; from < batch; from += this.#tile) {
      const width = Math.min(this.#tile, this.#columns - from);
      this.#runTile(from, width, skip);
      const count = Math.min(width, batch - from);
      const sums = this.#view({ at: this.#sums.at, length: 4 * width });
      logProbabilities.set(sums.subarray(0, count), from);
      energies.set(sums.subarray(2 * width, 2 * width + count), from);
    }
    return { spins: this.#collect(), logProbabilities, energies };
  }

  #runTile(from: number, width: number, skip: number): void {
    const offset = from * this.#bytesEach;
    const job = this.#words(this.#job);
    job[2] = width * this.#bytesEach;
    job.set([this.#uniforms.at + offset, this.#out.at + offset], 10);
    if (this.#bytesEach === 4) this.#kernel.sampleTile32(this.#job.at, skip);
    else this.#kernel.sampleTile64(this.#job.at, skip);
  }

  /** The drawn spins without the columns that fill up the last vector. */
  #collect(): Float32Array {
    const { spins, batch } = this.#shape;
    const out = this.#view(this.#out);
    const collected = new Float32Array(spins * batch);
    for (let i = 0; i < spins; i++) {
      collected.set(out.subarray(i * this.#columns, i * this.#columns + batch), i * batch);
    }
    return collected;
  }

  #view({ at, length }: Place): Numbers {
    const { buffer } = this.#kernel.memory;
    return this.#bytesEach === 4 ? new Float32Array(buffer, at, length) : new Float64Array(buffer, at, length);
  }

  #words({ at, length }: Place): Uint32Array {
    return new Uint32Array(this.#kernel.memory.buffer, at, length);
  }
}
