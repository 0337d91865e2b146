import type { Headline, JobContext, Outcome } from "../../../lab/index.ts";
import type { IsingModel } from "../model.ts";
import { couplingHistogram, couplingMap } from "../report/couplings.ts";
import { type InstanceFacts, instanceFacts } from "../report/instance-facts.ts";
import { countText, shown } from "../report/text.ts";
import type { GenerateOptions } from "./generate.ts";
import { generateInstance, type PlantedState } from "./instance.ts";
import { keepInstance } from "./instance-output.ts";

/** The job behind `ising generate`. @throws OrreryError `argument` for sizes that an ensemble has not, `unsupported` for a format without a place for fields. */
export async function generate(given: GenerateOptions, context: JobContext): Promise<Outcome> {
  const { model, title, planted } = generateInstance(given);
  const known = planted ?? ferromagneticState(given, model);
  const facts = instanceFacts(model);
  const { factor, offset, reading } = await keepInstance(model, given.to, context);
  context.figure(couplingHistogram(model));
  const map = await couplingMap(model, facts.frustration);
  if (map !== undefined) context.figure(map);
  const relation = factor === 1 && offset === 0 ? null : { factor, offset };
  await context.artifact(
    "instance-facts.json",
    `${JSON.stringify({ title, ...facts, relation, groundEnergy: known?.energy ?? null, options: given }, null, 2)}\n`,
    "How the instance was made, and what is known of it.",
  );
  if (known !== undefined) {
    const content = { energy: known.energy, spins: [...known.spins] };
    await context.artifact("ground-state.json", `${JSON.stringify(content)}\n`, "A state of the lowest energy.");
  }
  return {
    summary: summaryOf(title, facts, known),
    headlines: headlinesOf(facts, known),
    next: [{ command: `orrery ising solve ${reading}`, why: "Search its ground state." }],
  };
}

/** A ferromagnet's lowest state is known too: aligned with its field. */
function ferromagneticState(
  { ensemble, coupling, field }: GenerateOptions,
  model: IsingModel,
): PlantedState | undefined {
  if (ensemble !== "ferromagnet" || coupling < 0) return undefined;
  const spins = new Int8Array(model.spins).fill(field < 0 ? -1 : 1);
  return { spins, energy: model.energy(spins) };
}

function summaryOf(title: string, { pairs, components, frustration }: InstanceFacts, known?: PlantedState): string {
  const parts = components === 1 ? "" : ` in ${components} parts that do not touch`;
  const squares =
    frustration === undefined ? "" : ` ${(100 * frustration).toFixed(1)} % of its squares are frustrated.`;
  const ground =
    known === undefined ? " Its ground energy is not known." : ` Its ground energy is ${shown(known.energy)}.`;
  return `${title}: ${countText(pairs, "coupling")}${parts}.${squares}${ground}`;
}

function headlinesOf({ spins, pairs, degrees, couplings }: InstanceFacts, known?: PlantedState): Headline[] {
  const [least, most] = degrees;
  return [
    { label: "spins", value: spins },
    { label: "couplings", value: pairs, note: `from ${shown(couplings[0])} to ${shown(couplings[1])}` },
    { label: "neighbours of a spin", value: least === most ? least : `${least} to ${most}` },
    known === undefined
      ? { label: "ground energy", value: "not known" }
      : { label: "ground energy", value: known.energy, note: `${shown(known.energy / spins)} a spin` },
  ];
}
