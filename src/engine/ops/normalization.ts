import { OrreryError } from "../../errors.ts";
import type { GraphBuilder, Operation, ReferenceArray, TensorType } from "../operation.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../shape.ts";
import { applyAll, operands, type Tensor, type TensorLike, tensor } from "../tensor.ts";
import { add, divide, multiply, negate, power, subtract } from "./arithmetic.ts";
import { checkDType } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduction.ts";
import { onesLike, reshape, zerosLike } from "./reshape.ts";
import { reciprocal, sqrt } from "./transcendental.ts";

interface LayerNormAttributes {
  /** How many trailing axes are normalised together. */
  readonly axes: number;
  readonly epsilon: number;
}

const trailing = (rank: number, count: number) => Array.from({ length: count }, (_, i) => rank - count + i);

/** `Σ v · scale` over the trailing axes, kept as ones: by one product where there is one such axis. */
function weightedSum(v: Tensor, scale: Tensor, axes: readonly number[]): Tensor {
  if (axes.length > 1) return sum(multiply(v, scale), { axes, keepDims: true });
  return matmul(v, reshape(scale, [scale.shape[0], 1]));
}

const layerNormOperation: Operation<LayerNormAttributes> = {
  name: "layerNorm",
  infer: ([x, scale, bias], { axes }) => {
    checkDType("layerNorm", "float", x.dtype);
    const normalised = x.shape.slice(x.shape.length - axes);
    if (axes === 0 || !sameShape(scale.shape, normalised) || !sameShape(bias.shape, normalised)) {
      throw new OrreryError(
        "shape",
        `layerNorm: scale and bias must have the trailing axes of ${formatShape(x.shape)}; got ${formatShape(scale.shape)} and ${formatShape(bias.shape)}`,
      );
    }
    const kept = x.shape.map((n, i) => (i >= x.shape.length - axes ? 1 : n));
    return [x, { shape: kept, dtype: x.dtype }, { shape: kept, dtype: x.dtype }].map(({ shape, dtype }) => ({
      shape,
      dtype,
    }));
  },
  gradient: ({
    inputs: [x, scale],
    outputs: [, center, inverse],
    attributes,
    cotangents: [g, forCenter, forInverse],
  }) => {
    const axes = trailing(x.rank, attributes.axes);
    const leading = x.shape.map((_, i) => i).slice(0, x.rank - attributes.axes);
    const deviation = subtract(x, center);
    const size = sizeOf(scale.shape);
    const parts: Tensor[] = [];
    let [forScale, forBias]: (Tensor | undefined)[] = [];
    if (g !== undefined) {
      const normalised = multiply(deviation, inverse);
      const along = multiply(g, normalised);
      // The means over the normalised axes of g · scale and of g · scale · normalised.
      const weighted = (v: Tensor) => multiply(weightedSum(v, scale, axes), 1 / size);
      const centred = subtract(multiply(g, scale), weighted(g));
      parts.push(multiply(inverse, subtract(centred, multiply(normalised, weighted(along)))));
      forScale = sum(along, { axes: leading });
      forBias = sum(g, { axes: leading });
    }
    if (forCenter !== undefined) parts.push(multiply(forCenter, multiply(onesLike(x), 1 / size)));
    if (forInverse !== undefined) {
      parts.push(multiply(deviation, multiply(multiply(forInverse, power(inverse, 3)), -1 / size)));
    }
    return [parts.length === 0 ? undefined : parts.reduce((a, b) => add(a, b)), forScale, forBias];
  },
  lower: ({ graph, inputs, attributes: { axes, epsilon }, isUsed }) =>
    graph.nodes("LayerNormalization", inputs, isUsed[2] ? 3 : isUsed[1] ? 2 : 1, {
      attributes: { axis: -axes, epsilon: { float: epsilon } },
    }),
  evaluate: ([x, scale, bias], { epsilon }, [output, statistic]) => {
    const size = sizeOf(scale.shape);
    const rows = sizeOf(statistic.shape);
    const [data, center, inverse] = [
      new Float64Array(sizeOf(output.shape)),
      new Float64Array(rows),
      new Float64Array(rows),
    ];
    for (let row = 0; row < rows; row++) {
      const values = Array.from({ length: size }, (_, i) => Number(x.data[row * size + i]));
      center[row] = values.reduce((a, b) => a + b, 0) / size;
      inverse[row] = 1 / Math.sqrt(values.reduce((a, b) => a + (b - center[row]) ** 2, 0) / size + epsilon);
      values.forEach((value, i) => {
        data[row * size + i] = (value - center[row]) * inverse[row] * Number(scale.data[i]) + Number(bias.data[i]);
      });
    }
    return [
      { data, shape: output.shape },
      { data: center, shape: statistic.shape },
      { data: inverse, shape: statistic.shape },
    ];
  },
};

/**
 * Layer normalisation (Ba et al. 2016) over the trailing axes that `scale` and `bias` have:
 * `(x − mean) / √(variance + ε) · scale + bias`.
 */
export function layerNorm(x: TensorLike, scale: TensorLike, bias: TensorLike, epsilon = 1e-5): Tensor {
  const inputs = operands("layerNorm", x, scale, bias);
  return applyAll(layerNormOperation, inputs, { axes: inputs[1].rank, epsilon })[0];
}

interface BatchNormAttributes {
  readonly epsilon: number;
}

/** `[1, c, 1, …]`: a value a channel, lined up with `[batch, c, …]`. */
export function alongChannels(x: Tensor, rank: number): Tensor {
  return reshape(x, [1, x.shape[0], ...new Array<number>(rank - 2).fill(1)]);
}

const allButChannels = (rank: number) => Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 1);

/** How many training normalisations a graph has so far. */
const normalizationCounts = new WeakMap<GraphBuilder, number>();

/** The operation behind `batchNorm`, known to the blocked layout. */
export const batchNormOperation: Operation<BatchNormAttributes> = {
  name: "batchNorm",
  infer: ([x, scale, bias]) => {
    checkDType("batchNorm", "float", x.dtype);
    const channels = [x.shape[1]];
    if (x.shape.length < 2 || !sameShape(scale.shape, channels) || !sameShape(bias.shape, channels)) {
      throw new OrreryError(
        "shape",
        `batchNorm: expected [batch, channels, …] with a scale and a bias a channel; got ${formatShape(x.shape)}, ${formatShape(scale.shape)} and ${formatShape(bias.shape)}`,
      );
    }
    return [x.shape, channels, channels].map((shape) => ({ shape, dtype: x.dtype }));
  },
  gradient: ({
    inputs: [x, scale],
    outputs: [, center, spread],
    attributes,
    cotangents: [g, forCenter, forSpread],
  }) => {
    const axes = allButChannels(x.rank);
    const wide = (v: Tensor) => alongChannels(v, x.rank);
    const count = sizeOf(x.shape) / x.shape[1];
    const deviation = subtract(x, wide(center));
    // dx = a·g + b·(x − mean) + c with a, b and c one number a channel.
    let [b, c] = [zerosLike(center), zerosLike(center)];
    let forX: Tensor | undefined;
    let [forScale, forBias]: (Tensor | undefined)[] = [];
    if (g !== undefined) {
      const inverse = reciprocal(sqrt(add(spread, attributes.epsilon)));
      const a = multiply(scale, inverse);
      const total = sum(g, { axes });
      const product = sum(multiply(g, deviation), { axes });
      b = negate(multiply(multiply(a, multiply(inverse, inverse)), multiply(product, 1 / count)));
      c = negate(multiply(a, multiply(total, 1 / count)));
      forX = multiply(g, wide(a));
      forScale = multiply(product, inverse);
      forBias = total;
    }
    if (forCenter !== undefined) c = add(c, multiply(forCenter, 1 / count));
    if (forSpread !== undefined) b = add(b, multiply(forSpread, 2 / count));
    const rest = add(multiply(deviation, wide(b)), wide(c));
    return [forX === undefined ? rest : add(forX, rest), forScale, forBias];
  },
  lower: ({ graph, inputs: [x, scale, bias], outputTypes, attributes: { epsilon } }) => {
    // With momentum 0 the "running" outputs are the batch's own statistics. ONNX Runtime writes them over the "running" inputs without
    // looking who else reads those, so each is computed, finite, and different from any other value (0 would leave the bias itself).
    const number = normalizationCounts.get(graph) ?? 0;
    normalizationCounts.set(graph, number + 1);
    const running = [2 * number + 1, 2 * number + 2].map((value) =>
      graph.node("Add", [bias, graph.scalar(value, outputTypes[0].dtype)]),
    );
    return graph.nodes("BatchNormalization", [x, scale, bias, ...running], 3, {
      attributes: { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: 1 },
    });
  },
  evaluate: ([x, scale, bias], { epsilon }, [output, statistic]) =>
    batchNormReference([x, scale, bias], epsilon, [output, statistic]),
};

function batchNormReference(
  [x, scale, bias]: readonly ReferenceArray[],
  epsilon: number,
  [output, statistic]: readonly TensorType[],
): ReferenceArray[] {
  const channels = statistic.shape[0];
  const inner = sizeOf(output.shape.slice(2));
  const count = sizeOf(output.shape) / channels;
  const [data, center, spread] = [sizeOf(output.shape), channels, channels].map((n) => new Float64Array(n));
  const forChannel = (channel: number, visit: (offset: number) => void) => {
    for (let b = 0; b < output.shape[0]; b++)
      for (let i = 0; i < inner; i++) visit((b * channels + channel) * inner + i);
  };
  for (let channel = 0; channel < channels; channel++) {
    forChannel(channel, (i) => {
      center[channel] += Number(x.data[i]) / count;
    });
    forChannel(channel, (i) => {
      spread[channel] += (Number(x.data[i]) - center[channel]) ** 2 / count;
    });
    const factor = Number(scale.data[channel]) / Math.sqrt(spread[channel] + epsilon);
    forChannel(channel, (i) => {
      data[i] = (Number(x.data[i]) - center[channel]) * factor + Number(bias.data[channel]);
    });
  }
  const shape: Shape = statistic.shape;
  return [
    { data, shape: output.shape },
    { data: center, shape },
    { data: spread, shape },
  ];
}

/** A normalised batch and the statistics it was normalised with. */
export interface NormalizedBatch {
  readonly output: Tensor;
  readonly mean: Tensor;
  /** Divided by n, not n − 1. */
  readonly variance: Tensor;
}

/** Batch normalisation (Ioffe and Szegedy 2015) of `[batch, channels, …]` with the batch's own statistics. */
export function batchNorm(x: TensorLike, scale: TensorLike, bias: TensorLike, epsilon = 1e-5): NormalizedBatch {
  const inputs = operands("batchNorm", x, scale, bias);
  const [output, center, spread] = applyAll(batchNormOperation, inputs, { epsilon });
  return { output, mean: center, variance: spread };
}

/** Batch normalisation with given statistics: `(x − mean) / √(variance + ε) · scale + bias`, one value a channel. */
export function batchNormWith(
  x: TensorLike,
  statistics: { readonly mean: Tensor; readonly variance: Tensor; readonly scale: Tensor; readonly bias: Tensor },
  epsilon = 1e-5,
): Tensor {
  const images = tensor(x);
  const factor = divide(statistics.scale, sqrt(add(statistics.variance, epsilon)));
  const offset = subtract(statistics.bias, multiply(statistics.mean, factor));
  return add(multiply(images, alongChannels(factor, images.rank)), alongChannels(offset, images.rank));
}
