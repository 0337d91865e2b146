import { OrreryError } from "../../../errors.ts";
import { type DType, dtypeFromOnnx } from "../../dtype.ts";
import type { NdArray } from "../../ndarray.ts";
import { formatShape } from "../../shape.ts";
import { constantValue, type Tensor } from "../../tensor.ts";
import { onnxDataTypeName } from "../data-types.ts";
import type { OnnxNode } from "../model.ts";
import { tensorToArray } from "../tensor-data.ts";

/** Element types that are held in a wider dtype of the engine, as `tensorToArray` does. */
const wider: Readonly<Record<number, DType>> = {
  4: "int32",
  5: "int32",
  10: "float32",
  12: "int64",
  16: "float32",
  21: "uint8",
};

/** The dtype that holds ONNX's element type number `code`; undefined where none does. */
export function dtypeHolding(code: number): DType | undefined {
  return dtypeFromOnnx(code) ?? wider[code];
}

/** A node's outputs as expressions of its inputs. A list may be longer than the node's own. */
export type OperatorImporter = (node: ImportedNode) => Tensor | readonly (Tensor | undefined)[];

/** Importers by operator; those of other domains than ONNX's own as `domain::Operator`. */
export type OperatorTable = Readonly<Record<string, OperatorImporter>>;

/** A type and shape as messages show them. */
export function describe(x: Tensor | undefined): string {
  return x === undefined ? "absent" : `${x.dtype} ${formatShape(x.shape)}`;
}

/** What a message calls a node: operator, domain, version, name. */
export function nodeTitle({ opType, domain, name, outputs }: OnnxNode, version: number): string {
  const label = name === "" ? `that makes "${outputs[0]}"` : `"${name}"`;
  return `${opType} (${domain || "ai.onnx"} ${version}) node ${label}`;
}

/** A node to be imported: its inputs as expressions, its attributes with their defaults. */
export class ImportedNode {
  readonly node: OnnxNode;
  /** The version of the node's domain that the model asks for. */
  readonly version: number;
  /** Undefined for an optional input that is absent. */
  readonly inputs: readonly (Tensor | undefined)[];
  readonly #elementTypes: ReadonlyMap<string, number>;

  constructor(
    node: OnnxNode,
    version: number,
    inputs: readonly (Tensor | undefined)[],
    elementTypes: ReadonlyMap<string, number>,
  ) {
    this.node = node;
    this.version = version;
    this.inputs = inputs;
    this.#elementTypes = elementTypes;
  }

  get title(): string {
    return nodeTitle(this.node, this.version);
  }

  /** The operator at work, with its inputs, as something the importer does not do. */
  unsupported(what: string, hint: string): OrreryError {
    const inputs = this.inputs.map(describe).join(", ");
    return new OrreryError("unsupported", `${this.title}: ${what}; got inputs ${inputs}`, { hint });
  }

  /** Input `i`. @throws OrreryError `format` when it is absent. */
  input(i: number): Tensor {
    const x = this.inputs[i];
    if (x === undefined) throw new OrreryError("format", `${this.title}: input ${i} is required; got none`);
    return x;
  }

  /** All inputs, none of which may be absent. */
  all(): Tensor[] {
    return this.inputs.map((_, i) => this.input(i));
  }

  /** ONNX's number of the type that the file gives input `i`, where it does. */
  elementType(i: number): number | undefined {
    return this.#elementTypes.get(this.node.inputs[i] ?? "");
  }

  has(attribute: string): boolean {
    return this.node.attributes[attribute] !== undefined;
  }

  int(name: string, fallback: number): number {
    const value = this.node.attributes[name];
    return value?.kind === "int" ? value.value : fallback;
  }

  float(name: string, fallback: number): number {
    const value = this.node.attributes[name];
    return value?.kind === "float" || value?.kind === "int" ? value.value : fallback;
  }

  string(name: string, fallback: string): string {
    const value = this.node.attributes[name];
    return value?.kind === "string" ? value.value : fallback;
  }

  /** A list attribute; undefined when it is absent. */
  ints(name: string): readonly number[] | undefined {
    const value = this.node.attributes[name];
    return value?.kind === "ints" || value?.kind === "floats" ? value.value : undefined;
  }

  array(name: string): NdArray | undefined {
    const value = this.node.attributes[name];
    return value?.kind === "tensor" ? tensorToArray(value.value) : undefined;
  }

  /** The dtype that an attribute asks for by ONNX's number. */
  dtype(name: string, fallback: DType): DType {
    const code = this.int(name, -1);
    if (code === -1) return fallback;
    const dtype = dtypeHolding(code);
    if (dtype === undefined) {
      throw this.unsupported(`no dtype of the engine holds ${onnxDataTypeName(code)}`, "Export the model in float32.");
    }
    return dtype;
  }

  /**
   * The value of input `i`, which must not depend on what the model is given: a shape, axes, limits. Undefined when it is absent.
   * @throws OrreryError `unsupported` when the value is known only at run time.
   */
  fixed(i: number): NdArray | undefined {
    const x = this.inputs[i];
    if (x === undefined) return undefined;
    const value = constantValue(x);
    if (value !== undefined) return value;
    throw this.unsupported(
      `input ${i} ("${this.node.inputs[i]}") must be known when the model is imported, but is computed from the model's inputs or parameters`,
      "Sizes must follow from the inputs' shapes: export the model with fixed sizes instead.",
    );
  }

  /** The numbers of input `i`; undefined when it is absent. @throws as `fixed`. */
  numbers(i: number): number[] | undefined {
    const value = this.fixed(i);
    return value === undefined ? undefined : Array.from(value.data as ArrayLike<number | bigint>, Number);
  }

  /** What older versions give as attribute `name` and newer ones as input `i`. */
  setting(name: string, i: number): readonly number[] | undefined {
    return this.ints(name) ?? this.numbers(i);
  }
}
