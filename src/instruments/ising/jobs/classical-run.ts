import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Figure, Headline, JobContext } from "../../../lab/index.ts";
import { energyFigure, temperatureFigure } from "../report/cooling.ts";
import { overlapFigure } from "../report/overlaps.ts";
import { improvementFigure, restartsFigure } from "../report/search.ts";
import { countText, shown } from "../report/text.ts";
import { type SolveResult, solve } from "../solve.ts";
import { traceAnnealing } from "../solvers/annealing-trace.ts";
import type { Method } from "../solvers/method.ts";
import { timeToSolution } from "../statistics/time-to-solution.ts";
import { classicalMethod } from "./classical-method.ts";
import type { Finding } from "./finding.ts";
import { type Instance, objectiveName } from "./instance.ts";
import { commandOn } from "./instance-words.ts";
import { type Reference, roundingOf, unitsOf } from "./reference.ts";
import { SearchRun } from "./search-run.ts";
import type { SolveFlags } from "./solve.ts";

/** Restarts made where nothing limits them. */
const usualRestarts: Readonly<Record<Method["name"], number>> = {
  memetic: 4,
  tempering: 10,
  tabu: 20,
  annealing: 50,
  bifurcation: 50,
  descent: 500,
};
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
  const isMet = status === "target";
  const share = `${hits} of ${countText(restarts.length, "restart")} met ${reference?.source === "known" ? "the known value" : goal}.`;
  const remarks = [
    isMet
      ? `The search ended as soon as it was met, in restart ${best.restart + 1}.`
      : restarts.length === 0
        ? `No restart was finished in ${shown(seconds)} s.`
        : `${share}${status === "time" ? " The time limit ended the search." : ""}`,
  ];
  const headlines: Headline[] = [
    isMet
      ? { label: "met in restart", value: best.restart + 1, note: method.name }
      : { label: "restarts that met it", value: `${hits} of ${restarts.length}`, note: method.name },
    {
      label: "search time",
      value: seconds,
      unit: "s",
      note: `${countText(flips, "flip")}, ${countText(flags.threads, "thread")}`,
    },
  ];
  // Populations grow from restart to restart: theirs are no trials of one kind. Nor are restarts of which a success was the last.
  if (restarts.length > 1 && method.name !== "memetic" && !isMet)
    headlines.push(solutionTime(restarts.length, hits, { seconds, flags }));
  const next =
    reference === undefined && hits <= restarts.length / 4
      ? [
          {
            command: commandOn("solve", flags, `--seed ${flags.seed + 1} --max-seconds 60`),
            why: "Few restarts agree on the best value: search longer.",
          },
        ]
      : [];
  return {
    remarks,
    headlines,
    next: [
      ...next,
      { command: commandOn("compare", flags), why: "Which method is best on this instance, in equal time?" },
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
