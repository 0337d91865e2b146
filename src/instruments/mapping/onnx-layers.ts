import { input } from "../../engine/input.ts";
import { type ImportedModel, type ImportedValue, importModel } from "../../engine/onnx/import.ts";
import type { ConvolutionAttributes } from "../../engine/ops/convolution.ts";
import type { MatmulAttributes } from "../../engine/ops/matmul.ts";
import type { Node, Tensor } from "../../engine/tensor.ts";
import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import { mergeEqualLayers, type NetworkLayer } from "./network.ts";
import { asConvolution } from "./networks.ts";
import { convolution, type Problem } from "./problem.ts";

/** How an ONNX model is read as layers. */
export interface ModelLayersOptions {
  /** Sizes for the names in the inputs' shapes, such as `{ batch: 1 }`; a size that is not given is 1. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Take grouped convolutions as dense ones, as published mapping studies did. */
  readonly paperCompatible?: boolean;
  /** Keep equal layers apart, in the order of the network. */
  readonly keepEqual?: boolean;
}

/** The layers of a model, what of it does multiply–accumulates that are not mapped, and which sizes were assumed. */
export interface ModelLayers {
  readonly layers: readonly NetworkLayer[];
  readonly notes: readonly string[];
}

/**
 * The convolutions and matrix products of an ONNX model as mapping problems, shapes inferred, equal ones merged.
 * Matrix products are 1×1 convolutions, stacks of them (attention) have groups. Layers are called after their weights. Everything else (activations, normalisation, pooling) is taken as free.
 * @throws OrreryError `format` or `unsupported` as `importModel` does, `argument` for an input of unknown rank, a size that no input's shape
 * names, or a model without any such layer.
 */
export function layersOfModel(bytes: Uint8Array, options: ModelLayersOptions = {}): ModelLayers {
  const model = importModel(bytes);
  checkSizeNames(model, options.sizes ?? {});
  const outputs = model.apply(
    Object.fromEntries(model.inputs.map((value) => [value.name, placeholder(value, options.sizes ?? {})])),
    Object.fromEntries(Object.entries(model.parameters).map(([name, p]) => [name, input(p.shape, p.dtype, name)])),
  );
  const layers: NetworkLayer[] = [];
  let transposed = 0;
  for (const node of collectNodes(Object.values(outputs))) {
    const problem = problemOf(node, model, `layer ${layers.length + 1}`, options.paperCompatible ?? false);
    if (problem !== undefined) layers.push({ problem, count: 1 });
    else if (node.operation.name === "conv2dTranspose") transposed++;
  }
  const unmapped = transposed === 1 ? "1 transposed convolution is" : `${transposed} transposed convolutions are`;
  if (layers.length === 0) {
    const but = transposed === 0 ? "none" : `none that is mapped (${unmapped} not)`;
    throw new OrreryError("argument", `model ${model.name}: expected convolutions or matrix products; got ${but}`);
  }
  return {
    layers: options.keepEqual === true ? layers : mergeEqualLayers(layers),
    notes: [...assumedSizes(model, options.sizes ?? {}), ...(transposed === 0 ? [] : [`${unmapped} not mapped`])],
  };
}

function checkSizeNames({ name, inputs }: ImportedModel, sizes: Readonly<Record<string, number>>): void {
  const known = inputs.flatMap(({ shape = [] }) => shape.filter((dim) => typeof dim === "string"));
  const unknown = Object.keys(sizes).find((size) => !known.includes(size));
  if (unknown === undefined) return;
  throw new OrreryError("argument", `model ${name}: no dimension "${unknown}" in the shapes of its inputs`, {
    hint: known.length === 0 ? "All its sizes are fixed: leave sizes out." : hintForName(unknown, known, "Dimensions"),
  });
}

/** A note on the sizes that the model leaves open and nobody gave. */
function assumedSizes({ inputs }: ImportedModel, sizes: Readonly<Record<string, number>>): string[] {
  const open = inputs.flatMap(({ name, shape = [] }) =>
    shape.flatMap((dim, axis) => {
      if (typeof dim === "number" || (dim ?? "") in sizes) return [];
      return [dim || `axis ${axis + 1} of ${name}`];
    }),
  );
  if (open.length === 0) return [];
  const names = [...new Set(open)];
  return [`${names.join(", ")} taken as 1, ${names.length === 1 ? "a size" : "sizes"} that the model leaves open`];
}

function placeholder({ name, dtype, shape }: ImportedValue, sizes: Readonly<Record<string, number>>): Tensor {
  if (shape === undefined) {
    throw new OrreryError("argument", `model input ${name}: expected a shape; got none`, {
      hint: "Export the model with the shapes of its inputs.",
    });
  }
  return input(
    shape.map((dim) => (typeof dim === "number" ? dim : (sizes[dim ?? ""] ?? 1))),
    dtype,
    name,
  );
}

/** Every node that the outputs need, in the order in which they were built. */
function collectNodes(outputs: readonly Tensor[]): Node[] {
  const seen = new Set<Node>();
  const pending = outputs.map((t) => t.node);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...node.inputs.map((t) => t.node));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

function problemOf(node: Node, model: ImportedModel, fallback: string, paperCompatible: boolean): Problem | undefined {
  const { operation, inputs, attributes, outputTypes } = node;
  if (operation.name === "conv2d") {
    const [x, w] = inputs.map((t) => t.shape);
    const { stride, dilation, groups } = attributes as unknown as ConvolutionAttributes;
    const [N, M, P, Q] = outputTypes[0].shape;
    return convolution({
      ...{
        name: weightName(inputs[1], model) ?? fallback,
        C: x[1],
        M,
        R: w[2],
        S: w[3],
        N,
        P,
        Q,
        groups,
        paperCompatible,
      },
      ...{ strideP: stride[0], strideQ: stride[1], dilationR: dilation[0], dilationS: dilation[1] },
    });
  }
  if (operation.name !== "matmul" && operation.name !== "gemm") return undefined;
  const { transposeA, transposeB } = attributes as unknown as MatmulAttributes;
  const [a, b] = [matrixOf(inputs[0], transposeA), matrixOf(inputs[1], transposeB)];
  const [left, right] = [weightName(inputs[0], model), weightName(inputs[1], model)];
  const name = right ?? left ?? fallback;
  if (b.stack === 1)
    return asConvolution({ name, rows: a.stack * a.rows, inner: a.columns, columns: b.columns, stack: 1 });
  if (a.stack === 1 && left !== undefined) {
    // Weights on the left of a stack of activations: the transposed product, with one set of weights.
    return asConvolution({ name, rows: b.stack * b.columns, inner: a.columns, columns: a.rows, stack: 1 });
  }
  const stack = outputTypes[0].shape.slice(0, -2).reduce((n, size) => n * size, 1);
  return asConvolution({ name, rows: a.rows, inner: a.columns, columns: b.columns, stack });
}

/** Rows and columns of an operand after its transposition, and how many matrices it stacks. */
function matrixOf(t: Tensor, isTransposed: boolean): { rows: number; columns: number; stack: number } {
  const [rows, columns] = isTransposed ? [...t.shape.slice(-2)].reverse() : t.shape.slice(-2);
  return { rows, columns, stack: t.shape.slice(0, -2).reduce((n, size) => n * size, 1) };
}

/** The layer's name from the parameter behind an operand, without `.weight`; undefined when what the model is given is behind it. */
function weightName(t: Tensor, model: ImportedModel): string | undefined {
  let found: string | undefined;
  const seen = new Set<Node>();
  const pending = [t.node];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const { name } = node.attributes as { name?: unknown };
    if (node.operation.name === "input" && typeof name === "string") {
      if (!(name in model.parameters)) return undefined;
      found ??= name;
    }
    // The first input is looked at first.
    for (let i = node.inputs.length - 1; i >= 0; i--) pending.push(node.inputs[i].node);
  }
  return found === undefined ? undefined : found.replace(/[._]?weights?$/i, "") || found;
}
