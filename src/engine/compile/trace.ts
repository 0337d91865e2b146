import { OrreryError } from "../../errors.ts";
import type { DType } from "../dtype.ts";
import { nodesOf } from "../gradients.ts";
import { input } from "../input.ts";
import { NdArray } from "../ndarray.ts";
import { type RandomAttributes, randomOperation } from "../ops/random.ts";
import { Key } from "../random/key.ts";
import type { Shape } from "../shape.ts";
import { type Node, Tensor, tensor } from "../tensor.ts";
import { leavesOf, mapTree } from "../tree.ts";
import { fuse } from "./fusion.ts";
import { isPackable, type Packing, packingOf, packTensors, unpackTensors } from "./packing.ts";
import { Simplifier } from "./simplify.ts";

/** One tensor of the compiled graph and the leaves of the arguments or the result that travel in it. */
export interface Port {
  readonly name: string;
  readonly tensor: Tensor;
  /** Positions among the leaves of the arguments or of the result. */
  readonly leaves: readonly number[];
  /** How several leaves share the tensor; undefined for a leaf that travels alone. */
  readonly packing?: Packing;
}

/** A draw that the runtime makes before every run. */
export interface RandomPort {
  readonly name: string;
  readonly tensor: Tensor;
  readonly attributes: RandomAttributes;
}

/** A traced and simplified function: what is needed to write its model and to call it. */
export interface TracedFunction {
  readonly inputs: readonly Port[];
  readonly random: readonly RandomPort[];
  readonly outputs: readonly Port[];
  /** The result's structure; a leaf that is no tensor is returned as it is. */
  readonly result: unknown;
  /** The symbolic keys that stand for key arguments, by leaf position. */
  readonly keys: ReadonlyMap<object, number>;
}

/** What a leaf of the arguments is while a function is traced. */
type LeafType = { readonly dtype: DType; readonly shape: Shape };

function leafType(leaf: unknown): LeafType | undefined {
  if (leaf instanceof NdArray) return { dtype: leaf.dtype, shape: leaf.shape };
  return typeof leaf === "number" ? { dtype: "float32", shape: [] } : undefined;
}

/**
 * Leaves are grouped by argument and its first property: what is passed on together travels together.
 * The leaves that an argument has as properties of its own are one group.
 */
function groupOf(path: string): string {
  const [, argument, property = ""] = /^(\[\d+\])(\.[^.[]+|\[\d+\])?/.exec(path) ?? ["", path];
  return path.length > argument.length + property.length ? argument + property : argument;
}

function portName(kind: string, path: string): string {
  const words = path
    .replace(/^\[(\d+)\]/, "$1")
    .replaceAll(/[[\].]+/g, ".")
    .replace(/\.$/, "");
  return `${kind}.${words}`;
}

/** Divides leaves into ports: small float32 ones of a group together, others alone. */
function assignPorts(
  types: readonly (LeafType | undefined)[],
  paths: readonly string[],
): { group?: string; leaves: number[] }[] {
  const groups = new Map<string, number[]>();
  types.forEach((type, i) => {
    if (type === undefined || !isPackable(type)) return;
    const group = groupOf(paths[i]);
    groups.set(group, [...(groups.get(group) ?? []), i]);
  });
  const packed = [...groups].filter(([, leaves]) => leaves.length > 1);
  const isPacked = new Set(packed.flatMap(([, leaves]) => leaves));
  const alone = types.flatMap((type, i) => (type === undefined || isPacked.has(i) ? [] : [{ leaves: [i] }]));
  return [...packed.map(([group, leaves]) => ({ group, leaves })), ...alone];
}

/** Calls `f` on placeholders for `args` and simplifies what it returns. */
export function trace(f: (...args: never[]) => unknown, args: readonly unknown[]): TracedFunction {
  const leaves = leavesOf(args);
  const types = leaves.map(({ leaf }) => leafType(leaf));
  const paths = leaves.map(({ path }) => path);
  const standIns = new Map<number, unknown>();
  const inputs = assignPorts(types, paths).map(({ group, leaves: members }): Port => {
    if (group === undefined) {
      const { shape, dtype } = types[members[0]] as LeafType;
      const name = portName("in", paths[members[0]]);
      const x = input(shape, dtype, name);
      standIns.set(members[0], x);
      return { name, tensor: x, leaves: members };
    }
    const packing = packingOf(members.map((i) => (types[i] as LeafType).shape));
    const name = portName("in", group) + ".packed";
    const buffer = input([packing.size], "float32", name);
    unpackTensors(buffer, packing).forEach((x, k) => {
      standIns.set(members[k], x);
    });
    return { name, tensor: buffer, leaves: members, packing };
  });
  const keys = new Map<object, number>();
  leaves.forEach(({ leaf }, i) => {
    if (!(leaf instanceof Key)) return;
    const root = {};
    keys.set(root, i);
    standIns.set(i, Key.placeholder(root));
  });
  let position = 0;
  const symbolic = mapTree(args, (leaf) => standIns.get(position++) ?? leaf) as never[];
  const result = f(...symbolic);
  return { inputs, keys, ...traceResult(result) };
}

function traceResult(result: unknown): Pick<TracedFunction, "outputs" | "random" | "result"> {
  if (result instanceof Promise) {
    throw new OrreryError("argument", "compile: the function must return its expressions, not a promise", {
      hint: "Compute concrete values before, and pass them in as arguments.",
    });
  }
  const tree = mapTree([result], (leaf) => (leaf instanceof NdArray || typeof leaf === "number" ? tensor(leaf) : leaf));
  const leaves = leavesOf(tree);
  const types = leaves.map(({ leaf }) => (leaf instanceof Tensor ? leaf : undefined));
  const ports = assignPorts(
    types,
    leaves.map(({ path }) => path),
  );
  const roots = ports.map(({ leaves: members, group }) => {
    const tensors = members.map((i) => leaves[i].leaf as Tensor);
    return group === undefined ? tensors[0] : packTensors(tensors);
  });
  const simplified = fuse(new Simplifier().simplify(roots));
  const outputs = ports.map(({ leaves: members, group }, i): Port => {
    const packing = group === undefined ? undefined : packingOf(members.map((k) => (leaves[k].leaf as Tensor).shape));
    return { name: `out.${i}`, tensor: simplified[i], leaves: members, packing };
  });
  const draws = nodesOf(simplified).filter(
    (node) => node.operation === (randomOperation as unknown as Node["operation"]),
  );
  const random = draws.map((node, i) => ({
    name: `random.${i}`,
    tensor: node.outputs[0],
    attributes: node.attributes as RandomAttributes,
  }));
  return { outputs, random, result: (tree as unknown[])[0] };
}
