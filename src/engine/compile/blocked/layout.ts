import { onnxTypeOf } from "../../dtype.ts";
import type { NodeAttribute } from "../../operation.ts";
import { sizeOf } from "../../shape.ts";
import type { Node, Tensor } from "../../tensor.ts";
import type { GraphWriter } from "../graph-writer.ts";
import { blockedRules } from "./rules.ts";

const domain = "com.microsoft.nchwc";

/** A convolution that is not written yet, so that what follows it can become part of it: `activation(conv(x, filter) + bias + sum)`. */
export interface PendingConvolution {
  readonly x: string;
  readonly filter: string;
  readonly attributes: Readonly<Record<string, NodeAttribute>>;
  readonly bias?: string;
  readonly sum?: string;
}

/**
 * Keeps images between convolutions in the layout of ONNX Runtime's CPU kernels: `[batch, channels / block, height, width, block]`,
 * under the shape `[batch, channels, height, width]`. A value may exist in the plain layout, in the blocked one, or both;
 * it is reordered when an operation first needs it in the other.
 */
export class BlockedLayout {
  readonly writer: GraphWriter;
  readonly blockSize: number;
  readonly #plain: Map<Tensor, string>;
  readonly #blocked = new Map<Tensor, string>();
  readonly #pending = new Map<Tensor, PendingConvolution>();
  readonly #centred = new Map<Tensor, { readonly center: Tensor; readonly name: string }>();
  readonly #uses: ReadonlyMap<Tensor, number>;

  constructor(writer: GraphWriter, plain: Map<Tensor, string>, uses: ReadonlyMap<Tensor, number>) {
    this.writer = writer;
    this.blockSize = writer.target.blockSize;
    this.#plain = plain;
    this.#uses = uses;
  }

  /** Lowers a node in the blocked layout, if there is a rule for it and it pays; its outputs have names then. */
  lower(node: Node, isUsed: readonly boolean[]): boolean {
    return this.blockSize > 0 && blockedRules(node, this, isUsed);
  }

  /** True for images whose channels fill whole blocks. */
  isBlockable({ shape, dtype }: Tensor): boolean {
    return shape.length === 4 && dtype === "float32" && shape[1] % this.blockSize === 0 && sizeOf(shape) > 0;
  }

  /** True if the value exists in the blocked layout, written or pending. */
  isBlocked(x: Tensor): boolean {
    return this.#blocked.has(x) || this.#pending.has(x);
  }

  /** True if the value exists in the blocked layout only. */
  prefersBlocked(x: Tensor): boolean {
    return this.isBlocked(x) && !this.#plain.has(x);
  }

  /** The name of the value in the plain layout, reordered if need be. */
  plainName(x: Tensor): string {
    const known = this.#plain.get(x);
    if (known !== undefined) return known;
    const name = this.#reorderOutput(x);
    this.#plain.set(x, name);
    return name;
  }

  #reorderOutput(x: Tensor): string {
    const channels = { channels: x.shape[1] };
    if (x.dtype === "float32") return this.node("ReorderOutput", [this.blockedName(x)], channels);
    const cast = (name: string, to: number) => this.writer.node("Cast", [name], { attributes: { to } });
    return cast(this.node("ReorderOutput", [cast(this.blockedName(x), 1)], channels), onnxTypeOf(x.dtype));
  }

  /** The name of the value in the blocked layout, reordered or written if need be. */
  blockedName(x: Tensor): string {
    const known = this.#blocked.get(x);
    if (known !== undefined) return known;
    const pending = this.#pending.get(x);
    const name = pending === undefined ? this.node("ReorderInput", [this.plainName(x)]) : this.convolve(pending);
    this.#pending.delete(x);
    this.#blocked.set(x, name);
    return name;
  }

  setBlocked(x: Tensor, name: string): void {
    this.#blocked.set(x, name);
  }

  setPlain(x: Tensor, name: string): void {
    this.#plain.set(x, name);
  }

  setPending(x: Tensor, pending: PendingConvolution): void {
    this.#pending.set(x, pending);
  }

  /** The convolution behind `x` if it is not written yet and only one node reads it: it may then be extended in its place. */
  takePending(x: Tensor): PendingConvolution | undefined {
    const pending = this.#pending.get(x);
    return pending !== undefined && this.#uses.get(x) === 1 ? pending : undefined;
  }

  /** Notes that the blocked value `name` is `x` less its channel means `center`, for `subtract` to find. */
  rememberCentred(x: Tensor, center: Tensor, name: string): void {
    this.#centred.set(x, { center, name });
  }

  /** The blocked value of `x − center`, if a normalisation has computed it. */
  centredName(x: Tensor, center: Tensor): string | undefined {
    const known = this.#centred.get(x);
    return known?.center === center ? known.name : undefined;
  }

  /** Writes a convolution, with an activation and its parameters if one is given. */
  convolve(
    { x, filter, attributes, bias = "", sum = "" }: PendingConvolution,
    activation?: string,
    parameters: readonly number[] = [],
  ): string {
    const all: Record<string, NodeAttribute> = { ...attributes };
    if (activation !== undefined) all.activation = activation;
    if (parameters.length > 0) all.activation_params = { floats: parameters };
    return this.node("Conv", [x, filter, bias, sum], all);
  }

  /** Adds one of ONNX Runtime's blocked operators. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, NodeAttribute>> = {}): string {
    return this.writer.node(opType, inputs, { attributes, domain });
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.writer.node("Reshape", [name, this.writer.int64s(shape)]);
  }

  transpose(name: string, perm: readonly number[]): string {
    return this.writer.node("Transpose", [name], { attributes: { perm } });
  }
}
