import { tableCsv } from "../../../lab/figures/table-csv.ts";
import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import type { ExactMethod } from "../exact/exact-curve.ts";
import { estimateNames, type FreeEnergyValue, type JudgedValue, judgeEstimates } from "../free-energy-estimate.ts";
import { meanFieldNames } from "../mean-field/mean-field.ts";
import type { FreeEnergyEstimate } from "../neural/free-energy.ts";
import {
  differenceCurve,
  estimateTable,
  type FreeEnergyCurves,
  freeEnergyCurve,
  methodLabels,
  thermalCurve,
  weightFigure,
} from "../report/free-energy.ts";
import { shown } from "../report/text.ts";
import type { FreeEnergyFlags } from "./free-energy.ts";
import { exactValues, type FreeEnergyTask, meanFieldValues, temperingValues } from "./free-energy-methods.ts";
import { networkValues } from "./free-energy-network.ts";
import { type Instance, openInstance } from "./instance.ts";
import { commandOn } from "./instance-words.ts";
import { temperaturesOf } from "./temperatures.ts";

/** Everything that was measured. */
interface Measured {
  readonly values: readonly FreeEnergyValue[];
  readonly lowestEnergy: number;
  readonly exactMethod?: ExactMethod | undefined;
  readonly estimates: readonly FreeEnergyEstimate[];
}

/** The job behind `ising free-energy`. @throws OrreryError `not-found`, `format`, `argument` for users' mistakes, `cancelled`. */
export async function freeEnergy(given: FreeEnergyFlags, context: JobContext): Promise<Outcome> {
  const instance = await openInstance(given);
  const { model } = instance;
  const measured = await measure({ model, ...temperaturesOf(model, given), flags: given, context });
  const order = new Map(estimateNames.map((name, i) => [name, i]));
  const values = judgeEstimates(model, measured.values, measured.lowestEnergy).sort(
    (a, b) => a.beta - b.beta || (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0),
  );
  const curves = { values, spins: model.spins, isGeometric: given.training.shape === "geometric" };
  await show(curves, measured, context);
  return outcomeOf(instance, curves, { measured, flags: given });
}

async function measure(task: FreeEnergyTask): Promise<Measured> {
  const { methods } = task.flags;
  const values: FreeEnergyValue[] = [];
  let lowestEnergy = Number.POSITIVE_INFINITY;
  const take = (found: { readonly values: readonly FreeEnergyValue[]; readonly lowestEnergy?: number }) => {
    values.push(...found.values);
    lowestEnergy = Math.min(lowestEnergy, found.lowestEnergy ?? Number.POSITIVE_INFINITY);
  };
  const exact = methods.includes("exact") ? await exactValues(task) : { values: [] };
  take(exact);
  for (const theory of meanFieldNames) if (methods.includes(theory)) take(await meanFieldValues(task, theory));
  if (methods.includes("tempering")) take(await temperingValues(task));
  const network = methods.includes("network") ? await networkValues(task) : { values: [], estimates: [] };
  take(network);
  return {
    values,
    lowestEnergy,
    estimates: network.estimates,
    ...("method" in exact ? { exactMethod: exact.method } : {}),
  };
}

async function show(curves: FreeEnergyCurves, { estimates }: Measured, context: JobContext): Promise<void> {
  context.figure(freeEnergyCurve(curves));
  const others = [differenceCurve(curves), thermalCurve(curves, "energy"), thermalCurve(curves, "entropy")];
  for (const figure of others) if (figure !== undefined) context.figure(figure);
  if (estimates.length > 0) context.figure(weightFigure(curves, estimates));
  const table = estimateTable(curves);
  context.figure(table);
  await context.artifact(
    "estimates.csv",
    tableCsv(table.table),
    "Every value with its error and what speaks against it.",
  );
}

/** The value to be told first: exact, else the one with the smallest error, else a bound. */
function bestOf(values: readonly JudgedValue[]): JudgedValue | undefined {
  const trusted = values.filter(({ doubts }) => doubts.length === 0);
  const estimates = trusted.filter(({ isBound, name, error }) => name === "exact" || (!isBound && error > 0));
  return estimates.sort((a, b) => a.error - b.error)[0] ?? trusted.sort((a, b) => a.freeEnergy - b.freeEnergy)[0];
}

function outcomeOf(
  { title, model }: Instance,
  { values }: FreeEnergyCurves,
  { measured, flags }: { readonly measured: Measured; readonly flags: FreeEnergyFlags },
): Outcome {
  const coldest = values[values.length - 1].beta;
  const best = bestOf(values.filter(({ beta }) => beta === coldest));
  const doubted = values.filter(({ doubts }) => doubts.length > 0);
  const names = [...new Set(doubted.map(({ name }) => methodLabels[name]))];
  const trust =
    doubted.length === 0
      ? "Nothing speaks against any of the values."
      : `${doubted.length} of ${values.length} values cannot be trusted (${names.join(", ")}).`;
  const exact =
    measured.exactMethod === undefined ? "No exact method is fast enough here." : `Exact by ${measured.exactMethod}.`;
  const range = `β = ${shown(values[0].beta)} to ${shown(coldest)}`;
  const told = best === undefined ? "" : ` At the coldest F = ${shown(best.freeEnergy)} (${methodLabels[best.name]}).`;
  return {
    summary: `${title}, ${range}: ${exact}${told} ${trust}`,
    headlines: headlinesOf(values, { best, doubted: doubted.length, spins: model.spins }),
    next: [
      {
        command: commandOn("sample", flags, `--beta ${Number(coldest.toPrecision(6))}`),
        why: "States at the coldest temperature, with what speaks against them.",
      },
    ],
  };
}

function headlinesOf(
  values: readonly JudgedValue[],
  told: { readonly best: JudgedValue | undefined; readonly doubted: number; readonly spins: number },
): Headline[] {
  const { best, doubted, spins } = told;
  const worst = (name: JudgedValue["name"]) => {
    const list = values.filter((value) => value.name === name && value.doubts.length === 0);
    const differences = list.flatMap(({ difference }) => (difference === undefined ? [] : Math.abs(difference)));
    return differences.length === 0 ? undefined : Math.max(...differences) / spins;
  };
  const [weighted, bound] = [worst("network"), worst("bound")];
  return [
    ...(best === undefined
      ? []
      : [
          {
            label: `F a spin at β = ${shown(best.beta)}`,
            value: best.freeEnergy / spins,
            note: `${methodLabels[best.name]}${best.error === 0 ? "" : ` ± ${shown(best.error / spins)}`}`,
          },
        ]),
    ...(weighted === undefined
      ? []
      : [{ label: "network's largest error a spin", value: weighted, note: "its weighted values, against exact" }]),
    ...(bound === undefined
      ? []
      : [{ label: "network's largest gap a spin", value: bound, note: "its bound, above exact" }]),
    { label: "values to be trusted", value: `${values.length - doubted} of ${values.length}` },
  ];
}
