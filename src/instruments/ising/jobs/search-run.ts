import type { JobContext } from "../../../lab/index.ts";
import type { Improvement } from "../report/search.ts";
import { shown } from "../report/text.ts";
import type { RestartRecord, SolveEvent, SolveResult, SolveState } from "../solve.ts";
import { type Instance, objectiveName } from "./instance.ts";
import { type PackedState, packState, unpackState } from "./packed-state.ts";
import { StateSaver } from "./state-saver.ts";

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
export class SearchRun {
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
