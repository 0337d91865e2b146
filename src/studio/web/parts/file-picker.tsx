import { useEffect, useRef, useState } from "preact/hooks";
import { formatQuantity } from "../../../lab/figures/quantities.ts";
import type { FileLook } from "../../../lab/index.ts";
import type { Preview, PreviewContent } from "../../api.ts";
import { formatValue } from "../state/format.ts";
import { useLoad } from "../state/use-load.ts";
import { FigureView } from "./figure-view.tsx";
import { FileProblemView, FileText } from "./file-text.tsx";
import { LoadError } from "./load-error.tsx";
import { ModelView } from "./model-view.tsx";
import { ScrollBox } from "./scroll-box.tsx";

/** For which option of which job a file is chosen, and what else that job is given: what it is taken for follows from it. */
export interface PickedFor {
  readonly job: string;
  readonly option: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface PickerProps {
  readonly start: string;
  readonly pickedFor: PickedFor;
  readonly choose: (path: string) => void;
  readonly close: () => void;
}

function Entries({
  preview,
  open,
}: {
  readonly preview: Extract<PreviewContent, { kind: "folder" }>;
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

function TableView({ preview }: { readonly preview: Extract<PreviewContent, { kind: "table" }> }) {
  const { rows, columns, head } = preview;
  return (
    <>
      <p>
        {formatQuantity(rows)} rows, {columns.length} columns.
      </p>
      <ScrollBox label="First rows">
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
      </ScrollBox>
    </>
  );
}

/** What is known of a file, in numbers and pictures. */
function LookView({ look }: { readonly look: FileLook }) {
  return (
    <>
      <dl class="facts">
        {look.facts.map(({ label, value, unit, isFraction, note }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              {formatValue(value, { unit, isFraction })}
              {note !== undefined && <span class="muted"> {note}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {look.figures.map((figure) => (
        <FigureView key={figure.name} figure={figure} />
      ))}
    </>
  );
}

/** What a file looks like: what is wrong in it, what the option says of it, what it holds. */
function PreviewView({ preview, open }: { readonly preview: Preview; readonly open: (path: string) => void }) {
  const { look, problems } = preview;
  return (
    <>
      {problems.map((problem) => (
        <FileProblemView key={`${problem.line} ${problem.message}`} problem={problem} />
      ))}
      {look !== undefined && <LookView look={look} />}
      <ContentView preview={preview} open={open} />
    </>
  );
}

function ContentView({ preview, open }: { readonly preview: Preview; readonly open: (path: string) => void }) {
  switch (preview.kind) {
    case "folder":
      return <Entries preview={preview} open={open} />;
    case "table":
      return <TableView preview={preview} />;
    case "model":
      return <ModelView model={preview.model} />;
    case "images":
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
    case "text":
      return <FileText preview={preview} problems={preview.problems} />;
    case "file": {
      const size = formatQuantity(preview.bytes, { unit: "B" });
      return <p class="muted">{preview.look === undefined ? `${size}; no look at files of this kind.` : size}</p>;
    }
  }
}

/** Chooses a file or folder of this machine, with a look at it first. */
export function FilePicker({ start, pickedFor, choose, close }: PickerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [path, setPath] = useState(start);
  // What is being typed stays, whatever is answered meanwhile.
  const [draft, setDraft] = useState<string>();
  const take = () => {
    choose(shown);
    // Closed, not only taken away, so that the focus goes back to where it was.
    dialog.current?.close();
  };
  const look = (typed: string) => {
    setPath(typed);
    setDraft(undefined);
  };
  const { job, option, options } = pickedFor;
  const query = new URLSearchParams({ path, job, option, options: JSON.stringify(options) });
  const { value: loaded, error } = useLoad<Preview>(`/files/preview?${query}`);
  const last = useRef<{ readonly path: string; readonly value: Preview }>(undefined);
  if (loaded !== undefined) last.current = { path, value: loaded };
  // With other options a file is looked at anew; until that comes it stays as it is, and can be taken.
  const value = loaded ?? (last.current?.path === path ? last.current.value : undefined);
  useEffect(() => dialog.current?.showModal(), []);
  const shown = value?.path ?? path;
  const parent = shown.replace(/[/\\][^/\\]*$/, "");
  return (
    <dialog ref={dialog} onClose={close} class="picker" aria-labelledby="picker-title">
      <h2 id="picker-title">Choose a file</h2>
      <label>
        <span class="label">Path</span>
        <input
          type="text"
          spellcheck={false}
          value={draft ?? shown}
          onInput={(event) => setDraft(event.currentTarget.value)}
          onChange={(event) => look(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Else it would send the form around the dialog, which starts a run.
            event.preventDefault();
            look(event.currentTarget.value);
          }}
        />
      </label>
      <LoadError error={error} isWaiting={value === undefined} />
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
        <button type="button" class="primary" disabled={value === undefined} onClick={take}>
          Take {value?.kind === "folder" ? "this folder" : "it"}
        </button>
      </div>
    </dialog>
  );
}
