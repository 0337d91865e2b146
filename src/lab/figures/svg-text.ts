/** Text and attribute values as markup. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** About the width of a text in a sans-serif of a size in pixels, a little more rather than less. */
export function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[iljft.,:;'|!()[\] ]/.test(character)) ems += 0.37;
    else if (/[mwMW%@→]/.test(character)) ems += 0.96;
    else if (/[A-Z]/.test(character)) ems += 0.72;
    else ems += 0.61;
  }
  return ems * fontSize;
}

/** How far texts reach beyond the frame of a drawing, pixels on each side. */
export interface Overflow {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** An element of a drawing, as far as its texts are looked at; the DOM's types are not known outside of pages. */
interface DrawnElement {
  readonly localName: string;
  readonly textContent: string | null;
  readonly parentElement: DrawnElement | null;
  readonly children: Iterable<DrawnElement>;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<DrawnElement>;
}

interface Placement {
  x: number;
  y: number;
  angle: number;
  anchor: string;
  size: number;
}

function inherited(element: DrawnElement, name: string): string | null {
  for (let at: DrawnElement | null = element; at !== null; at = at.parentElement) {
    const value = at.getAttribute(name);
    if (value) return value;
  }
  return null;
}

function placementOf(text: DrawnElement): Placement {
  const anchor = inherited(text, "text-anchor") ?? "start";
  const size = Number.parseFloat(inherited(text, "font-size") ?? "12");
  const placement: Placement = { x: 0, y: 0, angle: 0, anchor, size };
  for (let at: DrawnElement | null = text; at !== null; at = at.parentElement) {
    const transform = at.getAttribute("transform") ?? "";
    const [, x, y] = transform.match(/translate\(([-\d.e]+),([-\d.e]+)\)/) ?? [];
    placement.x += Number(x ?? 0);
    placement.y += Number(y ?? 0);
    placement.angle += Number(transform.match(/rotate\(([-\d.e]+)/)?.[1] ?? 0);
  }
  return placement;
}

/** How far the texts of a drawing of this size reach beyond it; their widths are estimated. */
export function textOverflow(svg: DrawnElement, width: number, height: number): Overflow {
  let [left, right, top, bottom] = [0, 0, 0, 0];
  for (const text of svg.querySelectorAll("text")) {
    const { x, y, angle, anchor, size } = placementOf(text);
    const lines = [...text.children].filter(({ localName }) => localName === "tspan");
    const texts = lines.length === 0 ? [text.textContent ?? ""] : lines.map((line) => line.textContent ?? "");
    const length = Math.max(...texts.map((line) => textWidth(line, size)));
    const before = anchor === "start" ? 0 : anchor === "end" ? length : length / 2;
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    for (const along of [-before, length - before]) {
      left = Math.max(left, -(x + along * cos));
      right = Math.max(right, x + along * cos - width);
      top = Math.max(top, -(y + along * sin - size * 0.4));
      bottom = Math.max(bottom, y + along * sin + size * 0.4 - height);
    }
  }
  return { left, right, top, bottom };
}
