import { readdirSync, readFileSync } from "node:fs";
import { dataPath } from "../../src/data/index.ts";
import { type InstanceFormat, type IsingModel, readInstance } from "../../src/instruments/ising/index.ts";

/** An instance with what is published about it. */
export interface PublishedInstance {
  readonly name: string;
  readonly published: number;
  readonly tolerance?: number;
  read(): Promise<IsingModel>;
}

const at = (path: readonly string[], format: InstanceFormat) => () =>
  readInstance(dataPath("ising", ...path), { format });

const linesOf = (...path: string[]) =>
  readFileSync(dataPath("ising", ...path), "utf8")
    .trim()
    .split("\n");

/** The Gset files with their best known cuts: a table, and for what it lacks the collection's own list. */
export function gset(): PublishedInstance[] {
  const known = new Map<string, number>();
  for (const line of linesOf("gset", "README-openising.md")) {
    const match = /^\|\s*(G\d+)\s*\|.*\|\s*([\d,]+)\s*\|$/.exec(line);
    if (match !== null) known.set(match[1], Number(match[2].replaceAll(",", "")));
  }
  for (const line of linesOf("gset", "best-known-AOC.csv").slice(1)) {
    const [name, , cut] = line.split(",");
    known.set(name, Number(cut));
  }
  return readdirSync(dataPath("ising", "gset"))
    .flatMap((file) => /^(G\d+)\.txt$/.exec(file)?.[1] ?? [])
    .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
    .map((name) => ({ name, published: known.get(name) as number, read: at(["gset", `${name}.txt`], "rudy") }));
}

const biqMacGroups = { be: "biqmac", beasley: "biqmac", gka: "biqmac", ising: "rudy", rudy: "rudy" } as const;

/** The Biq Mac files with their listed optima. The list calls gka10b and gka10d by the same name; their neighbours tell them apart. */
export function biqMac(): PublishedInstance[] {
  return Object.entries(biqMacGroups).flatMap(([group, format]) => {
    const optima = new Map<string, number>();
    let series = "";
    for (const line of linesOf("biqmac", group, "optimal_energy.txt")) {
      const [listed, value] = line.trim().split(/\s+/);
      const name = listed === "gka10" ? `gka10${series}` : listed;
      series = name.slice(-1);
      optima.set(name, Number(value));
    }
    return readdirSync(dataPath("ising", "biqmac", group)).flatMap((file) => {
      const name = file.replace(/\.sparse$/, "");
      const published = optima.get(name);
      return published === undefined ? [] : [{ name, published, read: at(["biqmac", group, file], format) }];
    });
  });
}

interface GroundEnergy {
  readonly seed: number;
  /** Total energy. */
  readonly E0?: number;
  /** Exact energy per spin, where it was checked. */
  readonly mine?: number;
}

/** Spin glasses with known ground energies: 25 of Sherrington and Kirkpatrick, those of Edwards and Anderson that are there. */
export function glasses(): PublishedInstance[] {
  const listed = (folder: string, file: string) =>
    JSON.parse(readFileSync(dataPath("ising", folder, file), "utf8")) as GroundEnergy[];
  const sk = listed("sk", "sk100_vna_ground.json").map(({ seed, E0 }) => ({
    name: `sk100 seed ${seed}`,
    ...{ published: E0 as number, tolerance: 1e-8, read: at(["sk", `sk100_vna_seed${seed}.txt`], "couplings") },
  }));
  const ea = [10, 20].flatMap((length) => {
    const files = new Set(readdirSync(dataPath("ising", "ea")));
    const fileOf = (seed: number) => `ea${length}x${length}_open_seed${seed}.txt`;
    return listed("ea", `ea${length}x${length}_ground.json`)
      .filter(({ seed, mine }) => mine !== undefined && files.has(fileOf(seed)))
      .map(({ seed, mine }) => ({
        name: `ea ${length}x${length} seed ${seed}`,
        ...{ published: (mine as number) * length * length, tolerance: 1e-8 },
        read: at(["ea", fileOf(seed)], "couplings"),
      }));
  });
  return [...sk, ...ea];
}
