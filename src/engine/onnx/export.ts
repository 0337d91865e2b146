import { OrreryError } from "../../errors.ts";
import { portableTarget } from "../compile/graph-writer.ts";
import { lowerModel, type NamedTensor } from "../compile/lower.ts";
import { Simplifier } from "../compile/simplify.ts";
import type { DType } from "../dtype.ts";
import { nodesOf } from "../gradients.ts";
import { input } from "../input.ts";
import { NdArray } from "../ndarray.ts";
import type { Operation } from "../operation.ts";
import { randomOperation } from "../ops/random.ts";
import { formatShape, type Shape } from "../shape.ts";
import { Tensor, tensor } from "../tensor.ts";
import { leavesOf, mapTree } from "../tree.ts";
import { mergeBatchSizes, probeSizes } from "./dynamic-batch.ts";
import { encodeModel } from "./encode.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from "./model.ts";
import { tensorFromArray } from "./tensor-data.ts";
import { namesRead, renameValues } from "./value-names.ts";

export interface ExportOptions {
  /**
   * A tree of arrays that `f` takes as its first argument, before the examples. They are stored in the file under their paths:
   * `{ layers: [{ weight }] }` gives the initializer `layers.0.weight`. Those that the result does not depend on are left out.
   */
  readonly parameters?: unknown;
  /** One name for each tensor among the examples, in order; by default their property names, or `input`. */
  readonly inputNames?: readonly string[];
  /** One name for each tensor of the result, in order; by default their property names, or `output`. */
  readonly outputNames?: readonly string[];
  /**
   * Lets the first size of the inputs vary: of all inputs that have the first one's batch size, or of those named.
   * The model then runs at any batch size, its inputs' and outputs' first size is called `batch`.
   */
  readonly dynamicBatch?: boolean | readonly string[];
  /** The graph's name. */
  readonly name?: string;
  readonly docString?: string;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A tensor that the exported function takes. */
interface Slot {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The value to be stored, for a parameter. */
  readonly value?: NdArray;
  readonly hasBatch: boolean;
}

const batchName = "batch";

/** `[0].layers[1].weight` as `layers.1.weight`: without the position among the arguments. */
function pathName(path: string): string {
  return path
    .replace(/^\[\d+\]/, "")
    .replaceAll(/[[\].]+/g, ".")
    .replaceAll(/^\.|\.$/g, "");
}

/** Names by path; where a path is only a position, or two are equal, the position in the list. */
function defaultNames(paths: readonly string[], stem: string): string[] {
  const names = paths.map(pathName);
  return names.map((name, i) => {
    const isUnique = name !== "" && names.indexOf(name) === names.lastIndexOf(name);
    if (isUnique) return /^\d/.test(name) ? `${stem}.${name}` : name;
    return paths.length === 1 ? stem : `${stem}${i}`;
  });
}

function chosenNames(
  what: "inputNames" | "outputNames",
  given: readonly string[] | undefined,
  paths: readonly string[],
): readonly string[] {
  const defaults = defaultNames(paths, what === "inputNames" ? "input" : "output");
  if (given === undefined || given.length === paths.length) return given ?? defaults;
  throw new OrreryError(
    "argument",
    `exportModel: ${what} must have one name for each of ${paths.length} tensors (${defaults.join(", ")}); got ${given.length}`,
  );
}

function refuseRepeatedNames(names: readonly string[]): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated === undefined) return;
  throw new OrreryError("argument", `exportModel: two values are named "${repeated}"`, {
    hint: "Choose distinct inputNames and outputNames that no parameter has.",
  });
}

function typeOf(leaf: unknown): { shape: Shape; dtype: DType } | undefined {
  if (leaf instanceof NdArray || leaf instanceof Tensor) return { shape: leaf.shape, dtype: leaf.dtype };
  return typeof leaf === "number" ? { shape: [], dtype: "float32" } : undefined;
}

function parameterSlots(parameters: unknown): (Slot | undefined)[] {
  return leavesOf(parameters).map(({ leaf, path }) => {
    if (leaf instanceof Tensor) {
      throw new OrreryError("argument", `exportModel: parameter ${path} must be a concrete array; got ${leaf}`, {
        hint: "Compute it first, e.g. await parameter.read().",
      });
    }
    const value = typeof leaf === "number" ? tensorValue(leaf) : leaf;
    if (!(value instanceof NdArray)) return undefined;
    const { shape, dtype } = value;
    return { name: pathName(path) || "parameter", shape, dtype, value, hasBatch: false };
  });
}

function tensorValue(value: number): NdArray {
  return new NdArray(Float32Array.of(value), []);
}

function exampleSlots(examples: readonly unknown[], options: ExportOptions): (Slot | undefined)[] {
  const leaves = leavesOf(examples);
  const types = leaves.map(({ leaf }) => typeOf(leaf));
  const paths = leaves.flatMap(({ path }, i) => (types[i] === undefined ? [] : [path]));
  const names = [...chosenNames("inputNames", options.inputNames, paths)];
  const { dynamicBatch = false } = options;
  if (typeof dynamicBatch !== "boolean") {
    const unknown = dynamicBatch.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      throw new OrreryError(
        "argument",
        `exportModel: dynamicBatch names no input; expected some of ${names.join(", ")}; got ${unknown}`,
      );
    }
  }
  const batch = types.find((type) => type !== undefined && type.shape.length > 0)?.shape[0];
  let next = 0;
  return types.map((type) => {
    if (type === undefined) return undefined;
    const name = names[next++];
    const isAsked =
      typeof dynamicBatch === "boolean" ? dynamicBatch && type.shape[0] === batch : dynamicBatch.includes(name);
    return { ...type, name, hasBatch: isAsked && type.shape.length > 0 };
  });
}

/** A function written as a graph whose border values have provisional names that no operation uses. */
interface Written {
  readonly model: OnnxModel;
  readonly outputPaths: readonly string[];
}

/** Calls `f` on placeholders, at another batch size if asked, and writes the simplified result as a model. */
function write(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  slots: readonly (Slot | undefined)[],
  options: ExportOptions,
  batch?: number,
): Written {
  const placeholders: NamedTensor[] = [];
  const standIns = slots.map((slot, i) => {
    if (slot === undefined) return undefined;
    const shape = slot.hasBatch && batch !== undefined ? [batch, ...slot.shape.slice(1)] : slot.shape;
    const value = input(shape, slot.dtype, `in:${i}`);
    placeholders.push({ name: `in:${i}`, value });
    return value;
  });
  let position = 0;
  const symbolic = mapTree(args, (leaf) => standIns[position++] ?? leaf) as never[];
  const result = mapTree([f(...symbolic)], (leaf) =>
    leaf instanceof NdArray || typeof leaf === "number" ? tensor(leaf) : leaf,
  );
  const outputs = leavesOf(result).filter(({ leaf }) => leaf instanceof Tensor);
  if (outputs.length === 0) {
    throw new OrreryError("argument", "exportModel: the function must return tensors; got none");
  }
  const simplified = new Simplifier().simplify(outputs.map(({ leaf }) => leaf as Tensor));
  refuseRandomness(simplified);
  const model = lowerModel(
    {
      inputs: placeholders,
      outputs: simplified.map((value, i) => ({ name: `out:${i}`, value })),
      name: options.name,
      docString: options.docString,
      metadata: options.metadata,
    },
    portableTarget,
  );
  return { model, outputPaths: outputs.map(({ path }) => path) };
}

function refuseRandomness(outputs: readonly Tensor[]): void {
  const draw = nodesOf(outputs).find(({ operation }) => operation === (randomOperation as unknown as Operation));
  if (draw === undefined) return;
  throw new OrreryError(
    "unsupported",
    `exportModel: a model file cannot draw the random numbers that the function uses, of shape ${formatShape(draw.outputs[0].shape)}`,
    { hint: "Switch dropout and other noise off, or give the random numbers as an input." },
  );
}

/** The model at the examples' sizes, or the one for every batch size. */
function writeModel(
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  slots: readonly (Slot | undefined)[],
  options: ExportOptions,
): Written {
  if (!options.dynamicBatch) return write(f, args, slots, options);
  const source = slots.findIndex((slot) => slot?.hasBatch);
  if (source === -1) {
    throw new OrreryError("argument", "exportModel: dynamicBatch needs an input with at least one axis; got none");
  }
  const versions = probeSizes.map((size) => write(f, args, slots, options, size));
  const graph = mergeBatchSizes(
    versions.map(({ model }) => model.graph),
    batchName,
    `in:${source}`,
  );
  return { ...versions[0], model: { ...versions[0].model, graph } };
}

/** The graph with float constants as nodes: beside parameters, which are initializers, they are no values to be trained. */
function withConstantNodes(graph: OnnxGraph): OnnxGraph {
  const isFloatType = ({ dataType }: OnnxTensor) => dataType === 1 || dataType === 11;
  const constants = graph.initializers.filter(isFloatType).map((value): OnnxNode => {
    const attributes = { value: { kind: "tensor", value: { ...value, name: "" } } } as const;
    return { opType: "Constant", domain: "", name: value.name, inputs: [], outputs: [value.name], attributes };
  });
  const initializers = graph.initializers.filter((value) => !isFloatType(value));
  return { ...graph, nodes: [...constants, ...graph.nodes], initializers };
}

/**
 * Writes a function as an ONNX file (opset 21, IR version 10, ONNX's own operators only) and returns its bytes. `f` is a function of
 * tensors as `compile` takes it; `examples` are its arguments, of which only shapes and dtypes matter: arrays, numbers (scalars), or
 * expressions such as `input([1, 3, 32, 32])`; strings and booleans are fixed in the model.
 *
 * `exportModel((p, x) => x.matmul(p.weight), [x], { parameters: { weight }, dynamicBatch: true })` stores `weight` under that name and
 * takes any number of rows. Without `parameters`, the arrays that `f` closes over are stored as initializers without meaningful names;
 * with them, as constants.
 * @throws OrreryError `unsupported` when `f` draws random numbers or, with `dynamicBatch`, an operation really depends on the batch size
 *   (it is named); `argument` for names that do not fit.
 */
export function exportModel(
  f: (...args: never[]) => unknown,
  examples: readonly unknown[],
  options: ExportOptions = {},
): Uint8Array {
  const { parameters } = options;
  const args = parameters === undefined ? examples : [parameters, ...examples];
  const slots = [...(parameters === undefined ? [] : parameterSlots(parameters)), ...exampleSlots(examples, options)];
  const { model, outputPaths } = writeModel(f, args, slots, options);
  const outputNames = chosenNames("outputNames", options.outputNames, outputPaths);
  refuseRepeatedNames([...slots.flatMap((slot) => slot?.name ?? []), ...outputNames]);
  const names = new Map<string, string>([
    ...slots.flatMap((slot, i): [string, string][] => (slot === undefined ? [] : [[`in:${i}`, slot.name]])),
    ...outputNames.map((name, i): [string, string] => [`out:${i}`, name]),
  ]);
  const written = renameValues(model.graph, names);
  const graph = parameters === undefined ? written : withConstantNodes(written);
  const read = namesRead(graph);
  const stored = slots.flatMap(({ name, value } = {} as Slot) =>
    value !== undefined && read.has(name) ? [tensorFromArray(name, value)] : [],
  );
  const isParameter = new Set(slots.flatMap((slot) => (slot?.value === undefined ? [] : [slot.name])));
  return encodeModel({
    ...model,
    producerName: options.producerName ?? "orrery",
    producerVersion: options.producerVersion,
    graph: {
      ...graph,
      inputs: graph.inputs.filter(({ name }) => !isParameter.has(name)),
      initializers: [...stored, ...graph.initializers],
    },
  });
}
