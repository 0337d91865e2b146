import type { Key } from "../engine/random/key.ts";
import { sampleUniform } from "../engine/random/sample.ts";
import { crowdingDistances, hypervolume, sortIntoFronts } from "./pareto.ts";

/** A genome (an allele per gene) with its objectives, all minimised. */
export interface Individual {
  readonly genome: readonly number[];
  readonly objectives: readonly number[];
}

/** Where a run stands after a generation, as plain data: all that a later `resume` needs. */
export interface Nsga2State {
  readonly generation: number;
  readonly population: readonly Individual[];
  /** Every genome evaluated so far, in order. */
  readonly evaluated: readonly Individual[];
  /** Hypervolume of everything evaluated, after each generation; empty without a reference point. */
  readonly hypervolumes: readonly number[];
}

/** Settings of a run. */
export interface Nsga2Options {
  /** The values each gene may take, ascending. */
  readonly alleles: readonly (readonly number[])[];
  readonly evaluate: (genome: readonly number[]) => readonly number[] | Promise<readonly number[]>;
  /**
   * Guesses objectives from what was evaluated so far, or returns null while it cannot. With guesses eight times the
   * offspring are drawn and the most promising are evaluated.
   */
  readonly predict?: (
    genomes: readonly (readonly number[])[],
    evaluated: readonly Individual[],
  ) => Promise<readonly (readonly number[])[] | null>;
  readonly key: Key;
  /** Genomes to begin with: all are evaluated, even if the population is smaller, and filled up with random ones. */
  readonly initial?: readonly (readonly number[])[];
  readonly populationSize?: number;
  /** Genomes drawn per generation after the first; the population size by default. */
  readonly offspringSize?: number;
  readonly generations?: number;
  /** Stop after so many evaluations. */
  readonly maxEvaluations?: number;
  /** Point that bounds the hypervolume from above. */
  readonly reference?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onGeneration?: (state: Nsga2State) => void;
  readonly resume?: Nsga2State;
}

const crossoverProbability = 0.5;
const screenedPerOffspring = 8;

/**
 * NSGA-II: fronts by non-domination, ties by crowding, binary tournaments, and either
 * uniform crossover with mutation or a change of one gene, to a neighbouring or a random allele. A genome is evaluated once; offspring seen before are drawn anew. The last
 * front that fits only in part loses its most crowded member again and again rather than all at once.
 * Random numbers depend on the generation and the offspring alone, so a resumed run equals one that was not interrupted.
 * Source: Deb, Pratap, Agarwal, Meyarivan, IEEE Trans. Evolutionary Computation 6(2), 2002.
 */
export async function runNsga2(options: Nsga2Options): Promise<Nsga2State> {
  const { populationSize = 40, generations = 25, maxEvaluations = Number.POSITIVE_INFINITY } = options;
  const seen = new Map<string, Individual>((options.resume?.evaluated ?? []).map((i) => [i.genome.join(), i]));
  const hypervolumes = [...(options.resume?.hypervolumes ?? [])];
  const isOver = () => options.signal?.aborted === true || seen.size >= maxEvaluations;
  let population = [...(options.resume?.population ?? [])];
  const finish = (generation: number): Nsga2State => {
    if (options.reference !== undefined) {
      const points = [...seen.values()].map((i) => i.objectives);
      const front = sortIntoFronts(points)[0].map((i) => points[i]);
      hypervolumes.push(hypervolume(front, options.reference));
    }
    const state = { generation, population, evaluated: [...seen.values()], hypervolumes: [...hypervolumes] };
    options.onGeneration?.(state);
    return state;
  };
  let state = options.resume;
  for (let generation = state === undefined ? 0 : state.generation + 1; generation <= generations; generation++) {
    if (state !== undefined && isOver()) break;
    const key = options.key.fold(generation);
    const ranking = rank(population);
    const genomes: (readonly number[])[] = generation === 0 ? [...(options.initial ?? [])] : [];
    const drawn = new Set<string>(genomes.map(String));
    const wanted =
      generation === 0 ? Math.max(populationSize, genomes.length) : (options.offspringSize ?? populationSize);
    const draws = options.predict === undefined || generation === 0 ? wanted : wanted * screenedPerOffspring;
    for (let i = genomes.length; i < draws; i++) {
      const genome = drawNew(key.fold(i), options.alleles, population, ranking, (g) => seen.has(g) || drawn.has(g));
      if (genome === null) continue;
      drawn.add(genome.join());
      genomes.push(genome);
    }
    const offspring: Individual[] = [];
    for (const genome of await screen(genomes, wanted, options, [...seen.values()])) {
      if (isOver()) break;
      const known = seen.get(genome.join());
      const individual = known ?? { genome, objectives: await options.evaluate(genome) };
      if (known === undefined) seen.set(genome.join(), individual);
      offspring.push(individual);
    }
    population = select([...population, ...offspring], populationSize);
    state = finish(generation);
  }
  return state ?? finish(0);
}

/** The non-dominated individuals among all evaluated, by their first objective. */
export function paretoFront(state: Nsga2State): Individual[] {
  const points = state.evaluated.map((i) => i.objectives);
  const [front = []] = sortIntoFronts(points);
  return front.map((i) => state.evaluated[i]).sort((a, b) => a.objectives[0] - b.objectives[0]);
}

/** The `wanted` genomes with the best guessed objectives; without guesses the first ones. */
async function screen(
  genomes: readonly (readonly number[])[],
  wanted: number,
  options: Nsga2Options,
  evaluated: readonly Individual[],
): Promise<(readonly number[])[]> {
  const guesses = genomes.length > wanted ? await options.predict?.(genomes, evaluated) : undefined;
  if (guesses === undefined || guesses === null) return genomes.slice(0, wanted);
  return select(
    genomes.map((genome, i) => ({ genome, objectives: guesses[i] })),
    wanted,
  ).map((i) => i.genome);
}

/** Front number and crowding distance of each individual. */
interface Ranking {
  readonly front: Int32Array;
  readonly crowding: Float64Array;
}

function rank(population: readonly Individual[]): Ranking {
  const front = new Int32Array(population.length);
  const crowding = new Float64Array(population.length);
  sortIntoFronts(population.map((i) => i.objectives)).forEach((members, f) => {
    const distances = crowdingDistances(members.map((i) => population[i].objectives));
    members.forEach((i, k) => {
      front[i] = f;
      crowding[i] = distances[k];
    });
  });
  return { front, crowding };
}

/** A genome that is not `isKnown`, from two tournament winners or at random when there is no population; null after 20 tries. */
function drawNew(
  key: Key,
  alleles: Nsga2Options["alleles"],
  population: readonly Individual[],
  ranking: Ranking,
  isKnown: (genome: string) => boolean,
): number[] | null {
  for (let attempt = 0; attempt < 20; attempt++) {
    const draws = sampleUniform(key.fold(attempt), 5 + 4 * alleles.length, "float64");
    const genome =
      population.length === 0
        ? alleles.map((a, g) => a[Math.floor(draws[g] * a.length)])
        : breed(draws, alleles, population, ranking);
    if (!isKnown(genome.join())) return genome;
  }
  return null;
}

function breed(
  draws: Float64Array,
  alleles: Nsga2Options["alleles"],
  population: readonly Individual[],
  ranking: Ranking,
): number[] {
  const mother = population[tournament(draws[0], draws[1], ranking)].genome;
  const father = population[tournament(draws[2], draws[3], ranking)].genome;
  const isCrossed = draws[4] < crossoverProbability;
  // A child of one parent differs in one gene: a step along the front, where crossover makes the leaps.
  const only = isCrossed
    ? -1
    : Math.floor(((draws[4] - crossoverProbability) / (1 - crossoverProbability)) * alleles.length);
  return alleles.map((values, g) => {
    const [pick, chance, how, where] = draws.subarray(5 + 4 * g, 9 + 4 * g);
    const inherited = isCrossed && pick < 0.5 ? father[g] : mother[g];
    const mutates = isCrossed ? chance < 1 / alleles.length : g === only;
    if (!mutates) return inherited;
    if (how < 0.2) return values[Math.floor(where * values.length)];
    const step = where < 0.5 ? -1 : 1;
    return values[Math.min(values.length - 1, Math.max(0, values.indexOf(inherited) + step))];
  });
}

function tournament(a: number, b: number, { front, crowding }: Ranking): number {
  const [i, j] = [Math.floor(a * front.length), Math.floor(b * front.length)];
  if (front[i] !== front[j]) return front[i] < front[j] ? i : j;
  return crowding[i] >= crowding[j] ? i : j;
}

function select(candidates: readonly Individual[], size: number): Individual[] {
  const chosen: Individual[] = [];
  for (const members of sortIntoFronts(candidates.map((i) => i.objectives))) {
    let front = members.map((i) => candidates[i]);
    while (chosen.length + front.length > size && front.length > 0) {
      const distances = crowdingDistances(front.map((i) => i.objectives));
      let worst = 0;
      for (let i = 1; i < front.length; i++) if (distances[i] < distances[worst]) worst = i;
      front = front.filter((_, i) => i !== worst);
    }
    chosen.push(...front);
    if (chosen.length >= size) break;
  }
  return chosen;
}
