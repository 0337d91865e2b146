import { key, NdArray } from "../../src/engine/index.ts";
import {
  defaultTrainingOptions,
  type MethodChoice,
  type MethodName,
  methodNames,
  trainRobust,
} from "../../src/instruments/labels/training/index.ts";
import { Cells } from "../cells.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";
import { loadSetting, type Setting, settingNames } from "./settings.ts";

const question =
  "test accuracy in percent after training on wrong labels: last epoch, best epoch by noisy validation, best by the test set (oracle)";

/** One run: a method on a setting with one seed. Accuracies on the test set, in percent. */
interface Cell {
  readonly setting: string;
  readonly method: string;
  readonly seed: number;
  readonly epochs: number;
  readonly last: number;
  /** Of the epoch that was best on the noisy validation rows. */
  readonly best: number;
  /** Of the epoch that was best on the test set. */
  readonly oracle: number;
  /** Parts of the training rows after the last epoch: wrongly labelled ones whose wrong label is predicted, or whose true class is. */
  readonly noisyFitted: number;
  readonly noisyCorrected: number;
  /** Of the rows that the method keeps, and of those it should keep, where it chooses. */
  readonly precision?: number;
  readonly recall?: number;
  /** Of the processor, so that a busy machine does not tell in it; without it the run was not measured so. */
  readonly cpuSeconds?: number;
}

/** A row of the table: a method with the name it has there. */
interface Entry {
  readonly title: string;
  readonly method: MethodChoice;
}

/** All methods, or those named; Forward with the true matrix and with estimated ones. */
function entriesOf(setting: Setting, named: readonly string[]): Entry[] {
  const names = named.length === 0 ? methodNames : (named as MethodName[]);
  return names.flatMap((name): Entry[] => {
    if (name !== "forward") return [{ title: name, method: name }];
    return [
      { title: "forward", method: { name, transition: setting.transition } },
      { title: "forward, estimated matrix", method: name },
    ];
  });
}

async function runCell(setting: Setting, { title, method }: Entry, seed: number, epochs: number): Promise<Cell> {
  const { train, test, truth } = setting;
  const before = process.cpuUsage();
  const observed = new NdArray<"int32">(await setting.observed(seed));
  const result = await trainRobust({
    ...{ method, test, truth, key: key(seed), options: { ...setting.options, epochs } },
    dataset: { inputs: train.inputs, labels: observed, classNames: train.classNames },
  });
  const percent = (part: number | undefined) => Number((100 * (part ?? 0)).toFixed(2));
  const { memorization, selection, test: last } = result.last.record;
  return {
    ...{ setting: setting.name, method: title, seed, epochs, last: percent(last?.accuracy) },
    best: percent(result.model.record.test?.accuracy),
    oracle: percent(result.oracle?.record.test?.accuracy),
    noisyFitted: percent(memorization?.noisyFitted),
    noisyCorrected: percent(memorization?.noisyCorrected),
    ...(selection?.precision === undefined ? {} : { precision: percent(selection.precision) }),
    ...(selection?.recall === undefined ? {} : { recall: percent(selection.recall) }),
    cpuSeconds: Number((process.cpuUsage(before).user / 1e6).toFixed(1)),
  };
}

const spread = (values: readonly number[]): string => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(values.length - 1, 1));
  return `${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
};

function rowOfCells({ prototypes }: Setting, cells: readonly Cell[]): BenchRow {
  const [{ setting, method }] = cells;
  const mean = cells.reduce((sum, { last }) => sum + last, 0) / cells.length;
  const measured = cells.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  const seconds = measured.reduce((sum, own) => sum + own, 0) / Math.max(measured.length, 1);
  const of = (name: "last" | "best" | "oracle") => spread(cells.map((cell) => cell[name]));
  return rowOf(`${setting}: ${method}`, mean, prototypes[method] ?? null, {
    note: `last ${of("last")}, best by noisy validation ${of("best")}, oracle ${of("oracle")}, ${cells.length} seeds, ${seconds.toFixed(0)} s of one processor`,
  });
}

/**
 * Test accuracy in percent of every method. Runs that `bench/results/labels-methods.json` holds are not repeated; each new one is added when it is
 * finished. Seeds are the outermost loop, so that what is there is whole for every seed.
 * Arguments: `--seeds 3`, `--epochs N` (the published numbers when left out), `--data cifar|symmetric|pair`, then method names (all when none).
 */
export async function benchMethods(args: readonly string[]): Promise<BenchResult> {
  const value = (name: string) => {
    const place = args.indexOf(name);
    return place === -1 ? undefined : args[place + 1];
  };
  const named = args.filter((arg, i) => !arg.startsWith("--") && !args[i - 1]?.startsWith("--"));
  const wanted = value("--data");
  const seeds = Number(value("--seeds") ?? 3);
  const chosen = settingNames.filter((name) => wanted === undefined || wanted === name);
  const settings = await Promise.all(chosen.map(loadSetting));
  const cells = await Cells.open<Cell>("labels-methods", question);
  const finished = new Map<Setting, Map<string, Cell[]>>(settings.map((setting) => [setting, new Map()]));
  for (let seed = 0; seed < seeds; seed++) {
    for (const setting of settings) {
      const epochs = Number(value("--epochs") ?? setting.options.epochs ?? defaultTrainingOptions.epochs);
      for (const entry of entriesOf(setting, named)) {
        let [cell] = cells.of({ setting: setting.name, method: entry.title, seed, epochs }) as readonly (
          | Cell
          | undefined
        )[];
        if (cell === undefined) {
          cell = await runCell(setting, entry, seed, epochs);
          await cells.add(cell);
          console.error(JSON.stringify(cell));
        }
        const rows = finished.get(setting);
        rows?.set(entry.title, [...(rows.get(entry.title) ?? []), cell]);
      }
    }
  }
  const rows = [...finished].flatMap(([setting, byTitle]) =>
    [...byTitle.values()].map((ofMethod) => rowOfCells(setting, ofMethod)),
  );
  return { question: `${question}; the peer is a NumPy prototype's last epoch at the same sizes`, rows };
}
