import { useEffect, useRef } from "preact/hooks";

/** What keys do: `"c"`, or two in a row, `"g r"`. */
export type KeyActions = Readonly<Record<string, (() => void) | undefined>>;

/** Two keys in a row are one command when they come this close together. */
const pairMs = 900;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Does what keys say, except while one types, or while a dialog is open. */
export function useKeys(actions: KeyActions): void {
  const current = useRef(actions);
  current.current = actions;
  useEffect(() => {
    let [before, at] = ["", 0];
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      const now = performance.now();
      const pair = now - at < pairMs ? `${before} ${event.key}` : "";
      [before, at] = [event.key, now];
      const action = current.current[pair] ?? current.current[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
