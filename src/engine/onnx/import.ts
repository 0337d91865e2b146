import { OrreryError } from "../../errors.ts";
import { type DType, isFloat } from "../dtype.ts";
import { input } from "../input.ts";
import { NdArray } from "../ndarray.ts";
import { cast } from "../ops/index.ts";
import { formatShape, type Shape, sameShape } from "../shape.ts";
import { Tensor, type TensorLike, tensor } from "../tensor.ts";
import { onnxDataTypeName } from "./data-types.ts";
import { decodeModel } from "./decode.ts";
import { GraphReader } from "./import-graph.ts";
import type { OnnxDim, OnnxGraph, OnnxModel, OnnxValueInfo } from "./model.ts";
import { settingInputs } from "./operators/index.ts";
import { dtypeHolding, type OperatorTable } from "./operators/operator.ts";
import { tensorToArray } from "./tensor-data.ts";

/** An input or output of an imported model. */
export interface ImportedValue {
  readonly name: string;
  readonly dtype: DType;
  /** Sizes, names of sizes that may vary such as `"batch"`, null for unknown ones; undefined where not even the rank is known. */
  readonly shape: readonly OnnxDim[] | undefined;
}

export interface ImportOptions {
  /**
   * Importers of operators that are not built in, or that replace one: by the operator's name, for domains other than ONNX's own
   * `domain::Operator`.
   */
  readonly operators?: OperatorTable;
}

/** A model from an ONNX file, as a function on expressions. */
export interface ImportedModel {
  readonly name: string;
  readonly inputs: readonly ImportedValue[];
  readonly outputs: readonly ImportedValue[];
  /**
   * Every float initializer by name, running statistics of batch normalisation included; settings such as the limits of `Clip` are not.
   * Values of 16 bits are widened to float32.
   */
  readonly parameters: Readonly<Record<string, NdArray>>;
  readonly producerName: string;
  readonly docString: string;
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The model's outputs as expressions of its inputs, differentiable in both arguments. Parameters that are not given have the file's
   * values. Symbolic sizes take the sizes of the inputs given.
   * @throws OrreryError `argument` for a missing or unknown name, `shape` or `dtype` where a value does not fit, `unsupported` where a
   *   shape depends on values.
   */
  apply(
    inputs: Readonly<Record<string, TensorLike>>,
    parameters?: Readonly<Record<string, TensorLike>>,
  ): Record<string, Tensor>;
}

/** The oldest version of ONNX's operators with today's broadcasting. */
const oldestVersion = 7;

function importedValue({ name, type }: OnnxValueInfo): ImportedValue {
  if (type?.kind !== "tensor") {
    throw new OrreryError("unsupported", `importModel: "${name}" must be a tensor; got ${type?.kind ?? "no type"}`, {
      hint: "Sequences, maps and optional values are not supported: export a model of tensors.",
    });
  }
  const dtype = dtypeHolding(type.dataType);
  if (dtype === undefined) {
    throw new OrreryError(
      "unsupported",
      `importModel: no dtype of the engine holds the ${onnxDataTypeName(type.dataType)} of "${name}"`,
      { hint: "Export the model with float32, int64 or bool values." },
    );
  }
  return { name, dtype, shape: type.shape };
}

/** The initializers that some node reads as a value, not as a setting. */
function trainableNames({ nodes, outputs }: OnnxGraph): Set<string> {
  const names = new Set(outputs.map(({ name }) => name));
  for (const { opType, domain, inputs } of nodes) {
    const settings = domain === "" ? (settingInputs[opType] ?? []) : [];
    inputs.forEach((name, i) => {
      if (!settings.includes(i)) names.add(name);
    });
  }
  return names;
}

function checkVersion({ opsets }: OnnxModel): void {
  const version = opsets.find(({ domain }) => domain === "")?.version;
  if (version === undefined || version >= oldestVersion) return;
  throw new OrreryError(
    "unsupported",
    `importModel: expected version ${oldestVersion} or later of ONNX's operators; got ${version}`,
    { hint: "Convert the file, e.g. in Python: onnx.version_converter.convert_version(model, 21)." },
  );
}

/** Gives a value its place: the dtype and the sizes that are declared, symbolic ones equal wherever they occur. */
class InputBinder {
  readonly #sizes = new Map<string, { size: number; name: string }>();

  bind({ name, dtype, shape }: ImportedValue, value: TensorLike): Tensor {
    const isTyped = value instanceof Tensor || value instanceof NdArray;
    const x = tensor(value, isTyped ? undefined : dtype);
    if (x.dtype !== dtype) {
      throw new OrreryError("dtype", `importModel: input "${name}" must be ${dtype}; got ${x.dtype}`, {
        hint: `Convert with cast(x, "${dtype}").`,
      });
    }
    if (shape === undefined) return x;
    const fits = shape.length === x.rank && shape.every((dim, i) => this.#accepts(dim, x.shape[i], name));
    if (fits) return x;
    const declared = shape.map((dim) => dim ?? "?").join(", ");
    const bound = shape.flatMap((dim) => {
      const known = typeof dim === "string" ? this.#sizes.get(dim) : undefined;
      return known === undefined ? [] : [`${dim} is ${known.size} in "${known.name}"`];
    });
    throw new OrreryError(
      "shape",
      `importModel: input "${name}" must have shape [${declared}]; got ${formatShape(x.shape)}`,
      { hint: bound.length === 0 ? "Names stand for sizes that may vary." : `Here ${bound.join(", ")}.` },
    );
  }

  #accepts(dim: OnnxDim, size: number, name: string): boolean {
    if (dim === null) return true;
    if (typeof dim === "number") return dim === size;
    const known = this.#sizes.get(dim);
    if (known === undefined) this.#sizes.set(dim, { size, name });
    return known === undefined || known.size === size;
  }
}

function checkNames(what: string, given: readonly string[], known: readonly string[], isComplete: boolean): void {
  const unknown = given.find((name) => !known.includes(name));
  const missing = isComplete ? known.find((name) => !given.includes(name)) : undefined;
  if (unknown === undefined && missing === undefined) return;
  const list = known.length > 12 ? `${known.slice(0, 12).join(", ")}, … (${known.length})` : known.join(", ");
  throw new OrreryError(
    "argument",
    unknown === undefined
      ? `importModel: ${what} "${missing}" is missing; got ${given.join(", ") || "none"}`
      : `importModel: the model has no ${what} "${unknown}"; expected ${list || "none"}`,
  );
}

function checkedParameter(name: string, stored: NdArray, value: TensorLike): Tensor {
  const isTyped = value instanceof Tensor || value instanceof NdArray;
  const x = tensor(value, isTyped ? undefined : stored.dtype);
  if (sameShape(x.shape, stored.shape) && x.dtype === stored.dtype) return x;
  throw new OrreryError(
    x.dtype === stored.dtype ? "shape" : "dtype",
    `importModel: parameter "${name}" must be ${stored.dtype} ${formatShape(stored.shape)}; got ${x.dtype} ${formatShape(x.shape)}`,
  );
}

class Imported implements ImportedModel {
  readonly name: string;
  readonly inputs: readonly ImportedValue[];
  readonly outputs: readonly ImportedValue[];
  readonly parameters: Readonly<Record<string, NdArray>>;
  readonly producerName: string;
  readonly docString: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #stored: ReadonlyMap<string, NdArray>;
  readonly #reader: GraphReader;

  constructor(model: OnnxModel, { operators = {} }: ImportOptions) {
    const { graph } = model;
    this.name = graph.name;
    this.producerName = model.producerName ?? "";
    this.docString = model.docString ?? "";
    this.metadata = model.metadata ?? {};
    this.#stored = new Map(graph.initializers.map((initializer) => [initializer.name, tensorToArray(initializer)]));
    this.inputs = graph.inputs.filter(({ name }) => !this.#stored.has(name)).map(importedValue);
    this.outputs = graph.outputs.map(importedValue);
    const isTrainable = trainableNames(graph);
    this.parameters = Object.fromEntries(
      [...this.#stored].filter(([name, { dtype }]) => isFloat(dtype) && isTrainable.has(name)),
    );
    this.#reader = new GraphReader(model, operators);
    this.#refuseUnknownNodes();
  }

  apply(
    inputs: Readonly<Record<string, TensorLike>>,
    parameters: Readonly<Record<string, TensorLike>> = {},
  ): Record<string, Tensor> {
    checkNames(
      "input",
      Object.keys(inputs),
      this.inputs.map(({ name }) => name),
      true,
    );
    checkNames("parameter", Object.keys(parameters), Object.keys(this.parameters), false);
    const binder = new InputBinder();
    const values = new Map<string, Tensor>();
    for (const [name, stored] of this.#stored) {
      const given = parameters[name];
      values.set(name, given === undefined ? tensor(stored) : checkedParameter(name, stored, given));
    }
    for (const value of this.inputs) values.set(value.name, binder.bind(value, inputs[value.name]));
    this.#reader.read(values);
    return Object.fromEntries(
      this.outputs.map(({ name, dtype }): [string, Tensor] => {
        const x = values.get(name);
        if (x === undefined) throw new OrreryError("format", `importModel: output "${name}" is made by no node`);
        // Quantised values are held as floats until here.
        return [name, cast(x, dtype)];
      }),
    );
  }

  /** All operators at once that stand between this model and its use, with shapes for sizes of 1 where they may vary. */
  #refuseUnknownNodes(): void {
    const values = new Map<string, Tensor>([...this.#stored].map(([name, value]) => [name, tensor(value)]));
    for (const { name, dtype, shape } of this.inputs) {
      if (shape === undefined) continue;
      const sizes: Shape = shape.map((dim) => (typeof dim === "number" ? dim : 1));
      values.set(name, input(sizes, dtype, name));
    }
    const unknown = this.#reader.unknownNodes(values);
    if (unknown.length === 0) return;
    const list = unknown.map(({ title, inputs }) => `\n  ${title} with inputs ${inputs || "none"}`);
    throw new OrreryError(
      "unsupported",
      `importModel: ${unknown.length === 1 ? "1 node has an operator" : `${unknown.length} nodes have operators`} that cannot be imported:${list.join("")}`,
      {
        hint: "Give an importer in options.operators, inline the model's functions, or export the model without control flow and recurrent layers.",
      },
    );
  }
}

/**
 * Reads an ONNX file (operators of version 7 or later) as a function on expressions, so that the network can be run, differentiated,
 * fine-tuned, quantised and exported again:
 *
 * `const net = importModel(bytes); const loss = (p, x, y) => mean(square(net.apply({ x }, p).y.subtract(y)));`
 *
 * Shapes are static: what a model computes from its inputs' shapes is worked out when it is applied. Batch normalisation uses its stored
 * statistics and dropout does nothing. Quantised values are floats with straight-through gradients.
 * @throws OrreryError `format` for damaged bytes; `unsupported` listing every node whose operator cannot be imported.
 */
export function importModel(bytes: Uint8Array, options: ImportOptions = {}): ImportedModel {
  const model = decodeModel(bytes);
  checkVersion(model);
  return new Imported(model, options);
}
