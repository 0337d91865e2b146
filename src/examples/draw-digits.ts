const shades = [" ", "░", "▒", "▓", "█"];

/** An 8×8 image of values in 0…1 as eight lines of block characters, two a pixel. */
function linesOf(pixels: ArrayLike<number>): string[] {
  return Array.from({ length: 8 }, (_, y) =>
    Array.from({ length: 8 }, (_, x) => {
      const shade = shades[Math.min(shades.length - 1, Math.floor(pixels[8 * y + x] * shades.length))];
      return shade + shade;
    }).join(""),
  );
}

/** A digit with what stands under it. */
export interface Drawing {
  readonly pixels: ArrayLike<number>;
  readonly caption: string;
}

/** Digits side by side, `perRow` in a row, each with its caption. */
export function drawDigits(drawings: readonly Drawing[], perRow = 4): string {
  const rows: string[] = [];
  for (let i = 0; i < drawings.length; i += perRow) {
    const blocks = drawings
      .slice(i, i + perRow)
      .map(({ pixels, caption }) => [...linesOf(pixels), caption.padEnd(16), " ".repeat(16)]);
    for (let line = 0; line < blocks[0].length; line++) {
      rows.push(
        blocks
          .map((block) => block[line])
          .join("   ")
          .trimEnd(),
      );
    }
  }
  return rows.join("\n");
}

/** The table of true classes (rows) and predicted ones (columns); a dot stands for none. */
export function confusionTable(truth: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): string {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < truth.length; i++) counts[truth[i]][predicted[i]]++;
  const cells = (values: readonly (string | number)[]) => values.map((value) => String(value).padStart(4)).join("");
  const names = Array.from({ length: classes }, (_, i) => i);
  const rows = counts.map((row, i) => cells([i, ...row.map((count) => (count === 0 ? "·" : count))]));
  return [cells(["", ...names]), ...rows].join("\n");
}

/** A bar of `width` characters, filled to `fraction` in 0…1. */
export function bar(fraction: number, width = 24): string {
  const filled = Math.round(fraction * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}
