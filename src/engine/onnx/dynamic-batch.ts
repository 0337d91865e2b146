import { OrreryError } from "../../errors.ts";
import { arrayFrom } from "../dtype.ts";
import { NdArray } from "../ndarray.ts";
import { formatShape } from "../shape.ts";
import { onnxDataTypeName } from "./data-types.ts";
import type { OnnxAttribute, OnnxDim, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
import { tensorFromArray, tensorToArray } from "./tensor-data.ts";
import { namesRead } from "./value-names.ts";

/**
 * The batch sizes at which a function is written to find what depends on the batch. They are prime and large, so that no product of
 * other sizes equals one and no constant of a batch's size is small enough to be computed in advance.
 */
export const probeSizes = [1009, 1013, 1019] as const;

/** How a whole number depends on the batch: `factor · batch + offset`. */
interface BatchSize {
  readonly factor: number;
  readonly offset: number;
}

/** The line through the values at the probe sizes; undefined where they lie on none. */
function batchSizeOf(values: readonly number[]): BatchSize | undefined {
  const factor = (values[1] - values[0]) / (probeSizes[1] - probeSizes[0]);
  const offset = values[0] - factor * probeSizes[0];
  const isLine = Number.isInteger(factor) && probeSizes.every((n, i) => factor * n + offset === values[i]);
  return isLine ? { factor, offset } : undefined;
}

function sameBytes(a: OnnxTensor, b: OnnxTensor): boolean {
  if (a.data === b.data) return true;
  if (a.data.length !== b.data.length || a.dataType !== b.dataType || `${a.dims}` !== `${b.dims}`) return false;
  return Buffer.from(a.data.buffer, a.data.byteOffset, a.data.length).equals(b.data);
}

/** One size of a border value over all versions: a number, the name of the batch, or unknown. */
function dimOf(sizes: readonly (OnnxDim | undefined)[], batch: string): OnnxDim {
  if (sizes.every((n) => n === sizes[0])) return sizes[0] ?? null;
  const line = batchSizeOf(sizes.map(Number));
  return line?.factor === 1 && line.offset === 0 ? batch : null;
}

function unifyInfo(versions: readonly OnnxValueInfo[], name: string, batch: string): OnnxValueInfo {
  const shapes = versions.map(({ type }) => (type?.kind === "tensor" ? (type.shape ?? []) : []));
  const [{ type }] = versions;
  if (type?.kind !== "tensor") return { name, type };
  return {
    name,
    type: {
      ...type,
      shape: shapes[0].map((_, i) =>
        dimOf(
          shapes.map((s) => s[i]),
          batch,
        ),
      ),
    },
  };
}

/** What a value is called in the first version, for a name of each version; and the constants of each version. */
interface Scope {
  readonly names: readonly Map<string, string>[];
  readonly constants: readonly Map<string, OnnxTensor>[];
}

function operationName(node: OnnxNode): string {
  return `"${node.name.replace(/_\d+$/, "")}" (${node.opType} node ${node.name})`;
}

function dependsOnBatch(node: OnnxNode, why: string): OrreryError {
  return new OrreryError("unsupported", `exportModel: ${operationName(node)} depends on the batch size: ${why}`, {
    hint: "Leave dynamicBatch out to export at the examples' batch size, or take out what counts or mixes the examples of a batch.",
  });
}

/** Merges graphs that were written at the probe sizes into one for every batch size. */
class Merger {
  readonly #batch: string;
  /** The input whose first size is the batch. */
  readonly #source: string;
  /** Nodes that compute sizes, and their constants. */
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #sizes = new Map<string, string>();

  constructor(batch: string, source: string) {
    this.#batch = batch;
    this.#source = source;
  }

  merge(versions: readonly OnnxGraph[], outer?: Scope): OnnxGraph {
    const scope: Scope = {
      names: versions.map((_, k) => new Map(outer?.names[k])),
      constants: versions.map(
        (graph, k) =>
          new Map([
            ...(outer?.constants[k] ?? []),
            ...graph.initializers.map((tensor) => [tensor.name, tensor] as const),
          ]),
      ),
    };
    const [first] = versions;
    const equate = (names: readonly string[]) => {
      names.forEach((name, k) => {
        scope.names[k].set(name, names[0]);
      });
    };
    first.inputs.forEach((_, i) => {
      equate(versions.map((graph) => graph.inputs[i].name));
    });
    const nodes = first.nodes.map((node, i) => {
      const all = versions.map((graph) => graph.nodes[i] as OnnxNode | undefined);
      const merged = this.#mergeNode(all, scope);
      node.outputs.forEach((_, k) => {
        equate(all.map((item) => (item as OnnxNode).outputs[k]));
      });
      return merged;
    });
    const merged = { ...first, nodes };
    const read = namesRead(merged);
    return {
      ...merged,
      inputs: first.inputs.map((info, i) =>
        unifyInfo(
          versions.map((graph) => graph.inputs[i]),
          info.name,
          this.#batch,
        ),
      ),
      outputs: first.outputs.map((info, i) =>
        unifyInfo(
          versions.map((graph) => graph.outputs[i]),
          info.name,
          this.#batch,
        ),
      ),
      initializers: first.initializers.filter(({ name }) => read.has(name)),
    };
  }

  #mergeNode(versions: readonly (OnnxNode | undefined)[], scope: Scope): OnnxNode {
    const node = versions[0] as OnnxNode;
    const isAlike = versions.every(
      (other) =>
        other?.opType === node.opType &&
        other.inputs.length === node.inputs.length &&
        other.outputs.length === node.outputs.length,
    );
    if (!isAlike) throw dependsOnBatch(node, "other batch sizes need other operations in its place");
    const all = versions as readonly OnnxNode[];
    const attributes = Object.fromEntries(
      Object.keys(node.attributes).map((key) => [key, this.#mergeAttribute(all, key, scope)]),
    );
    const inputs = node.inputs.map((_, j) => this.#mergeInput(all, j, scope));
    return { ...node, inputs, attributes };
  }

  #mergeAttribute(nodes: readonly OnnxNode[], key: string, scope: Scope): OnnxAttribute {
    const values = nodes.map(({ attributes }) => attributes[key] as OnnxAttribute | undefined);
    const first = values[0] as OnnxAttribute;
    if (first.kind === "graph") {
      const graphs = values.map((value) => (value as { value: OnnxGraph }).value);
      return { kind: "graph", value: this.merge(graphs, scope) };
    }
    const isSame =
      first.kind === "tensor"
        ? values.every((value) => value?.kind === "tensor" && sameBytes(value.value, first.value))
        : values.every((value) => JSON.stringify(value) === JSON.stringify(first));
    if (isSame) return first;
    throw dependsOnBatch(nodes[0], `its attribute "${key}" changes with it`);
  }

  #mergeInput(nodes: readonly OnnxNode[], j: number, scope: Scope): string {
    const names = nodes.map(({ inputs }) => inputs[j]);
    const constants = names.map((name, k) => scope.constants[k].get(name));
    const [first] = constants;
    if (first === undefined) {
      const isSame = names.every((name, k) => (scope.names[k].get(name) ?? name) === names[0]);
      if (isSame) return names[0];
      throw dependsOnBatch(nodes[0], `other batch sizes give it another input ${j}`);
    }
    if (constants.every((value) => value !== undefined && sameBytes(value, first))) return names[0];
    const isSize =
      first.dataType === 7 &&
      first.dims.length === 1 &&
      constants.every((value) => value?.dataType === 7 && `${value.dims}` === `${first.dims}`);
    const what = `${onnxDataTypeName(first.dataType)} ${formatShape(first.dims)}`;
    if (!isSize)
      throw dependsOnBatch(
        nodes[0],
        `at batch ${probeSizes[0]} its input ${j} is a constant ${what} that changes with it`,
      );
    const columns = (constants as readonly OnnxTensor[]).map((value) => [...tensorToArray(value).data].map(Number));
    const lines = columns[0].map((_, i) => batchSizeOf(columns.map((column) => column[i])));
    if (lines.includes(undefined)) {
      throw dependsOnBatch(nodes[0], `sizes in its input ${j} are not a multiple of the batch plus a number`);
    }
    return this.#sizeVector(lines as readonly BatchSize[], nodes[0], j);
  }

  /** A vector of sizes as a value of the graph: with one −1 in a reshape where that is enough, else computed from the input's shape. */
  #sizeVector(lines: readonly BatchSize[], { opType, attributes }: OnnxNode, j: number): string {
    const varying = lines.filter(({ factor }) => factor !== 0);
    if (opType === "Reshape" && j === 1 && attributes.allowzero === undefined && varying.length === 1) {
      return this.#constant(lines.map(({ factor, offset }) => (factor === 0 ? offset : -1)));
    }
    const key = JSON.stringify(lines);
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    let name = this.#batchNode();
    const factors = lines.map(({ factor }) => factor);
    if (factors.length > 1 || factors[0] !== 1) name = this.#node("Mul", [name, this.#constant(factors)]);
    const offsets = lines.map(({ offset }) => offset);
    if (offsets.some((n) => n !== 0)) name = this.#node("Add", [name, this.#constant(offsets)]);
    this.#sizes.set(key, name);
    return name;
  }

  #batchNode(): string {
    const known = this.nodes.find(({ opType }) => opType === "Shape")?.outputs[0];
    return (
      known ?? this.#node("Shape", [this.#source], { start: { kind: "int", value: 0 }, end: { kind: "int", value: 1 } })
    );
  }

  #node(opType: string, inputs: readonly string[], attributes: OnnxNode["attributes"] = {}): string {
    const name = `batch:${this.nodes.length}`;
    this.nodes.push({ opType, domain: "", name, inputs, outputs: [name], attributes });
    return name;
  }

  #constant(values: readonly number[]): string {
    const name = `sizes:${values.join(",")}`;
    if (!this.initializers.some((tensor) => tensor.name === name)) {
      this.initializers.push(tensorFromArray(name, new NdArray(arrayFrom("int64", values), [values.length], "int64")));
    }
    return name;
  }
}

/**
 * One graph for every batch size from graphs of the same function at `probeSizes`: sizes that grow with the batch become −1 in a reshape,
 * or are computed from the shape of the input `source`; `batch` names the size in the shapes of inputs and outputs.
 * @throws OrreryError `unsupported` naming the first operation whose result depends on the batch in any other way.
 */
export function mergeBatchSizes(versions: readonly OnnxGraph[], batch: string, source: string): OnnxGraph {
  const merger = new Merger(batch, source);
  const graph = merger.merge(versions);
  return {
    ...graph,
    nodes: [...merger.nodes, ...graph.nodes],
    initializers: [...graph.initializers, ...merger.initializers],
  };
}
