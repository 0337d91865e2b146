import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Figure, Headline, JobContext } from "../../../lab/index.ts";
import { energyFigure, temperatureFigure } from "../report/cooling.ts";
import { overlapFigure } from "../report/overlaps.ts";
import { type Improvement, improvementFigure, restartsFigure, type SearchUnits } from "../report/search.ts";
import { countText, shown } from "../report/text.ts";
import { type RestartRecord, type SolveEvent, type SolveResult, type SolveState, solve } from "../solve.ts";
import { traceAnnealing } from "../solvers/annealing-trace.ts";
import type { Method } from "../solvers/method.ts";
import { timeToSolution } from "../statistics/time-to-solution.ts";
import { classicalMethod } from "./classical-method.ts";
import type { Finding } from "./finding.ts";
import { type Instance, objectiveName } from "./instance.ts";
import { type PackedState, packState, unpackState } from "./packed-state.ts";
import { type Reference, roundingOf } from "./reference.ts";
import type { SolveFlags } from "./solve.ts";
import { StateSaver } from "./state-saver.ts";

/** Restarts made where nothing limits them. */
const usualRestarts: Readonly<Record<Method["name"], number>> = {
  memetic: 4,
  tempering: 10,
  tabu: 20,
  annealing: 50,
  bifurcation: 50,
  descent: 500,
};
/** States of restarts kept for their overlaps. */
const keptStates = 200;
/** Every restart up to so many is measured, then one in a hundred and those that are better than all before. */
const measuredRestarts = 1000;

/** A search as checkpoints keep it. */
interface KeptSearch {
  readonly state: SolveState;
  /** Of the attempts before. */
  readonly seconds: number;
  readonly improvements: readonly Improvement[];
  readonly states: readonly Int8Array[];
}

/** A search that goes on where an attempt before left it, and tells the run what it meets. */
class SearchRun {
  readonly #instance: Instance;
  readonly #context: JobContext;
  readonly #saver: StateSaver<PackedState>;
  readonly #waiting = new Map<number, RestartRecord>();
  #before: KeptSearch | undefined;
  #measured = 0;
  #best: RestartRecord | undefined;
  readonly improvements: Improvement[] = [];
  readonly states: Int8Array[] = [];

  constructor(instance: Instance, context: JobContext) {
    this.#instance = instance;
    this.#context = context;
    this.#saver = new StateSaver(context, "search");
  }

  async load(): Promise<SolveState | undefined> {
    const packed = await this.#saver.load();
    if (packed === undefined) return undefined;
    const kept = unpackState<KeptSearch>(packed);
    this.#before = kept;
    this.improvements.push(...kept.improvements);
    this.states.push(...kept.states);
    for (const record of kept.state.restarts) this.#measure(record);
    return kept.state;
  }

  /** Seconds of all attempts before this one. */
  get secondsBefore(): number {
    return this.#before?.seconds ?? 0;
  }

  observe(event: SolveEvent, limit: number | undefined): void {
    switch (event.kind) {
      case "improved":
        this.improvements.push({ seconds: this.secondsBefore + event.seconds, objective: event.objective });
        return;
      case "restart":
        if (this.states.length < keptStates) this.states.push(event.spins);
        this.#measure(event.restart);
        return;
      case "progress": {
        const best = `best ${objectiveName(this.#instance.model)} ${shown(event.objective)}`;
        const done = this.#measured;
        this.#context.progress({
          done,
          ...(limit === undefined ? {} : { total: limit }),
          unit: "restarts",
          label: best,
        });
        return;
      }
      case "checkpoint":
        this.#save(event.state, event.seconds);
    }
  }

  /** Measures restarts in the order of their numbers, whoever is done first: so a run on many threads has the same metrics. */
  #measure(record: RestartRecord): void {
    this.#waiting.set(record.restart, record);
    for (let next = this.#waiting.get(this.#measured); next !== undefined; next = this.#waiting.get(this.#measured)) {
      this.#waiting.delete(this.#measured);
      this.#measured++;
      const isBetter = this.#best === undefined || next.energy < this.#best.energy;
      if (isBetter) this.#best = next;
      if (!isBetter && this.#measured > measuredRestarts && this.#measured % 100 !== 0) continue;
      const name = this.#instance.model.sense === "minimize" ? "value" : "gain";
      const best = (this.#best as RestartRecord).objective;
      this.#context.metrics(this.#measured, { [`restart/${name}`]: next.objective, [`best/${name}`]: best });
    }
  }

  #save(state: SolveState, seconds: number): void {
    const { improvements, states } = this;
    const kept: KeptSearch = {
      ...{ state, seconds: this.secondsBefore + seconds },
      ...{ improvements: [...improvements], states: [...states] },
    };
    this.#saver.offer(() => packState(kept));
  }

  /** Writes the state of a search that has ended. */
  async keep({ state, seconds }: SolveResult): Promise<void> {
    this.#save(state, seconds);
    await this.#saver.flush();
  }
}

/** A classical search: restarts until their number, the time, or the known value is met. @throws OrreryError `argument`, `cancelled`. */
export async function searchClassically(
  instance: Instance,
  flags: SolveFlags & { readonly method: Method["name"] },
  { context, reference }: { readonly context: JobContext; readonly reference: Reference | undefined },
): Promise<Finding> {
  const { model } = instance;
  const [searchKey, rangeKey, traceKey] = key(flags.seed).split(3);
  const method = classicalMethod(flags.method, flags, model, rangeKey);
  const search = new SearchRun(instance, context);
  const resume = await search.load();
  const { maxSeconds } = flags;
  const restarts = flags.restarts ?? (maxSeconds === undefined ? usualRestarts[method.name] : undefined);
  const result = await solve(model, {
    ...{ key: searchKey, method, workers: flags.threads === 1 ? 0 : flags.threads, signal: context.signal },
    ...(restarts === undefined ? {} : { restarts }),
    ...(maxSeconds === undefined ? {} : { maxSeconds: Math.max(0.01, maxSeconds - search.secondsBefore) }),
    ...(flags.stopAtKnown && reference !== undefined ? { target: reference.objective } : {}),
    ...(resume === undefined ? {} : { resume }),
    observer: (event) => search.observe(event, restarts),
  });
  await search.keep(result);
  if (result.status === "cancelled") throw new OrreryError("cancelled", "ising solve: cancelled");
  const seconds = search.secondsBefore + result.seconds;
  const units = unitsOf(instance, reference);
  const trace = method.name === "annealing" || method.name === "memetic" ? traceOf(instance, method, traceKey) : [];
  return {
    best: result.best,
    ...describe(result, { seconds, method, flags, reference }),
    figures: [
      improvementFigure(search.improvements, seconds, units),
      ...(result.restarts.length > 1 ? [restartsFigure(result.restarts, units)] : []),
      ...trace,
      overlapFigure(search.states, "restarts"),
    ].filter((figure) => figure !== undefined),
    about: { method: method.name, seed: flags.seed, restart: result.best.restart },
  };
}

/** How figures call a reference. */
export function unitsOf({ model }: Instance, reference: Reference | undefined): SearchUnits {
  const labels = { exact: "exact optimum", planted: "planted optimum", known: "known value" } as const;
  return {
    objective: objectiveName(model),
    ...(reference === undefined
      ? {}
      : { reference: { objective: reference.objective, label: labels[reference.source] } }),
  };
}

function traceOf(
  { model }: Instance,
  method: Method & { name: "annealing" | "memetic" },
  traceKey: Parameters<typeof traceAnnealing>[2],
): Figure[] {
  const { sweeps, beta } = method;
  const moments = traceAnnealing(
    model,
    {
      ...(sweeps === undefined ? {} : { sweeps }),
      ...(beta === undefined ? {} : { beta: [beta[0], beta[beta.length - 1]] as [number, number] }),
    },
    traceKey,
  );
  const objective = objectiveName(model);
  const [first, last] = [moments[0], moments[moments.length - 1]];
  const rows = (what: "energy" | "lowest") =>
    moments.map((moment) => ({ step: moment.sweep, value: model.objectiveOf(moment[what]) }));
  return [
    energyFigure(
      [
        { label: "current", rows: rows("energy") },
        { label: "best so far", rows: rows("lowest") },
      ],
      {
        ...{ stepName: "sweep", objective, title: `One annealing: its ${objective} sweep by sweep` },
        summary: `An annealing beside those of the search went from ${shown(model.objectiveOf(first.energy))} to ${shown(model.objectiveOf(last.lowest))}.`,
      },
    ),
    temperatureFigure(
      moments.map(({ sweep, beta: b }) => ({ step: sweep, temperature: 1 / b })),
      "sweep",
    ),
  ];
}

interface Circumstances {
  readonly seconds: number;
  readonly method: Method;
  readonly flags: SolveFlags;
  readonly reference: Reference | undefined;
}

/** What the restarts say: how many agree, and how long one must search for the target. */
function describe(
  { restarts, best, status, flips }: SolveResult,
  { seconds, method, flags, reference }: Circumstances,
): Pick<Finding, "remarks" | "headlines" | "next"> {
  const target = reference?.energy ?? best.energy;
  const hits = restarts.filter(({ energy }) => energy <= target + roundingOf({ energy: target })).length;
  const goal = reference === undefined ? "the best value" : "the optimum";
  const ends = { time: " The time limit ended the search.", target: " The search ended at the known value.", done: "" };
  const remarks = [
    restarts.length === 0
      ? `No restart was finished in ${shown(seconds)} s.`
      : `${hits} of ${countText(restarts.length, "restart")} met ${reference?.source === "known" ? "the known value" : goal}.${status === "cancelled" ? "" : ends[status]}`,
  ];
  const headlines: Headline[] = [
    { label: "restarts that met it", value: `${hits} of ${restarts.length}`, note: method.name },
    {
      label: "search time",
      value: seconds,
      unit: "s",
      note: `${countText(flips, "flip")}, ${countText(flags.threads, "thread")}`,
    },
  ];
  // Populations grow from restart to restart: theirs are no trials of one kind.
  if (restarts.length > 1 && method.name !== "memetic")
    headlines.push(solutionTime(restarts.length, hits, { seconds, flags }));
  const next =
    reference === undefined && hits <= restarts.length / 4 && status !== "target"
      ? [
          {
            command: `orrery ising solve … --seed ${flags.seed + 1} --max-seconds 60`,
            why: "Few restarts agree on the best value: search longer.",
          },
        ]
      : [];
  return {
    remarks,
    headlines,
    next: [
      ...next,
      { command: "orrery ising compare …", why: "Which method is best on this instance, in equal time?" },
    ],
  };
}

function solutionTime(
  trials: number,
  successes: number,
  { seconds, flags }: Pick<Circumstances, "seconds" | "flags">,
): Headline {
  const time = timeToSolution({ successes, trials, seconds: (seconds * flags.threads) / trials });
  const interval = `95 % interval ${shown(time.low)} to ${Number.isFinite(time.high) ? shown(time.high) : "∞"} s`;
  return {
    label: "time to solution, 99 %",
    value: Number.isFinite(time.seconds) ? time.seconds : "∞",
    unit: "s",
    note: `one thread; ${interval}`,
  };
}
