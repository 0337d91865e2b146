import { OrreryError } from "../../../errors.ts";
import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import { stateFigure } from "../report/state.ts";
import { countText, shown } from "../report/text.ts";
import type { Finding } from "./finding.ts";
import { type Instance, objectiveName, openInstance } from "./instance.ts";
import { exactGroundState, gapOf, type Reference, referenceOf } from "./reference.ts";
import { keepSolution } from "./solution-file.ts";
import type { SolveFlags } from "./solve.ts";

/** The job behind `ising solve`. @throws OrreryError for an instance that cannot be read, options that do not fit, `cancelled`. */
export async function runSolve(flags: SolveFlags, context: JobContext): Promise<Outcome> {
  const instance = await openInstance(flags);
  const { model, title } = instance;
  context.note(`${title}: ${countText(model.spins, "variable")}, ${countText(model.pairs, "coupling")}`);
  const watch = {
    signal: context.signal,
    observer: (share: number) =>
      context.progress({ done: Math.round(100 * share), total: 100, unit: "parts", label: "exact ground state" }),
  };
  const isExact = flags.method === "exact";
  const reference = isExact ? await exactGroundState(model, watch) : await referenceOf(instance, flags, watch);
  if (flags.stopAtKnown && reference === undefined) {
    throw new OrreryError("argument", "stopAtKnown: expected a known value to stop at; got none", {
      hint: "Give it as known, in your units.",
    });
  }
  const finding = isExact
    ? exactFinding(reference as Reference)
    : await search(instance, flags, { context, reference });
  const { best } = finding;
  await keepSolution(instance, { ...best, about: finding.about }, context);
  const picture = stateFigure(model, best.spins);
  for (const figure of [...finding.figures, ...(picture === undefined ? [] : [picture])]) context.figure(figure);
  return outcomeOf(instance, finding, isExact ? undefined : reference);
}

async function search(
  instance: Instance,
  flags: SolveFlags,
  around: { readonly context: JobContext; readonly reference: Reference | undefined },
): Promise<Finding> {
  const { method } = flags;
  if (method === "neural") {
    const { searchByNetwork } = await import("./neural-run.ts");
    return await searchByNetwork(instance, flags, around);
  }
  const { searchClassically } = await import("./classical-run.ts");
  return await searchClassically(
    instance,
    { ...flags, method: method as Exclude<typeof method, "exact" | "neural"> },
    around,
  );
}

function exactFinding({ spins, energy, objective }: Reference): Finding {
  return {
    best: { spins: spins as Int8Array, energy, objective },
    remarks: ["It is proven: no state is better."],
    ...{ headlines: [], figures: [], about: { method: "exact" }, next: [] },
  };
}

const sources = { exact: "exact ground state", planted: "planted ground state", known: "known value" } as const;

function outcomeOf(
  { model, title }: Instance,
  { best, remarks, headlines, next }: Finding,
  reference?: Reference,
): Outcome {
  const name = objectiveName(model);
  const perSpin =
    model.kind === "ising" ? `${shown(best.energy / model.spins)} a spin` : `${countText(model.spins, "variable")}`;
  const list: Headline[] = [{ label: `best ${name}`, value: best.objective, note: perSpin }];
  const sentences = [`The best ${name} found for ${title} is ${exactText(best.objective)}.`];
  if (reference !== undefined) {
    const gap = gapOf(best, model, reference);
    list.push({ label: `gap to the ${sources[reference.source]}`, value: gap, note: exactText(reference.objective) });
    sentences.push(gapSentence(gap, reference));
  }
  return { summary: [...sentences, ...remarks].join(" "), headlines: [...list, ...headlines], next };
}

function gapSentence(gap: number, { source, objective }: Reference): string {
  if (gap === 0)
    return source === "known" ? "It is the known value." : `It is the ${sources[source]}: no state is better.`;
  const share = objective === 0 ? "" : ` (${shown((100 * Math.abs(gap)) / Math.abs(objective))} %)`;
  const side = gap < 0 ? "better" : "worse";
  return `It is ${shown(Math.abs(gap))}${share} ${side} than the ${sources[source]} ${exactText(objective)}.`;
}

/** A value as it is, but for rounding in the last digits. */
const exactText = (value: number): string => String(Number(value.toPrecision(12))).replace("-", "−");
