import { OrreryError } from "../../errors.ts";

/** One term of an affine index: `coefficient · dimension`. */
export type Term = readonly [dimension: string, coefficient: number];

/** A tensor of the problem: each axis (rank) is indexed by a sum of terms. */
export interface DataSpace {
  readonly name: string;
  /** One entry per axis of the tensor: its index is the sum of the terms. */
  readonly ranks: readonly (readonly Term[])[];
  /** Whether the computation reads and writes it (an accumulated result). */
  readonly readWrite: boolean;
  /** Width of one operand in bits; a level stores it in its own word width when absent. */
  readonly bits?: number;
}

/** A perfectly nested loop over `dimensions` whose body is one multiply–accumulate on affine accesses. */
export interface Problem {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly dataSpaces: readonly DataSpace[];
}

/** Operand widths in bits, by tensor name. */
export type Bits = Readonly<Record<string, number | undefined>>;

/** The sizes of a convolution; `P × Q` is the output height × width, `R × S` the filter's. */
export interface ConvolutionSizes {
  readonly name?: string;
  /** Input channels in total (all groups). */
  readonly C: number;
  /** Output channels in total (all groups). */
  readonly M: number;
  readonly R: number;
  readonly S: number;
  readonly P: number;
  readonly Q: number;
  readonly N?: number;
  readonly groups?: number;
  readonly strideP?: number;
  readonly strideQ?: number;
  readonly dilationR?: number;
  readonly dilationS?: number;
  readonly bits?: Bits;
  /** Map a grouped layer as if it were dense over all channels, as published mapping studies did. */
  readonly paperCompatible?: boolean;
}

/**
 * A convolution as a mapping problem: `Outputs[n,m,q,p] += Weights[c,m,r,s] · Inputs[n,c,r·dil+p·stride,s·dil+q·stride]`.
 * Groups are a dimension `G` shared by the three tensors, present only when there is more than one.
 * @throws OrreryError `argument` when a size is no positive integer or the channels do not divide by the groups.
 */
export function convolution(sizes: ConvolutionSizes): Problem {
  const { N = 1, strideP = 1, strideQ = 1, dilationR = 1, dilationS = 1, bits = {} } = sizes;
  const groups = sizes.paperCompatible === true ? 1 : (sizes.groups ?? 1);
  const where = sizes.name ?? "convolution";
  if (!Number.isInteger(sizes.C / groups) || !Number.isInteger(sizes.M / groups)) {
    throw new OrreryError(
      "argument",
      `${where}: channels must be divisible by groups; got C=${sizes.C}, M=${sizes.M}, ${groups} groups`,
      { hint: "Give C and M as totals over all groups." },
    );
  }
  const group: Term[][] = groups > 1 ? [[["G", 1]]] : [];
  const inputRow: Term[] = [
    ["R", dilationR],
    ["P", strideP],
  ];
  const inputColumn: Term[] = [
    ["S", dilationS],
    ["Q", strideQ],
  ];
  return defineProblem({
    name: where,
    dimensions: [...(groups > 1 ? ["G"] : []), "C", "M", "R", "S", "N", "P", "Q"],
    bounds: {
      ...(groups > 1 ? { G: groups } : {}),
      ...{ C: sizes.C / groups, M: sizes.M / groups, R: sizes.R, S: sizes.S, N, P: sizes.P, Q: sizes.Q },
    },
    dataSpaces: [
      tensor("Weights", [...group, [["C", 1]], [["M", 1]], [["R", 1]], [["S", 1]]], bits),
      tensor("Inputs", [[["N", 1]], ...group, [["C", 1]], inputRow, inputColumn], bits),
      tensor("Outputs", [[["N", 1]], ...group, [["M", 1]], [["Q", 1]], [["P", 1]]], bits, true),
    ],
  });
}

/** The sizes of a (batched) matrix product: `Outputs[b,m,n] += Inputs[b,m,k] · Weights[b,k,n]`. */
export interface MatrixProductSizes {
  readonly name?: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Independent products, each with its own two operands: the heads and batch of an attention layer. */
  readonly batch?: number;
  readonly bits?: Bits;
}

/**
 * A matrix product, batched when `batch > 1`. Attention is two of them:
 * `attention({ heads, queries, keys, width })` builds both.
 * @throws OrreryError `argument` when a size is no positive integer.
 */
export function matrixProduct(sizes: MatrixProductSizes): Problem {
  const { batch = 1, bits = {} } = sizes;
  const b: Term[][] = batch > 1 ? [[["B", 1]]] : [];
  return defineProblem({
    name: sizes.name ?? "matrix product",
    dimensions: [...(batch > 1 ? ["B"] : []), "M", "N", "K"],
    bounds: { ...(batch > 1 ? { B: batch } : {}), M: sizes.M, N: sizes.N, K: sizes.K },
    dataSpaces: [
      tensor("Weights", [...b, [["K", 1]], [["N", 1]]], bits),
      tensor("Inputs", [...b, [["M", 1]], [["K", 1]]], bits),
      tensor("Outputs", [...b, [["M", 1]], [["N", 1]]], bits, true),
    ],
  });
}

/** A fully connected layer as the 1×1 convolution on a 1×1 image: `inputs → outputs` features, `batch` examples. */
export function fullyConnected(sizes: {
  readonly name?: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly batch?: number;
  readonly bits?: Bits;
}): Problem {
  const { name = "fully connected", inputs, outputs, batch = 1, bits = {} } = sizes;
  return convolution({ name, C: inputs, M: outputs, N: batch, R: 1, S: 1, P: 1, Q: 1, bits });
}

/**
 * The two products of an attention layer: scores `Q·Kᵀ` (`queries × keys` over `width`) and the weighted sum of values
 * (`queries × width` over `keys`), one per head and example.
 */
export function attention(sizes: {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly batch?: number;
  readonly bits?: Bits;
}): readonly [scores: Problem, values: Problem] {
  const { heads, queries, keys, width, batch = 1, bits = {} } = sizes;
  const b = heads * batch;
  return [
    matrixProduct({ name: "attention scores", batch: b, M: queries, N: keys, K: width, bits }),
    matrixProduct({ name: "attention values", batch: b, M: queries, N: width, K: keys, bits }),
  ];
}

/**
 * Checks a problem and returns it.
 * @throws OrreryError `argument` on a bound that is no positive integer, an unknown or repeated name, a coefficient
 * below 1, no written tensor, or operand bits outside 1…64.
 */
export function defineProblem(problem: Problem): Problem {
  const at = `problem ${problem.name}`;
  checkNames(at, "dimension", problem.dimensions);
  checkNames(
    at,
    "tensor",
    problem.dataSpaces.map((d) => d.name),
  );
  for (const d of problem.dimensions) {
    const bound = problem.bounds[d];
    if (bound === undefined || !Number.isSafeInteger(bound) || bound < 1) {
      throw new OrreryError("argument", `${at}: bound of ${d} must be a positive integer; got ${bound}`);
    }
  }
  for (const d of problem.dataSpaces) checkDataSpace(at, problem, d);
  if (!problem.dataSpaces.some((d) => d.readWrite)) {
    throw new OrreryError("argument", `${at}: expected a read-write tensor (the result); got none`, {
      hint: "Mark the result: readWrite: true in a program, read-write: true in YAML.",
    });
  }
  return problem;
}

/** The same problem with other operand widths; tensors not named keep theirs. */
export function withBits(problem: Problem, bits: Bits): Problem {
  return defineProblem({
    ...problem,
    dataSpaces: problem.dataSpaces.map((d) => (bits[d.name] === undefined ? d : { ...d, bits: bits[d.name] })),
  });
}

/** Multiply–accumulates of the whole problem: the product of its bounds. */
export function countComputes(problem: Problem): number {
  return problem.dimensions.reduce((product, d) => product * problem.bounds[d], 1);
}

function tensor(name: string, ranks: DataSpace["ranks"], bits: Bits, readWrite = false): DataSpace {
  const width = bits[name];
  return width === undefined ? { name, ranks, readWrite } : { name, ranks, readWrite, bits: width };
}

function checkNames(at: string, kind: string, names: readonly string[]): void {
  if (names.length === 0) throw new OrreryError("argument", `${at}: expected at least one ${kind}; got none`);
  const repeated = names.find((n, i) => names.indexOf(n) !== i);
  if (repeated !== undefined) throw new OrreryError("argument", `${at}: ${kind} ${repeated} is declared twice`);
}

function checkDataSpace(at: string, problem: Problem, d: DataSpace): void {
  for (const [dimension, coefficient] of d.ranks.flat()) {
    if (!problem.dimensions.includes(dimension)) {
      throw new OrreryError("argument", `${at}: tensor ${d.name} is indexed by unknown dimension ${dimension}`, {
        hint: `The dimensions are ${problem.dimensions.join(", ")}.`,
      });
    }
    if (!Number.isSafeInteger(coefficient) || coefficient < 1) {
      throw new OrreryError(
        "argument",
        `${at}: tensor ${d.name}: coefficient of ${dimension} must be a positive integer; got ${coefficient}`,
      );
    }
  }
  if (d.bits !== undefined && (!Number.isInteger(d.bits) || d.bits < 1 || d.bits > 64)) {
    throw new OrreryError("argument", `${at}: bits of ${d.name} must be an integer in 1…64; got ${d.bits}`);
  }
}
