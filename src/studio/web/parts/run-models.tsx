import { useState } from "preact/hooks";
import { flattenOptions } from "../../../lab/recipes/flatten-options.ts";
import type { ModelGraph, Preview, RunDetail } from "../../api.ts";
import { useLoad } from "../state/use-load.ts";
import { LoadError } from "./load-error.tsx";
import { ModelView } from "./model-view.tsx";

/** A model of a run: one that it made, or one that an option gave. */
interface RunModel {
  readonly title: string;
  readonly address: string;
}

function modelsOf({ id, record, options }: RunDetail): RunModel[] {
  const made = record.artifacts.filter(({ name }) => name.endsWith(".onnx"));
  const given = flattenOptions(options).flatMap(([, value]) =>
    (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string" && item.endsWith(".onnx")),
  );
  return [
    ...made.map(({ name }) => ({
      title: name,
      address: `/runs/${id}/models/${name.split("/").map(encodeURIComponent).join("/")}`,
    })),
    ...given.map((path: string) => ({
      title: path,
      address: `/files/preview?${new URLSearchParams({ path, run: id })}`,
    })),
  ];
}

function Opened({ address }: Pick<RunModel, "address">) {
  const { value, error } = useLoad<ModelGraph | Preview>(address);
  const model = value === undefined || !("kind" in value) ? value : value.kind === "model" ? value.model : undefined;
  return (
    <>
      <LoadError error={error} />
      {model !== undefined && <ModelView model={model} />}
    </>
  );
}

function Model({ title, address }: RunModel) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => event.target === event.currentTarget && setIsOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <Opened address={address} />}
    </details>
  );
}

/** The ONNX models of a run, each looked at when it is opened. */
export function RunModels({ run }: { readonly run: RunDetail }) {
  const models = modelsOf(run);
  if (models.length === 0) return null;
  return (
    <section aria-labelledby="models-title">
      <h2 id="models-title">Models</h2>
      {models.map((model) => (
        <Model key={model.address} {...model} />
      ))}
    </section>
  );
}
