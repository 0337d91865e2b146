import { key } from "../../../engine/index.ts";
import { OrreryError } from "../../../errors.ts";
import type { Headline, JobContext } from "../../../lab/index.ts";
import { type AnnealResult, annealNetwork } from "../neural/anneal-network.ts";
import type { AnnealEvent, AnnealState } from "../neural/anneal-options.ts";
import { exportConditionals, exportSampler } from "../neural/network-export.ts";
import { temperatureFigure } from "../report/cooling.ts";
import { overlapFigure } from "../report/overlaps.ts";
import { shown } from "../report/text.ts";
import { finalFigure, freeEnergyFigure, levelFigure } from "../report/training.ts";
import type { Finding } from "./finding.ts";
import { type Instance, objectiveName } from "./instance.ts";
import { commandOn } from "./instance-words.ts";
import { annealOptionsOf } from "./network-options.ts";
import { requireNetworkSize } from "./network-size.ts";
import { gapOf, type Reference, unitsOf } from "./reference.ts";
import type { SolveFlags } from "./solve.ts";
import { StateSaver } from "./state-saver.ts";

type KeptAnneal = AnnealState & { readonly seconds: number };

/** Tells a run what training tells, step by step. */
class TrainingRun {
  readonly #instance: Instance;
  readonly #context: JobContext;
  readonly #saver: StateSaver<KeptAnneal>;
  #best = Number.NaN;
  #startedAt = performance.now();
  secondsBefore = 0;

  constructor(instance: Instance, context: JobContext) {
    this.#instance = instance;
    this.#context = context;
    this.#saver = new StateSaver(context, "network");
  }

  async load(): Promise<AnnealState | undefined> {
    const kept = await this.#saver.load();
    if (kept === undefined) return undefined;
    const { seconds, ...state } = kept;
    this.secondsBefore = seconds;
    this.#best = state.best?.objective ?? Number.NaN;
    return state;
  }

  observe(event: AnnealEvent, steps: number): void {
    const { model } = this.#instance;
    const name = model.sense === "minimize" ? "value" : "gain";
    switch (event.kind) {
      case "improved":
        this.#best = event.best.objective;
        return;
      case "step": {
        const { step, beta, freeEnergy, spread, meanEnergy, lowestEnergy } = event;
        this.#context.metrics(step, {
          [`best/${name}`]: this.#best,
          [`samples/${name}`]: model.objectiveOf(meanEnergy),
          [`batch/${name}`]: model.objectiveOf(lowestEnergy),
          ...{ freeEnergy, spread, temperature: 1 / beta },
        });
        const label = `T = ${shown(1 / beta)}, best ${objectiveName(model)} ${shown(this.#best)}`;
        this.#context.progress({ done: step, total: steps, unit: "steps", label });
        return;
      }
      case "checkpoint":
        this.#saver.offer(() => ({ ...event.state, seconds: this.seconds }));
        return;
      case "warning":
        this.#context.warn(event.message);
    }
  }

  /** Of all attempts. */
  get seconds(): number {
    return this.secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  async keep({ state }: AnnealResult): Promise<void> {
    const { seconds } = this;
    this.#saver.offer(() => ({ ...state, seconds }));
    await this.#saver.flush();
  }
}

/** An annealed network: the best state of all steps, the final distribution beside it, and the sampler as ONNX. @throws OrreryError `argument`, `cancelled`. */
export async function searchByNetwork(
  instance: Instance,
  flags: SolveFlags,
  { context, reference }: { readonly context: JobContext; readonly reference: Reference | undefined },
): Promise<Finding> {
  const { model } = instance;
  requireNetworkSize(model, flags, { where: "ising solve", instead: "Take a classical method such as memetic" });
  const training = new TrainingRun(instance, context);
  const resume = await training.load();
  const { warmUp, levels, stepsPerLevel } = flags.training;
  const { maxSeconds, betaFrom: from, betaTo: to, polish, threads } = flags;
  const result = await annealNetwork(model, {
    ...annealOptionsOf(flags, { from, to }),
    ...{ key: key(flags.seed), polish, threads, signal: context.signal },
    ...(maxSeconds === undefined ? {} : { maxSeconds: Math.max(0.01, maxSeconds - training.secondsBefore) }),
    ...(resume === undefined ? {} : { resume }),
    observer: (event) => training.observe(event, warmUp + levels * stepsPerLevel),
  });
  await training.keep(result);
  if (result.status === "cancelled") throw new OrreryError("cancelled", "ising solve: cancelled");
  await keepNetwork(result, context);
  const { best, final } = result;
  return {
    best,
    ...describe(instance, result, { reference, flags }),
    figures: figuresOf(instance, result, reference),
    about: {
      ...{ method: "neural", seed: flags.seed, step: best.step, beta: best.beta, source: best.source },
      final: {
        mean: model.objectiveOf(final.meanEnergy),
        best: final.lowest.objective,
        shareAtBest: final.shareAtBest,
      },
      isCollapsed: result.collapse !== null,
    },
  };
}

async function keepNetwork({ network }: AnnealResult, context: JobContext): Promise<void> {
  await context.artifact(
    "sampler.onnx",
    await exportSampler(network),
    "The trained sampler: uniforms [batch, N] (and coins [batch]) to spins [batch, N] and their log-probabilities.",
  );
  await context.artifact(
    "conditionals.onnx",
    await exportConditionals(network),
    "The trained network: spins [batch, N] to the probability of each given those before, and the log-probability.",
  );
}

function figuresOf(
  instance: Instance,
  { levels, final, best }: AnnealResult,
  reference: Reference | undefined,
): Finding["figures"] {
  const { model } = instance;
  const units = unitsOf(instance, reference);
  const points = levels.map(({ step, beta }) => ({ step, temperature: 1 / beta }));
  const states = Array.from({ length: Math.min(500, final.samples.count) }, (_, k) =>
    final.samples.spins.subarray(k * model.spins, (k + 1) * model.spins),
  );
  return [
    ...(levels.length === 0
      ? []
      : [levelFigure(model, levels, units), freeEnergyFigure(levels), temperatureFigure(points, "training step")]),
    finalFigure(model, final, { ...units, best: best.objective }),
    overlapFigure(states, "final samples"),
  ].filter((figure) => figure !== undefined);
}

/** The final distribution beside the best state of all steps: a good state that was met once is no distribution that knows it. */
function describe(
  { model }: Instance,
  result: AnnealResult,
  { reference, flags }: { readonly reference: Reference | undefined; readonly flags: SolveFlags },
): Pick<Finding, "remarks" | "headlines" | "next"> {
  const { best, final, collapse, status, steps } = result;
  const name = objectiveName(model);
  const share = `${shown(100 * final.shareAtBest)} %`;
  const origin = best.source === "polished" ? "by descent from samples of" : "among the samples of";
  const early =
    status === "time" ? ` The time limit ended training after ${steps} of ${result.schedule.steps} steps.` : "";
  const remarks = [
    `It was met ${origin} step ${best.step} at T = ${shown(1 / best.beta)}.`,
    `The final distribution has mean ${name} ${shown(model.objectiveOf(final.meanEnergy))}, its best sample ${shown(final.lowest.objective)}; ${share} of its samples are as good as the best state.${early}`,
    ...(collapse === null
      ? []
      : ["It has collapsed away from the best state: the two must not be taken for one result."]),
  ];
  const finalGap = reference === undefined ? undefined : gapOf(final.lowest, model, reference);
  const { estimate } = final;
  const headlines: Headline[] = [
    {
      label: `final distribution: best ${name}`,
      value: final.lowest.objective,
      ...(finalGap === undefined ? {} : { note: `gap ${shown(finalGap)}` }),
    },
    { label: `final distribution: mean ${name}`, value: model.objectiveOf(final.meanEnergy) },
    { label: "final samples at the best value", value: final.shareAtBest, isFraction: true },
    {
      label: "ln Z at the last temperature",
      value: estimate.lnZ,
      note: `${trustOf(result)}, β = ${shown(estimate.beta)}`,
    },
  ];
  return {
    remarks,
    headlines,
    next: [
      ...(collapse === null
        ? []
        : [
            {
              command: commandOn(
                "solve",
                flags,
                `--method neural --training.steps-per-level ${4 * flags.training.stepsPerLevel}`,
              ),
              why: "Cool more slowly, so that the distribution keeps the state.",
            },
          ]),
      {
        command: commandOn("compare", flags),
        why: "What messages give, and what classical search gives in equal time.",
      },
    ],
  };
}

/** The error of ln Z, or why it is not to be believed: the weight of the best state alone may be more than what was found. */
function trustOf({ best, final: { estimate } }: AnnealResult): string {
  const { beta, lnZ, lnZError, isReliable } = estimate;
  const alone = -beta * best.energy;
  if (alone > lnZ + 3 * lnZError + 1e-6) return `too small: the best state alone gives ${shown(alone)}`;
  return `± ${shown(lnZError)}${isReliable ? "" : ", few samples carry it"}`;
}
