import type { Tensor as OrtTensor } from "onnxruntime-node";
import { OrreryError } from "../../errors.ts";
import { allocate, type DType, type DTypeArrays, type TypedArray } from "../dtype.ts";
import { evaluate, fromReference } from "../evaluate.ts";
import { nodesOf } from "../gradients.ts";
import { NdArray } from "../ndarray.ts";
import { encodeModel } from "../onnx/encode.ts";
import type { ReferenceLike } from "../operation.ts";
import { drawInto } from "../ops/random.ts";
import { Key } from "../random/key.ts";
import { sizeOf } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { leavesOf, mapTree } from "../tree.ts";
import { probeBlockSize } from "./blocked/probe.ts";
import { BufferPool } from "./buffer-pool.ts";
import { lowerModel } from "./lower.ts";
import { packArrays, unpackArrays } from "./packing.ts";
import { type Provider, Session, type SessionOptions } from "./session.ts";
import { type Port, type TracedFunction, trace } from "./trace.ts";

/** What a traced function sees as a `Tensor`, its caller gives as an array or a number. */
export type Given<T> = T extends Tensor
  ? NdArray | number
  : T extends Key | string | number | boolean | undefined | null
    ? T
    : { readonly [K in keyof T]: Given<T[K]> };

/** What a traced function returns as a `Tensor`, its caller gets as an array. */
export type Computed<T> = T extends Tensor
  ? NdArray
  : T extends string | number | boolean | undefined | null
    ? T
    : { readonly [K in keyof T]: Computed<T[K]> };

export interface CompileOptions {
  /** Where the graph runs: ONNX Runtime's `cpu` (default), its WebAssembly build, or the reference evaluator. `cuda`, `webgpu`, `coreml` and `dml` are passed through, untested. */
  readonly provider?: Provider | "reference";
  /** Threads within one operator; the machine's processors when left out. */
  readonly threads?: number;
  /**
   * Positions of arguments whose buffers may be overwritten after the call by later results of the same size:
   * a training state that is replaced at every step then needs no new memory. Do not read such an argument afterwards.
   */
  readonly donate?: readonly number[];
}

/** A function that runs on ONNX Runtime. */
export interface CompiledFunction<A extends readonly unknown[], R> {
  (...args: { readonly [K in keyof A]: Given<A[K]> }): Promise<Computed<R>>;
  /** Frees the memory of all its sessions. */
  release(): Promise<void>;
}

function describeLeaf(leaf: unknown, path: string): string {
  if (leaf instanceof NdArray) return `${leaf.dtype}[${leaf.shape}]`;
  if (leaf instanceof Key) return "key";
  if (leaf instanceof Tensor) {
    throw new OrreryError(
      "argument",
      `compile: argument${path} is an expression; a compiled function takes concrete values`,
      {
        hint: "Pass an NdArray or a number, or use the expression inside the function.",
      },
    );
  }
  if (typeof leaf === "number") return "n";
  if (leaf === null || ["string", "boolean", "undefined"].includes(typeof leaf))
    return JSON.stringify(leaf) ?? "undefined";
  throw new OrreryError(
    "argument",
    `compile: argument${path} must be an array, a number or a key; got ${String(leaf)}`,
  );
}

/** A text that is equal for arguments that need the same graph. */
function signatureOf(args: readonly unknown[]): string {
  let text = "";
  mapTree(args, (leaf, path) => {
    text += `${path}:${describeLeaf(leaf, path)};`;
  });
  return text;
}

interface Prepared {
  readonly traced: TracedFunction;
  readonly session: Session;
}

/** The array that travels through a port: one leaf, or several in one buffer. */
function portData({ leaves: members, packing }: Port, leaves: readonly unknown[]): TypedArray {
  const arrays = members.map((i) => {
    const leaf = leaves[i];
    return leaf instanceof NdArray ? leaf : new NdArray(Float32Array.of(leaf as number), []);
  });
  return packing === undefined ? arrays[0].data : packArrays(arrays, packing.size);
}

/** The result in the structure the function returned it in, with arrays for its expressions. */
function assembleResult(traced: TracedFunction, arrays: ReadonlyMap<number, NdArray>): unknown {
  let position = 0;
  return mapTree(traced.result, (leaf) => arrays.get(position++) ?? leaf);
}

/**
 * ONNX Runtime can plan a run's memory as one piece, which spares many small allocations, but then keeps that piece beside what the first
 * run had taken. From this many elements in one value on the memory counts for more.
 */
const smallestUnplanned = 250_000;

/** What the runtime should know of a graph's values. */
function memoryTraits({ outputs }: TracedFunction): Pick<SessionOptions, "plansMemory" | "hasFloat64"> {
  const types = nodesOf(outputs.map((port) => port.tensor)).flatMap(({ outputTypes }) => outputTypes);
  return {
    plansMemory: types.every(({ shape }) => sizeOf(shape) < smallestUnplanned),
    hasFloat64: types.some(({ dtype }) => dtype === "float64"),
  };
}

class Compiler {
  readonly #f: (...args: never[]) => unknown;
  readonly #options: CompileOptions;
  readonly #prepared = new Map<string, Promise<Prepared>>();
  readonly #references = new Map<string, TracedFunction>();
  readonly #pool = new BufferPool();

  constructor(f: (...args: never[]) => unknown, options: CompileOptions) {
    this.#f = f;
    this.#options = options;
  }

  async call(args: readonly unknown[]): Promise<unknown> {
    const signature = signatureOf(args);
    if (this.#options.provider === "reference") return this.#evaluate(signature, args);
    let prepared = this.#prepared.get(signature);
    if (prepared === undefined) {
      prepared = this.#prepare(args, this.#options.provider ?? "cpu");
      this.#prepared.set(signature, prepared);
      prepared.catch(() => this.#prepared.delete(signature));
    }
    return this.#run(await prepared, args);
  }

  async release(): Promise<void> {
    const sessions = await Promise.allSettled(this.#prepared.values());
    this.#prepared.clear();
    for (const result of sessions) if (result.status === "fulfilled") await result.value.session.release();
  }

  async #prepare(args: readonly unknown[], provider: Provider): Promise<Prepared> {
    const traced = trace(this.#f, args);
    const blockSize = provider === "cpu" ? await probeBlockSize() : 0;
    const model = lowerModel(
      {
        inputs: [...traced.inputs, ...traced.random].map(({ name, tensor: value }) => ({ name, value })),
        outputs: traced.outputs.map(({ name, tensor: value }) => ({ name, value })),
      },
      { allowsInternalOperators: provider === "cpu" || provider === "wasm", blockSize },
    );
    const session = await Session.create(encodeModel(model), {
      provider,
      threads: this.#options.threads,
      ...memoryTraits(traced),
    });
    return { traced, session };
  }

  async #run({ traced, session }: Prepared, args: readonly unknown[]): Promise<unknown> {
    const leaves = leavesOf(args);
    const values = leaves.map(({ leaf }) => leaf);
    const feeds: Record<string, OrtTensor> = {};
    const donated: TypedArray[] = [];
    const isDonated = new Set((this.#options.donate ?? []).map((i) => `[${i}]`));
    for (const port of traced.inputs) {
      const data = portData(port, values);
      for (const i of port.leaves) {
        const { leaf, path } = leaves[i];
        if (leaf instanceof NdArray) this.#pool.checkLive(leaf.data, path);
      }
      feeds[port.name] = session.wrap(port.tensor.dtype, data, port.tensor.shape);
      if (isDonated.has(/^\[\d+\]/.exec(leaves[port.leaves[0]].path)?.[0] ?? "")) donated.push(data);
    }
    for (const port of traced.random)
      feeds[port.name] = session.wrap(port.tensor.dtype, draw(port, traced, values), port.tensor.shape);
    const fetches: Record<string, OrtTensor | null> = {};
    for (const { name, tensor: x } of traced.outputs) {
      // The WebAssembly build answers from its own memory and cannot write into given buffers.
      const isReused = isDonated.size > 0 && this.#options.provider !== "wasm";
      const buffer = isReused ? this.#pool.take(x.dtype, sizeOf(x.shape)) : undefined;
      fetches[name] = buffer === undefined ? null : session.wrap(x.dtype, buffer, x.shape);
    }
    const results = await session.run(feeds, fetches);
    for (const data of donated) this.#pool.give(data);
    const arrays = new Map<number, NdArray>();
    for (const { name, tensor: x, leaves: members, packing } of traced.outputs) {
      const data = (fetches[name] ?? results[name]).data as DTypeArrays[DType];
      const list =
        packing === undefined ? [new NdArray(data, x.shape, x.dtype)] : unpackArrays(data as Float32Array, packing);
      members.forEach((member, k) => {
        arrays.set(member, list[k]);
      });
    }
    return assembleResult(traced, arrays);
  }

  #evaluate(signature: string, args: readonly unknown[]): unknown {
    const traced = this.#references.get(signature) ?? trace(this.#f, args);
    this.#references.set(signature, traced);
    const values = leavesOf(args).map(({ leaf }) => leaf);
    const feeds = new Map<Tensor, ReferenceLike>();
    for (const port of traced.inputs) {
      feeds.set(port.tensor, new NdArray(portData(port, values), port.tensor.shape, port.tensor.dtype));
    }
    for (const port of traced.random) {
      feeds.set(port.tensor, new NdArray(draw(port, traced, values), port.tensor.shape, port.tensor.dtype));
    }
    const results = evaluate(
      traced.outputs.map((port) => port.tensor),
      feeds,
    );
    const arrays = new Map<number, NdArray>();
    traced.outputs.forEach(({ tensor: x, leaves: members, packing }, i) => {
      const array = fromReference(results[i], x.dtype);
      const list = packing === undefined ? [array] : unpackArrays(array.data as Float32Array, packing);
      members.forEach((member, k) => {
        arrays.set(member, list[k]);
      });
    });
    return assembleResult(traced, arrays);
  }
}

function draw(
  { attributes }: TracedFunction["random"][number],
  { keys }: TracedFunction,
  values: readonly unknown[],
): TypedArray {
  const source = attributes.source.resolve((root) => values[keys.get(root as object) as number] as Key);
  const out = allocate(attributes.dtype, sizeOf(attributes.shape)) as TypedArray;
  drawInto({ distribution: attributes.distribution, source }, out);
  return out;
}

/**
 * Compiles a function of tensors: `f` is called once for every new combination of argument shapes, on placeholders; its graph is simplified,
 * lowered to one ONNX model and kept as a session. The compiled function takes and returns concrete arrays in the same nested objects.
 * Numbers are float32 scalars and may change from call to call; keys give fresh random numbers; strings and booleans are fixed in the graph.
 * @throws OrreryError when `f` builds an impossible expression, or when the provider lacks an operator.
 */
export function compile<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  options: CompileOptions = {},
): CompiledFunction<A, R> {
  const compiler = new Compiler(f as unknown as (...args: never[]) => unknown, options);
  const call = (...args: readonly unknown[]) => compiler.call(args);
  return Object.assign(call, { release: () => compiler.release() }) as CompiledFunction<A, R>;
}

/** The value of one expression, computed on ONNX Runtime. */
export async function read(x: Tensor): Promise<NdArray> {
  const compiled = compile(() => x);
  try {
    return await compiled();
  } finally {
    await compiled.release();
  }
}
