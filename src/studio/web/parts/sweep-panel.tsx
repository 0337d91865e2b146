import { useEffect, useRef, useState } from "preact/hooks";
import type { SweepPlan } from "../../../lab/recipes/recipe.ts";
import { ask } from "../state/api-client.ts";
import type { FormField } from "../state/form.ts";
import { go } from "../state/route.ts";
import {
  countTrials,
  firstOption,
  formOfPlan,
  planOf,
  type SweepForm,
  type VariedOption,
  type Varying,
  variableFields,
  varyings,
  varyingsOf,
} from "../state/sweep-form.ts";
import { sayError } from "./messages.tsx";

interface RowProps {
  readonly option: VariedOption;
  readonly number: number;
  readonly fields: readonly FormField[];
  readonly change: (option: VariedOption) => void;
  readonly remove: () => void;
}

/** An input of the panel, told apart by the number of its row. */
function Cell({
  label,
  value,
  placeholder,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly placeholder: string;
  readonly change: (value: string) => void;
}) {
  return (
    <input
      type="text"
      aria-label={label}
      value={value}
      placeholder={placeholder}
      spellcheck={false}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}

/** One option: which, how, and over what. */
function OptionRow({ option, number, fields, change, remove }: RowProps) {
  const { path, how, values, from, to } = option;
  const field = fields.find((one) => one.path === path);
  const isList = how === "each" || how === "drawn";
  const shown = field?.kind === "flag" ? "true, false" : field?.choices.join(", ");
  const named = (what: string) => `${what} ${number}`;
  return (
    <div class="varied">
      <select
        aria-label={named("Option")}
        value={path}
        onChange={(event) => change({ ...option, path: event.currentTarget.value, how: "each", values: "" })}
      >
        {fields.map((one) => (
          <option key={one.path} value={one.path}>
            {one.path}
          </option>
        ))}
      </select>
      <select
        aria-label={named("How to vary option")}
        value={how}
        onChange={(event) => change({ ...option, how: event.currentTarget.value as Varying })}
      >
        {varyingsOf(field).map((one) => (
          <option key={one} value={one}>
            {varyings[one]}
          </option>
        ))}
      </select>
      {isList ? (
        <Cell
          label={named("Values of option")}
          value={values}
          placeholder={shown || "values, with commas between"}
          change={(next) => change({ ...option, values: next })}
        />
      ) : (
        <>
          <Cell
            label={named("From, option")}
            value={from}
            placeholder="from"
            change={(next) => change({ ...option, from: next })}
          />
          <Cell
            label={named("To, option")}
            value={to}
            placeholder="to"
            change={(next) => change({ ...option, to: next })}
          />
        </>
      )}
      <button type="button" class="quiet" aria-label={`Do not vary option ${number}`} onClick={remove}>
        ✕
      </button>
    </div>
  );
}

/** A number of the sweep as a whole. */
function Count({
  label,
  value,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
}) {
  return (
    <label>
      <span class="label">{label}</span>
      <input type="text" inputMode="numeric" value={value} onInput={(event) => change(event.currentTarget.value)} />
    </label>
  );
}

/** What a started sweep answers: its id, or what is wrong. */
interface SweepAnswer {
  readonly id?: string;
  readonly problems?: readonly string[];
}

/** Varies options of a job and starts a run of each combination. @param recipe what all of them share, as the page sends it */
export function SweepPanel({
  recipe,
  fields: all,
  plan: given,
}: {
  readonly recipe: unknown;
  readonly fields: readonly FormField[];
  readonly plan: SweepPlan | undefined;
}) {
  const fields = variableFields(all);
  const [form, setForm] = useState<SweepForm>(() =>
    given === undefined
      ? { options: [firstOption(fields)], trials: "10", seed: "0", parallel: "1" }
      : formOfPlan(given),
  );
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => box.current?.querySelector("select")?.focus(), []);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [isStarting, setIsStarting] = useState(false);
  const change = (next: Partial<SweepForm>) => {
    setProblems([]);
    setForm({ ...form, ...next });
  };
  const plan = planOf(form, fields);
  const isDrawn = form.options.some(({ how }) => how !== "each");
  const begin = async () => {
    setIsStarting(true);
    try {
      const answer = await ask<SweepAnswer>("/sweeps", { method: "POST", body: { recipe, plan } });
      if (answer.id !== undefined) go(`/sweeps/${answer.id}`);
      else setProblems(answer.problems ?? ["the sweep is not right"]);
    } catch (cause) {
      sayError(cause);
    }
    setIsStarting(false);
  };
  const count = "problem" in plan ? 0 : countTrials(plan);
  return (
    <fieldset
      ref={box}
      class="sweep"
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
        // Else it would send the form around, which starts one run.
        event.preventDefault();
        if (count > 0 && !isStarting) void begin();
      }}
    >
      <legend>Sweep</legend>
      {form.options.map((option, i) => (
        <OptionRow
          key={String(i)}
          option={option}
          number={i + 1}
          fields={fields}
          change={(next) => change({ options: form.options.map((one, at) => (at === i ? next : one)) })}
          remove={() => change({ options: form.options.filter((_, at) => at !== i) })}
        />
      ))}
      <button
        type="button"
        onClick={() => {
          const free = fields.find(({ path }) => !form.options.some((one) => one.path === path));
          if (free !== undefined) change({ options: [...form.options, { ...firstOption([free]), values: "" }] });
        }}
      >
        Vary another option
      </button>
      <div class="tools">
        {isDrawn && (
          <>
            <Count label="Draws for each combination" value={form.trials} change={(trials) => change({ trials })} />
            <Count label="Seed of the draws" value={form.seed} change={(seed) => change({ seed })} />
          </>
        )}
        <Count label="Trials at once" value={form.parallel} change={(parallel) => change({ parallel })} />
      </div>
      {problems.length > 0 && (
        <ul class="problems" role="alert">
          {problems.map((problem) => (
            <li key={problem} class="problem">
              {problem}
            </li>
          ))}
        </ul>
      )}
      <div class="actions">
        <button type="button" class="primary" disabled={count === 0 || isStarting} onClick={() => void begin()}>
          {isStarting ? "Starting…" : `Start ${count} ${count === 1 ? "trial" : "trials"}`}
        </button>
        {"problem" in plan && <p class="muted">{plan.problem}</p>}
      </div>
    </fieldset>
  );
}
