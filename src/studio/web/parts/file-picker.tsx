import { useEffect, useRef, useState } from "preact/hooks";
import { formatQuantity } from "../../../lab/figures/quantities.ts";
import type { Preview } from "../../api.ts";
import { formatValue } from "../state/format.ts";
import { useLoad } from "../state/use-load.ts";
import { LoadError } from "./load-error.tsx";
import { ModelView } from "./model-view.tsx";

interface PickerProps {
  readonly start: string;
  readonly choose: (path: string) => void;
  readonly close: () => void;
}

function Entries({
  preview,
  open,
}: {
  readonly preview: Extract<Preview, { kind: "folder" }>;
  readonly open: (path: string) => void;
}) {
  const { parent, entries } = preview;
  return (
    <ul class="entries">
      {parent !== undefined && (
        <li>
          <button type="button" class="quiet" onClick={() => open(parent)}>
            ↑ up
          </button>
        </li>
      )}
      {entries.map(({ name, path, isFolder, bytes }) => (
        <li key={path}>
          <button type="button" class="quiet" onClick={() => open(path)}>
            {isFolder ? `${name}/` : name}
          </button>
          {!isFolder && bytes !== undefined && <span class="muted"> {formatQuantity(bytes, { unit: "B" })}</span>}
        </li>
      ))}
    </ul>
  );
}

function TableView({ preview }: { readonly preview: Extract<Preview, { kind: "table" }> }) {
  const { rows, columns, head } = preview;
  return (
    <>
      <p>
        {formatQuantity(rows)} rows, {columns.length} columns.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls by keys */}
      <div class="scroll" tabIndex={0} role="region" aria-label="First rows">
        <table>
          <thead>
            <tr>
              {columns.map(({ name, type, missing }) => (
                <th key={name} scope="col">
                  {name}
                  <br />
                  <span class="muted">
                    {type}
                    {missing > 0 && `, ${missing} missing`}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {head.map((row, i) => (
              <tr key={String(i)}>
                {columns.map(({ name }) => (
                  <td key={name}>{formatValue(row[name] as number | string | null)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** What a file looks like. */
function PreviewView({ preview, open }: { readonly preview: Preview; readonly open: (path: string) => void }) {
  if (preview.kind === "folder") return <Entries preview={preview} open={open} />;
  if (preview.kind === "table") return <TableView preview={preview} />;
  if (preview.kind === "model") return <ModelView model={preview.model} />;
  if (preview.kind === "images") {
    return (
      <>
        <p>{preview.count === 1 ? "One image." : `${preview.count} images.`}</p>
        <ul class="thumbnails">
          {preview.images.map(({ source, caption }) => (
            <li key={caption}>
              <img src={source} alt={caption} />
            </li>
          ))}
        </ul>
      </>
    );
  }
  if (preview.kind === "text") {
    return (
      <>
        {preview.problems.map((problem) => (
          <p key={problem} class="problem">
            {problem}
          </p>
        ))}
        <pre class="text">{preview.text.slice(0, 20_000)}</pre>
      </>
    );
  }
  return <p>{formatQuantity(preview.bytes, { unit: "B" })}; no look at files of this kind.</p>;
}

/** Chooses a file or folder of this machine, with a look at it first. */
export function FilePicker({ start, choose, close }: PickerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [path, setPath] = useState(start);
  const { value, error } = useLoad<Preview>(`/files/preview?path=${encodeURIComponent(path)}`);
  useEffect(() => dialog.current?.showModal(), []);
  const shown = value?.path ?? path;
  const parent = shown.replace(/[/\\][^/\\]*$/, "");
  return (
    <dialog ref={dialog} onClose={close} class="picker" aria-labelledby="picker-title">
      <h2 id="picker-title">Choose a file</h2>
      <label>
        <span class="label">Path</span>
        <input type="text" value={shown} onChange={(event) => setPath(event.currentTarget.value)} />
      </label>
      <LoadError error={error} />
      <div class="preview">{value !== undefined && <PreviewView preview={value} open={setPath} />}</div>
      <div class="actions">
        {value?.kind !== "folder" && (
          <button type="button" onClick={() => setPath(parent)}>
            Back
          </button>
        )}
        <span class="spacer" />
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={value === undefined} onClick={() => choose(shown)}>
          Take {value?.kind === "folder" ? "this folder" : "it"}
        </button>
      </div>
    </dialog>
  );
}
