import { Cells } from "../cells.ts";
import type { BenchResult, BenchRow } from "../result.ts";
import { biqMac, glasses, gset, type PublishedInstance } from "./published.ts";
import { type InstanceCell, searchInstance } from "./search-instance.ts";

interface Collection {
  readonly question: string;
  readonly list: () => PublishedInstance[];
  /** 30 seconds on two cores are 60 of the processor. */
  readonly limitCpuSeconds: number;
  readonly workers: number;
  /** What the whole table says. */
  readonly sum: (cells: readonly InstanceCell[]) => BenchRow[];
}

const row = (workload: string, ours: number, peer: number, note?: string): BenchRow => {
  return { workload, ours, peer, ratio: Number((ours / peer).toPrecision(6)), ...(note ? { note } : {}) };
};

const rowOfCell = ({ instance, spins, found, published, gapPercent, cpuSeconds }: InstanceCell): BenchRow =>
  row(`${instance}, N=${spins}`, found, published, `${gapPercent} % worse, ${cpuSeconds.toFixed(1)} processor s`);

const met = (cells: readonly InstanceCell[]) => cells.filter(({ gapPercent }) => gapPercent <= 0).length;

const collections: Readonly<Record<string, Collection>> = {
  gset: {
    question: "How near to the best known cuts of the Gset does half a minute on two cores come?",
    list: gset,
    ...{ limitCpuSeconds: 60, workers: 2 },
    sum: (cells) => {
      const small = cells.filter(({ spins }) => spins <= 1000);
      const within = small.filter(({ gapPercent }) => gapPercent <= 0.05).length;
      return [
        row("best known cut met, all", met(cells), cells.length),
        row("best known cut met, up to 1,000 vertices", met(small), small.length),
        row("within 0.05 %, up to 1,000 vertices", within, small.length),
      ];
    },
  },
  biqmac: {
    question: "How many instances of the Biq Mac library are solved to the listed optimum?",
    list: biqMac,
    ...{ limitCpuSeconds: 20, workers: 1 },
    sum: (cells) => [row("listed optimum met", met(cells), cells.length)],
  },
  glasses: {
    question: "Are the ground states of spin glasses with known energies found?",
    list: glasses,
    ...{ limitCpuSeconds: 20, workers: 1 },
    sum: (cells) => [row("ground energy met", met(cells), cells.length)],
  },
};

/** `npm run bench -- ising gset [NAME …]`: all of a collection, or those named; what is in the results' file is not made again. */
export async function benchInstances(name: string, wanted: readonly string[]): Promise<BenchResult> {
  const { question, list, limitCpuSeconds, workers, sum } = collections[name];
  const store = await Cells.open<InstanceCell>(`ising-${name}`, question);
  const cells: InstanceCell[] = [];
  for (const { name: instance, published, tolerance, read } of list()) {
    if (wanted.length > 0 && !wanted.includes(instance)) continue;
    let [cell] = store.of({ instance, seed: 1 }) as readonly (InstanceCell | undefined)[];
    if (cell === undefined) {
      const task = { instance, published, limitCpuSeconds, workers, seed: 1, model: await read() };
      cell = await searchInstance({ ...task, ...(tolerance ? { tolerance } : {}) });
      await store.add(cell);
      console.error(`${instance}: ${cell.found} of ${published}, ${cell.gapPercent} %, ${cell.cpuSeconds} s`);
    }
    cells.push(cell);
  }
  return { question, rows: [...cells.map(rowOfCell), ...sum(cells)] };
}
