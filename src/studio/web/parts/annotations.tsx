import { useEffect, useState } from "preact/hooks";
import { ask } from "../state/api-client.ts";
import type { RunAnnotations } from "../state/use-decisions.ts";
import { useLoad } from "../state/use-load.ts";
import { say, sayError } from "./messages.tsx";

/** Tags, a note, and the decisions about rows as a file. */
export function Annotations({ id }: { readonly id: string }) {
  const { value, reload } = useLoad<RunAnnotations>(`/runs/${id}/annotations`);
  const [tags, setTags] = useState("");
  const [note, setNote] = useState("");
  useEffect(() => {
    setTags(value?.tags.join(", ") ?? "");
    setNote(value?.note ?? "");
  }, [value]);
  const save = async () => {
    try {
      const now = await ask<RunAnnotations>(`/runs/${id}/annotations`);
      const words = tags.split(",").map((tag) => tag.trim());
      await ask(`/runs/${id}/annotations`, {
        method: "PUT",
        body: { ...now, note, tags: words.filter((tag) => tag !== "") },
      });
      say("Saved.");
    } catch (cause) {
      sayError(cause);
    }
    reload();
  };
  const exportDecisions = async () => {
    const { decisions } = await ask<RunAnnotations>(`/runs/${id}/annotations`);
    const lines = Object.entries(decisions).map(([row, decision]) => `${JSON.stringify(row)},${decision}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`id,decision\n${lines.join("\n")}\n`], { type: "text/csv" }));
    link.download = `${id}-decisions.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section aria-labelledby="notes-title">
      <h2 id="notes-title">Notes</h2>
      <div class="field">
        <label for="tags">Tags</label>
        <div class="input">
          <input
            id="tags"
            type="text"
            value={tags}
            placeholder="words, with commas"
            onInput={(event) => setTags(event.currentTarget.value)}
          />
        </div>
      </div>
      <div class="field">
        <label for="note">Note</label>
        <div class="input">
          <textarea id="note" rows={3} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </div>
      </div>
      <div class="actions">
        <button type="button" onClick={() => void save()}>
          Save notes
        </button>
        <button type="button" onClick={() => void exportDecisions().catch(sayError)}>
          Export decisions
        </button>
      </div>
    </section>
  );
}
