import { availableParallelism } from "node:os";
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
  const web = (await import("onnxruntime-web")) as unknown as OrtModule & { env: { wasm: { numThreads?: number } } };
  web.env.wasm.numThreads = 1;
  return web;
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
    { provider = "cpu", threads = availableParallelism() }: SessionOptions = {},
  ): Promise<Session> {
    const ort = await loadModule(provider);
    try {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: "all",
        logSeverityLevel: 3,
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
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new OrreryError("runtime", `run: ${message.split("\n")[0]}`, { cause });
    }
  }

  /** Frees the session's memory. */
  async release(): Promise<void> {
    await this.#session.release();
  }
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
