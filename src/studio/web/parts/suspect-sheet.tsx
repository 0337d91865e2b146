import { useState } from "preact/hooks";
import type { ImageSheet } from "../../../lab/index.ts";
import { useKeys } from "../state/keys.ts";
import type { DecideProps } from "./figure-view.tsx";

const words = { confirm: "wrong label", reject: "label is right" } as const;

/** Pictures in rows; where they have ids, each may be decided upon: by its buttons, or by j, k, y, n, u. */
export function SuspectSheet({
  sheet,
  decide,
}: {
  readonly sheet: ImageSheet;
  readonly decide: DecideProps | undefined;
}) {
  const { images, size = 96, isPixelated = true } = sheet;
  const canDecide = decide !== undefined && images.some(({ id }) => id !== undefined);
  const [cursor, setCursor] = useState(0);
  const choose = (decision: "confirm" | "reject" | undefined) => {
    const id = images[cursor]?.id;
    if (id === undefined || decide === undefined) return;
    decide.change(id, decision);
    setCursor(Math.min(images.length - 1, cursor + 1));
  };
  useKeys(
    canDecide
      ? {
          j: () => setCursor(Math.min(images.length - 1, cursor + 1)),
          k: () => setCursor(Math.max(0, cursor - 1)),
          y: () => choose("confirm"),
          n: () => choose("reject"),
          u: () => choose(undefined),
        }
      : {},
  );
  const count = (wanted: string) =>
    images.filter(({ id }) => id !== undefined && decide?.decisions[id] === wanted).length;
  return (
    <>
      {canDecide && (
        <p class="muted" role="status">
          {count("confirm")} confirmed, {count("reject")} rejected of {images.length}. Keys: <kbd>j</kbd> <kbd>k</kbd>{" "}
          move, <kbd>y</kbd> wrong label, <kbd>n</kbd> right label, <kbd>u</kbd> undecided.
        </p>
      )}
      <ul class="sheet">
        {images.map(({ source, caption, detail, id }, i) => {
          const decision = id === undefined ? undefined : decide?.decisions[id];
          return (
            <li key={id ?? String(i)} class={`${decision ?? ""} ${canDecide && i === cursor ? "cursor" : ""}`}>
              {/* The caption beside it is the picture's text. */}
              <img
                src={source}
                width={size}
                height={size}
                alt=""
                class={isPixelated ? "pixelated" : ""}
                loading="lazy"
              />
              <span>{caption}</span>
              {detail !== undefined && <span class="muted">{detail}</span>}
              {canDecide && id !== undefined && (
                <span class="decide">
                  {(["confirm", "reject"] as const).map((which) => (
                    <button
                      key={which}
                      type="button"
                      aria-pressed={decision === which}
                      aria-label={`${caption}: ${words[which]}`}
                      onClick={() => {
                        setCursor(i);
                        decide?.change(id, decision === which ? undefined : which);
                      }}
                    >
                      {which === "confirm" ? "✕ wrong" : "✓ right"}
                    </button>
                  ))}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
