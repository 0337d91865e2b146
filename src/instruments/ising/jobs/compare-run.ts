import type { JobContext, Outcome } from "../../../lab/index.ts";
import {
  messageTable,
  residualFigure,
  residualTimeFigure,
  scoreTable,
  solutionTimeFigure,
} from "../report/comparison.ts";
import { countText, shown } from "../report/text.ts";
import type { CompareFlags } from "./compare.ts";
import { isNetwork } from "./compared-methods.ts";
import { type MethodScore, type PairedDifference, pairedDifference, scoreOf, type Target } from "./comparison.ts";
import { type Instance, openInstance } from "./instance.ts";
import { commandOn } from "./instance-words.ts";
import { requireNetworkSize } from "./network-size.ts";
import { type Reference, referenceOf, roundingOf } from "./reference.ts";
import { searchTimed, type TimedSearch } from "./timed-search.ts";

/** The job behind `ising compare`. @throws OrreryError for an instance that cannot be read, options that do not fit, `cancelled`. */
export async function compare(flags: CompareFlags, context: JobContext): Promise<Outcome> {
  const instance = await openInstance(flags);
  const { model, title } = instance;
  const methods = [...new Set(flags.methods)];
  if (methods.some(isNetwork)) {
    requireNetworkSize(model, flags, { where: "ising compare", instead: "Leave the neural methods out" });
  }
  context.note(`${title}: ${countText(model.spins, "variable")}, ${countText(model.pairs, "coupling")}`);
  const reference = await referenceOf(instance, flags, { signal: context.signal });
  const searches = await searchAll(instance, { ...flags, methods }, context);
  const lowest = searches.reduce((low, { energy }) => Math.min(low, energy), Number.POSITIVE_INFINITY);
  const { origin, energy } = targetOf(reference, lowest);
  const target: Target = { energy, spins: model.spins };
  const scores = methods
    .map((method) =>
      scoreOf(
        method,
        searches.filter((search) => search.method === method),
        target,
      ),
    )
    .sort((a, b) => a.residual.mean - b.residual.mean || a.time.seconds - b.time.seconds);
  const messages = messagesOf(scores, target);
  const time = residualTimeFigure(scores, target, flags.seconds);
  context.figure(residualFigure(scores, target, flags.seconds));
  context.figure(scoreTable(scores, origin));
  if (time !== undefined) context.figure(time);
  context.figure(solutionTimeFigure(scores));
  if (messages !== undefined) context.figure(messageTable(messages.differences, messages.verdict));
  const content = { instance: title, seconds: flags.seconds, targetEnergy: energy, origin, searches };
  await context.artifact(
    "searches.json",
    `${JSON.stringify(content, null, 1)}\n`,
    "Every search: its best energy, and when it met what.",
  );
  if (reference?.source === "known" && lowest < reference.energy - roundingOf(reference)) {
    context.note(`${shown(model.objectiveOf(lowest))} is better than the known value ${shown(reference.objective)}`);
  }
  return outcomeOf(instance, scores, { flags, origin, verdict: messages?.short });
}

/** The energy that scores count from, and what it is. A value that somebody gave may be beaten. */
function targetOf(
  reference: Reference | undefined,
  lowest: number,
): { readonly energy: number; readonly origin: string } {
  if (reference === undefined)
    return { energy: lowest, origin: "the lowest energy that any search met, perhaps not the optimum" };
  if (reference.source !== "known")
    return { energy: Math.min(reference.energy, lowest), origin: `the ${reference.source} ground state` };
  if (lowest < reference.energy - roundingOf(reference))
    return { energy: lowest, origin: "the lowest energy that any search met, below the known value" };
  return { energy: reference.energy, origin: "the known value" };
}

/** All searches, seed after seed, so that what is there when one stops compares all methods. */
async function searchAll({ model }: Instance, flags: CompareFlags, context: JobContext): Promise<TimedSearch[]> {
  const store = context.checkpoints<{
    readonly arrays: Record<string, never>;
    readonly searches: readonly TimedSearch[];
  }>("searches");
  const searches = [...((await store.load())?.searches ?? [])];
  const { methods, seeds, seed: firstSeed, seconds } = flags;
  const total = methods.length * seeds;
  const name = model.sense === "minimize" ? "value" : "gain";
  const tell = ({ method, seed, energy }: TimedSearch) =>
    context.metrics(seed - firstSeed + 1, { [`${method}/${name}`]: model.objectiveOf(energy) });
  searches.forEach(tell);
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    for (const method of methods) {
      if (searches.some((search) => search.method === method && search.seed === seed)) continue;
      context.progress({
        done: searches.length,
        total,
        unit: "searches",
        label: `${method}, seed ${seed}, ${shown(seconds)} s`,
      });
      const search = await searchTimed(model, method, { flags, seed, signal: context.signal });
      searches.push(search);
      await store.save({ arrays: {}, searches });
      tell(search);
    }
  }
  context.progress({ done: total, total, unit: "searches" });
  return searches;
}

const folded =
  "Here messages are folded into the masked weights, so they add no function that the network without them lacks.";

/** What messages changed, where the same network was run with them and without. */
function messagesOf(scores: readonly MethodScore[], { energy, spins }: Target) {
  const find = (method: string) => scores.find((score) => score.method === method);
  const [withThem, without] = [find("neural"), find("neural-no-messages")];
  if (withThem === undefined || without === undefined) return undefined;
  const best = pairedDifference(withThem, without, (search) => (search.energy - energy) / spins);
  const final = pairedDifference(
    withThem,
    without,
    ({ final }) => ((final?.meanEnergy ?? Number.NaN) - energy) / spins,
  );
  if (best === undefined || final === undefined) return undefined;
  const differences = [
    { quantity: "residual energy of the best state", difference: best },
    { quantity: "residual energy of the final distribution", difference: final },
  ];
  const short = `Message passing ${verdictOf(best, "best state")}.`;
  const more = `It ${verdictOf(final, "final distribution")}.`;
  return { differences, short, verdict: `${short} ${more} ${folded}` };
}

function verdictOf({ mean, error, pValue, seeds }: PairedDifference, what: string): string {
  if (mean === 0) return `made no difference to the ${what}: the residual energies are equal over ${seeds} seeds`;
  const size = `${shown(Math.abs(mean))} ± ${shown(error)} a spin`;
  if (pValue > 0.05)
    return `did not help the ${what}: ${size} ${mean > 0 ? "worse" : "better"}, no more than chance over ${seeds} seeds`;
  return mean > 0 ? `made the ${what} worse by ${size}` : `helped the ${what} by ${size} on this instance`;
}

function outcomeOf(
  { title }: Instance,
  scores: readonly MethodScore[],
  {
    flags,
    origin,
    verdict,
  }: { readonly flags: CompareFlags; readonly origin: string; readonly verdict: string | undefined },
): Outcome {
  const [best, second] = scores;
  const { method, residual, searches } = best;
  const ties = scores.filter((score) => score.residual.mean === residual.mean).map((score) => score.method);
  const winner =
    ties.length > 1
      ? `${ties.slice(0, -1).join(", ")} and ${ties[ties.length - 1]} end equally well`
      : second === undefined
        ? `${method} was run alone`
        : `${method} ends lowest`;
  const level = `${shown(Math.max(0, residual.mean))} a spin above E₀, met in ${residual.hits} of ${searches.length} searches`;
  return {
    summary: `In ${shown(flags.seconds)} s each on ${title}, ${winner}: ${level}. E₀ is ${origin}.${verdict === undefined ? "" : ` ${verdict}`}`,
    headlines: scores.map((score) => ({
      label: `residual energy a spin: ${score.method}`,
      value: Math.max(0, score.residual.mean),
      note: `± ${shown(score.residual.error)}; E₀ in ${score.residual.hits} of ${score.searches.length}${solutionText(score)}`,
    })),
    next: [
      {
        command: commandOn("solve", flags, `--method ${isNetwork(method) ? "neural" : method}`),
        why: "The best method alone, for as long as you like.",
      },
    ],
  };
}

function solutionText({ time }: MethodScore): string {
  return Number.isFinite(time.seconds) ? `; ${shown(time.seconds)} s to solution` : "";
}
