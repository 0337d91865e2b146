import { useEffect, useState } from "preact/hooks";
import { RequestError } from "../state/api-client.ts";

/** Something that people are told at the edge of the page, perhaps with what undoes it. */
interface Message {
  readonly id: number;
  readonly text: string;
  readonly isError: boolean;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const shownMs = 8000;
let last = 0;
let tell: (message: Message) => void = () => {};

/** Shows a message for a while. */
export function say(text: string, action?: Message["action"]): void {
  tell({ id: ++last, text, isError: false, action });
}

/** Shows what went wrong, and what to do. */
export function sayError(cause: unknown): void {
  const hint = cause instanceof RequestError && cause.hint !== undefined ? `. ${cause.hint}` : "";
  tell({ id: ++last, text: `${cause instanceof Error ? cause.message : String(cause)}${hint}`, isError: true });
}

/** The place of messages. */
export function Messages() {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const drop = (id: number) => setMessages((all) => all.filter((message) => message.id !== id));
  useEffect(() => {
    tell = (message) => {
      setMessages((all) => [...all.slice(-3), message]);
      setTimeout(() => drop(message.id), shownMs);
    };
  }, []);
  return (
    <div class="messages" role="status" aria-live="polite">
      {messages.map(({ id, text, isError, action }) => (
        <div key={id} class={isError ? "message error" : "message"}>
          <span>{text}</span>
          {action !== undefined && (
            <button
              type="button"
              onClick={() => {
                action.run();
                drop(id);
              }}
            >
              {action.label}
            </button>
          )}
          <button type="button" class="quiet" aria-label="Close the message" onClick={() => drop(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
