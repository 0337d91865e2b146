import type { z } from "zod";
import { Mapspace } from "../mapspace.ts";
import type { SearchSpec } from "../search-task.ts";
import type { Metric } from "../tally.ts";
import type { Description } from "../yaml/description.ts";
import type { metricNames, searchOptions } from "./options.ts";

type SearchOptions = z.output<z.ZodObject<typeof searchOptions>>;

/** Spaces of so many cut-ups are visited whole: it takes seconds, and gives the whole front. */
const wholeSpace = 2_000_000n;

/** The metric that a name of the command line stands for. */
export function metricOf(name: (typeof metricNames)[number]): Metric {
  return name.replaceAll("-", " ").replace("last level", "last-level") as Metric;
}

/** What options and a file's `mapper` section say of a search; options go first. */
export function settingsOf(
  options: SearchOptions,
  fromFile: Description["search"],
): Pick<SearchSpec, "metrics" | "seed" | "samples" | "timeout" | "maxSteps"> & {
  strategy: SearchSpec["strategy"] | "auto";
} {
  const { maxSteps } = options;
  return {
    metrics: options.metrics?.map(metricOf) ?? fromFile.metrics ?? ["edp"],
    strategy: options.strategy ?? fromFile.strategy ?? "auto",
    seed: options.seed,
    samples: fromFile.samples ?? options.samples,
    ...(fromFile.timeout === undefined ? {} : { timeout: fromFile.timeout }),
    ...(maxSteps === undefined ? {} : { maxSteps }),
  };
}

/** The search of one problem: `auto` becomes exhaustive for spaces that can be visited whole, branch and bound for others. */
export function specOf(
  problem: Pick<SearchSpec, "problem" | "architecture" | "constraints">,
  options: SearchOptions,
  fromFile: Description["search"],
): SearchSpec {
  const { strategy, ...settings } = settingsOf(options, fromFile);
  const chosen = strategy === "auto" ? automatic(problem) : strategy;
  return { ...problem, ...settings, strategy: chosen, front: true };
}

function automatic({
  problem,
  architecture,
  constraints,
}: Pick<SearchSpec, "problem" | "architecture" | "constraints">) {
  const space = new Mapspace(problem, architecture, constraints);
  return space.factorizationCount * BigInt(space.storages.length) <= wholeSpace ? "exhaustive" : "branch-and-bound";
}
