import { isPackable, packingOf, packTensors, unpackTensors } from "../engine/compile/packing.ts";
import { type DType, isFloat } from "../engine/dtype.ts";
import { NdArray, zerosArray } from "../engine/ndarray.ts";
import { type Shape, sizeOf } from "../engine/shape.ts";
import { Tensor } from "../engine/tensor.ts";
import { leavesOfClass, rebuildTree, type Tree } from "../engine/tree.ts";
import { OrreryError } from "../errors.ts";

/** Shape and dtype: what decides the vector that a leaf belongs to. */
interface LeafType {
  readonly shape: Shape;
  readonly dtype: DType;
}

interface Members {
  readonly packed: readonly number[];
  readonly alone: readonly number[];
}

/** Which leaves share the first vector, and which stand alone: the same rule as for the buffers that enter a compiled function. */
function membersOf(leaves: readonly LeafType[]): Members {
  const wrong = leaves.findIndex(({ dtype }) => !isFloat(dtype));
  if (wrong !== -1) {
    throw new OrreryError(
      "dtype",
      `parameters: expected float32 or float64; got ${leaves[wrong].dtype} at leaf ${wrong}`,
      {
        hint: "Keep what is not trained in the buffers.",
      },
    );
  }
  const positions = leaves.map((_, i) => i);
  const packed = positions.filter((i) => isPackable(leaves[i]));
  return { packed, alone: positions.filter((i) => !packed.includes(i)) };
}

/**
 * The leaves of a parameter tree as few tensors: all small float32 leaves concatenated in tree order into the first, `[n]`,
 * and each other leaf as it is. Arithmetic on all parameters then takes a handful of operations, whatever the net.
 * Compiled functions carry parameters in the same partition, so that taking apart and putting together cancel.
 * @throws OrreryError `argument` for a leaf that is no tensor, `dtype` for one that is no float.
 */
export function vectorsOf(tree: Tree<Tensor>): readonly Tensor[] {
  const leaves = leavesOfClass("parameters", tree, Tensor);
  const { packed, alone } = membersOf(leaves);
  const first = packed.length === 0 ? [] : [packTensors(packed.map((i) => leaves[i]))];
  return [...first, ...alone.map((i) => leaves[i])];
}

/** The tree of the structure of `like` whose `vectorsOf` are `vectors`. */
export function treeOf<P extends Tree<Tensor>>(vectors: readonly Tensor[], like: P): P {
  const leaves = leavesOfClass("parameters", like, Tensor);
  const { packed, alone } = membersOf(leaves);
  const result = new Array<Tensor>(leaves.length);
  if (packed.length > 0) {
    const packing = packingOf(packed.map((i) => leaves[i].shape));
    unpackTensors(vectors[0], packing).forEach((part, k) => {
      result[packed[k]] = part;
    });
  }
  alone.forEach((position, k) => {
    result[position] = vectors[k + Math.min(packed.length, 1)];
  });
  return rebuildTree<P>(like, result);
}

/** Zeros of the shapes that `vectorsOf` gives for parameters like these: how an optimiser's moments begin. */
export function zeroVectors(parameters: Tree<NdArray>): readonly NdArray[] {
  const leaves = leavesOfClass("parameters", parameters, NdArray);
  const { packed, alone } = membersOf(leaves);
  const length = packed.reduce((n, i) => n + sizeOf(leaves[i].shape), 0);
  const first = packed.length === 0 ? [] : [zerosArray([length])];
  return [...first, ...alone.map((i) => zerosArray(leaves[i].shape, leaves[i].dtype))];
}

/** The dtype for scalars that belong to all parameters: the widest one among them. */
export function scalarDType(parameters: Tree<NdArray>): "float32" | "float64" {
  const leaves = leavesOfClass("parameters", parameters, NdArray);
  return leaves.some(({ dtype }) => dtype === "float64") ? "float64" : "float32";
}
