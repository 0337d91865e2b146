/**
 * Colours of categories that people with colour-blindness tell apart (Okabe and Ito 2008), in an order that keeps neighbours apart, grey
 * for black so that they are seen on dark pages too.
 */
export const okabeIto = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#56B4E9",
  "#E69F00",
  "#F0E442",
  "#8A8F98",
] as const;

/** What a single series is drawn with. */
export const primary = okabeIto[0];

/** More categories than Okabe and Ito have colours for take these and repeat them. */
const manyColors = [
  "#4269d0",
  "#efb118",
  "#ff725c",
  "#6cc5b0",
  "#3ca951",
  "#ff8ab7",
  "#a463f2",
  "#97bbf5",
  "#9c6b4e",
  "#9498a0",
] as const;

/** Colours for so many categories. */
export function categoryColors(count: number): readonly string[] {
  const colors = count <= okabeIto.length ? okabeIto : manyColors;
  return Array.from({ length: count }, (_, i) => colors[i % colors.length]);
}

/** Dashes that tell a few lines apart without colour; the first is solid. */
export const dashes = ["none", "7 3", "2 3", "9 3 2 3", "12 3", "4 2 1 2 1 2"] as const;

/** Shapes that tell a few categories of points apart without colour. */
export const symbols = ["circle", "square", "triangle", "diamond", "star", "cross"] as const;

/** Whether the points of a line with so many are drawn as shapes. */
export const hasShapes = (count: number) => count <= 16;

/** Black or white, whichever is read better on a colour `rgb(r, g, b)` or `#rrggbb` (relative luminance of WCAG 2). */
export function inkOn(color: string): string {
  const channels = color.startsWith("#")
    ? [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16))
    : (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  if (channels.length < 3) return "currentColor";
  const [r, g, b] = channels.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}
