import { useState } from "preact/hooks";
import { wordsOf } from "../../../lab/figures/quantities.ts";
import { type FormField, parseField, showField, takesFiles, withFile } from "../state/form.ts";
import { FilePicker } from "./file-picker.tsx";
import { UploadButton } from "./upload-button.tsx";

interface FieldProps {
  readonly field: FormField;
  /** What the user gave. */
  readonly given: unknown;
  /** What it comes to with preset and default. */
  readonly resolved: unknown;
  readonly origin: string | undefined;
  readonly problem: string | undefined;
  readonly change: (value: unknown) => void;
  /** The job and its options as they stand, for what files are looked at. */
  readonly job: string;
  readonly options: Readonly<Record<string, unknown>>;
}

function rangeText({ schema }: FormField): string {
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const isNear = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < 2 ** 31;
  if (isNear(low) && isNear(high)) return ` ${low} … ${high}.`;
  return isNear(low) ? ` From ${low}.` : isNear(high) ? ` Up to ${high}.` : "";
}

function Input({ field, given, resolved, change, id }: FieldProps & { readonly id: string }) {
  const { kind, schema, choices } = field;
  const described = { id, "aria-describedby": `${id}-help` };
  if (kind === "flag") {
    return (
      <input
        type="checkbox"
        {...described}
        checked={Boolean(given ?? resolved)}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    );
  }
  if (kind === "choice") {
    return (
      <select
        {...described}
        value={String(given ?? resolved ?? "")}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {resolved === undefined && given === undefined && <option value="">–</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  const text = showField(given);
  const shared = {
    ...described,
    value: text,
    placeholder: showField(resolved),
    required: field.isRequired,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      change(parseField(field, event.currentTarget.value)),
  };
  if (kind === "number") return <input type="text" inputMode="decimal" {...shared} />;
  const list = choices.length > 0 ? `${id}-choices` : undefined;
  return (
    <>
      <input type="text" list={list} spellcheck={false} {...shared} />
      {list !== undefined && (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      {schema.unit !== undefined && <span class="muted"> {schema.unit}</span>}
    </>
  );
}

/** One option in a form: its name, its value, what it means, where the value comes from, what is wrong with it. */
export function FormFieldView(props: FieldProps) {
  const { field, given, origin, problem, change } = props;
  const [picks, setPicks] = useState(false);
  const take = (path: string) => change(withFile(field, given, path));
  const shown = given ?? props.resolved;
  const start = showField(Array.isArray(shown) ? shown.at(-1) : shown);
  const id = `option-${field.path.replaceAll(".", "-")}`;
  return (
    <div class={problem === undefined ? "field" : "field wrong"}>
      <label for={id}>
        {wordsOf(field.label.replaceAll(".", " "))}
        {field.isRequired && <span class="muted"> required</span>}
      </label>
      <div class="input">
        <Input {...props} id={id} />
        {takesFiles(field) && (
          <>
            <button type="button" onClick={() => setPicks(true)}>
              Choose…
            </button>
            <UploadButton label={wordsOf(field.label.replaceAll(".", " "))} choose={take} />
          </>
        )}
        {given !== undefined && (
          <button
            type="button"
            class="quiet"
            aria-label={`Take ${field.label} back to its default`}
            onClick={() => change(undefined)}
          >
            ↺
          </button>
        )}
      </div>
      <p class="help" id={`${id}-help`}>
        {field.schema.description}
        {rangeText(field)} {origin !== undefined && <span class="origin">{origin}</span>}
      </p>
      {problem !== undefined && <p class="problem">{problem}</p>}
      {picks && (
        <FilePicker
          start={start}
          pickedFor={{ job: props.job, option: field.path, options: props.options }}
          choose={take}
          close={() => setPicks(false)}
        />
      )}
    </div>
  );
}
