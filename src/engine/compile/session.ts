import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { OrreryError } from "../../errors.ts";
import type { DType, TypedArray } from "../dtype.ts";
import type { Shape } from "../shape.ts";

/** ONNX Runtime's execution providers that can be asked for; all but `cpu` and `wasm` are passed through untested. */
export type Provider = "cpu" | "wasm" | "cuda" | "webgpu" | "coreml" | "dml";

export interface SessionOptions {
  readonly provider?: Provider;
  /** Threads within one operator; the machine's processors when left out. */
  readonly threads?: number;
  /** Whether the memory of a run is planned as one piece; true when left out. */
  readonly plansMemory?: boolean;
  /** Whether the graph has float64 values, for which some of the runtime's fusions have no kernel. */
  readonly hasFloat64?: boolean;
}

/** The part of `onnxruntime-node` and `onnxruntime-web` that is used. */
interface OrtModule {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

async function loadModule(provider: Provider): Promise<OrtModule> {
  if (provider !== "wasm") return (await import("onnxruntime-node")) as unknown as OrtModule;
  const web = (await import("onnxruntime-web").catch((cause: unknown) => {
    throw new OrreryError("not-found", 'compile: provider "wasm" needs the package onnxruntime-web', {
      hint: "Install it beside orrery: npm install onnxruntime-web.",
      cause,
    });
  })) as unknown as OrtModule & { env: { wasm: { numThreads?: number } } };
  web.env.wasm.numThreads = 1;
  return web;
}

/** How many threads this machine runs at once, in a browser and in Node. */
async function processors(): Promise<number> {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return navigator?.hardwareConcurrency ?? (await import("node:os")).availableParallelism();
}

/** One model loaded into ONNX Runtime. */
export class Session {
  readonly #session: InferenceSession;
  readonly #ort: OrtModule;

  private constructor(session: InferenceSession, ort: OrtModule) {
    this.#session = session;
    this.#ort = ort;
  }

  /** Loads a model. @throws OrreryError `unsupported` when the runtime has no kernel for one of its nodes. */
  static async create(
    model: Uint8Array,
    { provider = "cpu", threads, plansMemory = true, hasFloat64 = false }: SessionOptions = {},
  ): Promise<Session> {
    const ort = await loadModule(provider);
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: threads ?? (await processors()),
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        enableMemPattern: plansMemory,
        ...(hasFloat64 ? { extra: { optimization: { disable_specified_optimizers: "QuickGeluFusion" } } } : {}),
        logSeverityLevel: 4,
      });
      return new Session(session, ort);
    } catch (cause) {
      throw explain(cause, provider);
    }
  }

  /** A runtime tensor over existing storage. */
  wrap(dtype: DType, data: TypedArray, shape: Shape): OrtTensor {
    return new this.#ort.Tensor(dtype, data, shape);
  }

  /** Runs the whole graph; a fetch that is a tensor is written in place. */
  async run(
    feeds: Readonly<Record<string, OrtTensor>>,
    fetches: Readonly<Record<string, OrtTensor | null>>,
  ): Promise<Readonly<Record<string, OrtTensor>>> {
    try {
      return await this.#session.run(feeds, fetches);
    } catch (cause) {
      throw explainRun(cause);
    }
  }

  /** Frees the session's memory. */
  async release(): Promise<void> {
    await this.#session.release();
  }
}

/** An error of a run, said in the words of the operation that failed where it is known. */
function explainRun(cause: unknown): OrreryError {
  const message = (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
  const index = /Name:'([^']*)'.*idx=(-?\d+) must be within the inclusive range \[(-?\d+),(-?\d+)\]/.exec(message);
  if (index === null) return new OrreryError("runtime", `run: ${message}`, { cause });
  const [, node, got, low, high] = index;
  return new OrreryError("argument", `${node.replace(/_\d+$/, "")}: index ${got} is outside [${low}, ${high}]`, {
    hint: "Check the indices against the size of the axis they point into.",
    cause,
  });
}

function explain(cause: unknown, provider: Provider): OrreryError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const missing = /Could not find an implementation for (\S+) node with name '([^']*)'/.exec(message);
  if (missing === null)
    return new OrreryError("runtime", `compile: ONNX Runtime refused the graph: ${message}`, { cause });
  const operation = missing[2].replace(/_\d+$/, "");
  return new OrreryError(
    "unsupported",
    `${operation}: the ${provider} provider has no kernel for ${missing[1]} with these dtypes`,
    { hint: 'Convert to float32 with cast(x, "float32") before it, or use the reference evaluator.', cause },
  );
}
