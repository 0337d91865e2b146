import { useEffect, useRef } from "preact/hooks";

const keys: readonly (readonly [string, string])[] = [
  ["?", "This list"],
  ["g h", "Instruments"],
  ["g r", "Runs"],
  ["g s", "Sweeps"],
  ["/", "Filter runs"],
  ["j  k", "Next, previous run or suspect"],
  ["Enter", "Open the run"],
  ["x", "Choose the run for comparing"],
  ["c", "Compare chosen runs; on a run or a sweep: cancel it"],
  ["r", "Resume the run or sweep"],
  ["f", "Start anew from the run's recipe"],
  ["Ctrl Enter", "Start what the recipe beside a form says"],
  ["y  n  u", "Suspect: wrong label, right label, undecided"],
  ["← ↑ → ↓  +  −", "Turn, enlarge or shrink the surface that has the focus"],
  ["Escape", "Close"],
];

/** The keys of the page. */
export function KeysDialog({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  );
}
