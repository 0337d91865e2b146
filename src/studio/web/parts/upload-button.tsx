import { useRef, useState } from "preact/hooks";
import { formatQuantity } from "../../../lab/figures/quantities.ts";
import { upload } from "../state/upload.ts";
import { say, sayError } from "./messages.tsx";

interface UploadButtonProps {
  /** What the files are for, in words. */
  readonly label: string;
  /** Given the path of one file, or the folder of several. */
  readonly choose: (path: string) => void;
}

interface Sending {
  readonly sent: number;
  readonly total: number;
  readonly stop: () => void;
}

/** Sends files of the browser's machine to the studio's, and tells how far that is. */
export function UploadButton({ label, choose }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  // What is chosen goes into the form as it is when the upload ends.
  const latest = useRef(choose);
  latest.current = choose;
  const [sending, setSending] = useState<Sending>();
  const begin = async (files: readonly File[]) => {
    if (files.length === 0) return;
    const control = new AbortController();
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const show = (sent: number) => setSending({ sent, total, stop: () => control.abort() });
    show(0);
    try {
      const path = await upload(files, { onProgress: show, signal: control.signal });
      latest.current(path);
      say(files.length === 1 ? `Uploaded ${files[0].name}.` : `Uploaded ${files.length} files.`);
    } catch (cause) {
      sayError(cause);
    }
    setSending(undefined);
    if (input.current !== null) input.current.value = "";
  };
  if (sending !== undefined) {
    return (
      <>
        <progress value={sending.sent} max={sending.total} aria-label={`Upload for ${label}`} />
        <span class="muted">{formatQuantity(sending.total, { unit: "B" })}</span>
        <button type="button" onClick={sending.stop}>
          Stop
        </button>
      </>
    );
  }
  return (
    <label class="button file">
      Upload…
      <input
        ref={input}
        type="file"
        multiple
        class="hidden"
        aria-label={`Upload for ${label}`}
        onChange={(event) => void begin([...(event.currentTarget.files ?? [])])}
      />
    </label>
  );
}
