import type { JobEstimate } from "../../../lab/index.ts";
import type { AuditJobOptions } from "./audit.ts";
import type { InputOptions } from "./input-options.ts";
import { type InputSize, inputSize } from "./input-size.ts";
import { methodNameOf, type TrainingFlags } from "./training-options.ts";

/**
 * Seconds of one processor of an AMD EPYC, measured with the shipped digits, USPS, MNIST and made-up rows: of a step, of a multiplication
 * in it (forward, backward, update), and how much longer than plain training an epoch of each method takes.
 */
const costs = {
  mlp: { step: 2.5e-4, multiplication: 9.6e-11 },
  cnn: { step: 2e-3, multiplication: 2e-10 },
  resnet8: { step: 8e-3, multiplication: 1.2e-10 },
  /** Of an epoch beside its steps: metrics, checkpoint, what is measured on other rows. */
  epoch: 0.012,
  /** Of a training before its first step, and of each number of the rows. */
  training: 0.15,
  number: 8e-8,
  /** Of a run: reading, figures, report; of making realistic noise. */
  run: 0.5,
  noise: 0.3,
  /** Of a pair of rows in a search for neighbours, and of each of their features. */
  pair: 8e-9,
  pairFeature: 7e-11,
} as const;

const slowMethods: Readonly<Record<string, number>> = {
  ...{ mixup: 1.5, forward: 1.7, "t-revision": 3, cores: 1.5, "confident-learning": 3, aum: 1.6 },
  ...{ "co-teaching": 1.8, "co-teaching-plus": 1.8, jocor: 2.1, "meta-weight-net": 1.8, "elr-plus": 2.4, dividemix: 7 },
};

/** The largest multiple of a run's memory over that of its rows as float32, and the memory of any run, bytes. */
const memory = { copies: 4, base: 240e6 } as const;

interface Trained {
  readonly size: InputSize;
  readonly rows: number;
  readonly epochs: number;
  readonly method: string;
  readonly batchSize: number;
  readonly network: {
    readonly kind: TrainingFlags["network"]["kind"];
    readonly hidden?: readonly number[];
    readonly width?: number;
  };
}

/** Multiplications of one row forward. */
function multiplicationsOf(
  { kind, hidden = [128, 128], width = 16 }: Trained["network"],
  { shape, classes }: InputSize,
) {
  const product = (list: readonly number[]) => list.reduce((all, x) => all * x, 1);
  if (kind === "mlp") {
    const widths = [product(shape), ...hidden, classes];
    return widths.slice(1).reduce((sum, outputs, i) => sum + widths[i] * outputs, 0);
  }
  const [channels, ...sides] = shape;
  const places = product(sides);
  if (kind === "cnn") return 9 * channels * width * places + (9 * width * 2 * width * places) / 4 + 16 * width * places;
  // A stem, and three blocks of two convolutions of which the second and the third halve the sides.
  return 9 * channels * width * places + 9 * width ** 2 * places * (2 + 1.5 + 1.5);
}

function trainingSeconds({ size, rows, epochs, method, batchSize, network }: Trained): number {
  const { step, multiplication } = costs[network.kind];
  const steps = Math.max(1, Math.floor(rows / batchSize));
  const one = step + batchSize * multiplicationsOf(network, size) * multiplication;
  const numbers = size.rows * size.shape.reduce((all, x) => all * x, 1);
  const epoch = costs.epoch + steps * one * (slowMethods[method] ?? 1);
  return costs.training + costs.number * numbers + epochs * epoch;
}

const memoryOf = ({ rows, shape }: InputSize) =>
  memory.base + memory.copies * 4 * rows * shape.reduce((all, x) => all * x, 1);

/** The rows that are left to train on: a fifth of the shipped digits is a test set. */
const trainRows = (options: InputOptions, { rows }: InputSize, held: number) =>
  Math.round((options.data === undefined ? 0.8 : 1) * rows * (1 - held));

/** What trainings of these methods over these seeds take; nothing where the size of the data is not known. */
async function estimateTrainings(
  options: InputOptions & TrainingFlags & { readonly noise: unknown },
  methods: readonly string[],
  seeds: number,
): Promise<JobEstimate> {
  const size = await inputSize(options);
  if (size === undefined) return {};
  const { epochs, batchSize, network, validationFraction } = options;
  const shared = { size, rows: trainRows(options, size, validationFraction), epochs, batchSize, network };
  const trainings = methods.reduce((sum, method) => sum + trainingSeconds({ ...shared, method }), 0);
  const noise = options.data === undefined || options.noise !== "none" ? costs.noise : 0;
  return { seconds: costs.run + seeds * (noise + trainings), bytes: memoryOf(size) };
}

/** What `labels train` is likely to take. */
export function estimateTrain(
  options: InputOptions &
    TrainingFlags & { readonly noise: unknown; readonly method: Parameters<typeof methodNameOf>[0] },
): Promise<JobEstimate> {
  return estimateTrainings(options, [methodNameOf(options.method)], 1);
}

/** What `labels benchmark` is likely to take. */
export function estimateBenchmark(
  options: InputOptions &
    TrainingFlags & { readonly noise: unknown; readonly methods: readonly string[]; readonly seeds: number },
): Promise<JobEstimate> {
  return estimateTrainings(options, options.methods, options.seeds);
}

/** What `labels audit` is likely to take: its folds, the search for neighbours, and without data the trainings that are compared. */
export async function estimateAudit(options: AuditJobOptions): Promise<JobEstimate> {
  const size = await inputSize(options);
  if (size === undefined) return {};
  const { folds, network: kind, neighbors, probabilities } = options;
  const isShipped = options.data === undefined;
  const all = trainRows(options, size, 0);
  const features = size.shape.reduce((product, x) => product * x, 1);
  const shared = { size, batchSize: 128 };
  const rows = Math.round((all * (folds - 1)) / folds);
  // As many as `outOfFoldProbabilities` takes.
  const epochs = options.epochs ?? Math.max(10, Math.ceil(120 / Math.max(1, Math.floor(rows / 128))));
  const fold = trainingSeconds({ ...shared, rows, epochs, method: methodNameOf(options.method), network: { kind } });
  const compared = trainingSeconds({ ...shared, rows: all * 0.9, epochs: 40, method: "elr", network: { kind: "mlp" } });
  const seconds =
    costs.run +
    (probabilities === undefined ? folds * fold : 0) +
    (neighbors > 0 ? all ** 2 * (costs.pair + features * costs.pairFeature) : 0) +
    (isShipped ? costs.noise : 0) +
    (isShipped && options.compareTraining ? 2 * compared : 0);
  return { seconds, bytes: memoryOf(size) };
}
