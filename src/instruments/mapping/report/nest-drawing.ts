import { type Architecture, countInstances } from "../architecture.ts";
import type { Evaluation } from "../evaluation.ts";
import type { LevelMapping, Mapping } from "../mapping.ts";

/** What is drawn: a mapping with its costs. */
export interface DrawnMapping {
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly architecture: Architecture;
}

/** The colours that charts give the first three categories, so that a tensor has one colour throughout a report. */
const colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9"];
const width = 736;
const [nameWidth, loopWidth, gap] = [142, 214, 10];
const [boxHeight, levelGap, top] = [52, 46, 28];

/**
 * A mapping as a drawing: levels from the outermost down, in each the tiles it stores with how full they make it and its loops beside
 * them, between them the words that move. Below stand the multipliers, those at work filled.
 */
export function drawMapping(drawn: DrawnMapping): string {
  const tensors = [...new Set(drawn.mapping.flatMap((m) => m.keep))].sort();
  const order = ["Weights", "Inputs", "Outputs"].filter((t) => tensors.includes(t));
  const columns = order.length === tensors.length ? order : tensors;
  const columnWidth = (width - nameWidth - loopWidth - gap * (columns.length + 1)) / columns.length;
  const xOf = (t: number) => nameWidth + gap + t * (columnWidth + gap);
  const levels = drawn.mapping.map((m, i) => ({ m, i })).reverse();
  const yOf = (row: number) => top + row * (boxHeight + levelGap);
  const parts: string[] = columns.map((name, t) =>
    text(xOf(t) + columnWidth / 2, 16, name, { anchor: "middle", weight: 600, fill: colors[t % colors.length] }),
  );
  levels.forEach(({ m, i }, row) => {
    parts.push(...drawLevel(drawn, m, i, yOf(row)));
    columns.forEach((name, t) => {
      const place = { x: xOf(t), y: yOf(row), width: columnWidth, color: colors[t % colors.length] };
      parts.push(...drawTile(drawn, i, name, place), ...drawTraffic(drawn, i, name, place));
    });
  });
  const array = drawArray(drawn, yOf(levels.length) + 4);
  const height = array.bottom + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="currentColor">${[...parts, array.svg].join("")}</svg>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly color: string;
}

function drawLevel({ architecture, evaluation }: DrawnMapping, m: LevelMapping, i: number, y: number): string[] {
  const level = architecture.levels[i];
  const [used] = Object.values(evaluation.levels[i].tensors).map((t) => t.instances);
  const all = countInstances(level);
  const instances = all === 1 ? "" : used === undefined ? `× ${all}` : `${used} of ${all} instances`;
  const loops = [
    ...[...m.temporal]
      .reverse()
      .filter((l) => l.factor > 1)
      .map((l) => `for ${l.dimension} in ${l.factor}`),
    ...[...m.spatialY]
      .reverse()
      .filter((l) => l.factor > 1)
      .map((l) => `${l.dimension} ‖ ${l.factor} along y`),
    ...[...m.spatialX]
      .reverse()
      .filter((l) => l.factor > 1)
      .map((l) => `${l.dimension} ‖ ${l.factor} along x`),
  ];
  const x = width - loopWidth + 4;
  const lines = wrapLoops(loops, 36).slice(0, 4);
  return [
    `<rect x="0.5" y="${y - 4.5}" width="${width - 1}" height="${boxHeight + 8}" rx="6" fill="currentColor" fill-opacity="0.05" stroke="currentColor" stroke-opacity="0.25"/>`,
    text(10, y + 18, level.name, { weight: 600, size: 12 }),
    text(10, y + 34, instances, { opacity: 0.75 }),
    ...lines.map((line, k) => text(x, y + 12 + 14 * k, line, { size: 11 })),
  ];
}

/** The tile of a tensor with a bar of how much of the level it fills; a dashed line where it passes by. */
function drawTile({ evaluation, architecture }: DrawnMapping, i: number, name: string, place: Place): string[] {
  const { x, y, width: w, color } = place;
  const counts = evaluation.levels[i].tensors[name];
  if (counts === undefined) {
    return [
      `<line x1="${x + w / 2}" x2="${x + w / 2}" y1="${y - 4}" y2="${y + boxHeight + 4}" stroke="${color}" stroke-opacity="0.6" stroke-dasharray="3 4"/>`,
    ];
  }
  const level = architecture.levels[i];
  const words = level.entries / level.multipleBuffering;
  const share = Number.isFinite(words) ? counts.capacity / words : 0;
  const label = `${counts.capacity.toLocaleString("en-US")} word${counts.capacity === 1 ? "" : "s"}`;
  const packed = counts.operandsPerWord > 1 ? `, ${counts.operandsPerWord} a word` : "";
  return [
    `<rect x="${x}" y="${y}" width="${w}" height="${boxHeight}" rx="4" fill="${color}" fill-opacity="0.14" stroke="${color}"/>`,
    `<rect x="${x}" y="${y + boxHeight - 6}" width="${round(w * Math.min(1, share))}" height="6" rx="2" fill="${color}"/>`,
    text(x + w / 2, y + 19, label, { anchor: "middle" }),
    text(
      x + w / 2,
      y + 34,
      share > 0 ? `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % of it${packed}` : packed.slice(2),
      { anchor: "middle", opacity: 0.75 },
    ),
  ];
}

/** Words that leave a level's tile downwards, and for results come back, over all instances; down to whoever takes them. */
function drawTraffic({ evaluation }: DrawnMapping, i: number, name: string, place: Place): string[] {
  const counts = evaluation.levels[i].tensors[name];
  if (counts === undefined) return [];
  const x = round(place.x + place.width / 2);
  const [down, up] = [counts.reads * counts.instances, counts.updates * counts.instances];
  const label = [down > 0 ? `↓ ${compact(down)}` : "", up > 0 ? `↑ ${compact(up)}` : ""]
    .filter((t) => t !== "")
    .join("  ");
  const thickness = round(1 + Math.max(0, Math.log10(Math.max(1, down + up)) - 2));
  const below = evaluation.levels.slice(0, i).findLastIndex((l) => l.tensors[name] !== undefined);
  const stretches = Array.from({ length: i - below }, (_, k) => place.y + boxHeight + k * (boxHeight + levelGap));
  return [
    ...stretches.map((y, k) => {
      // Past the level itself a stretch begins at the edge of the box that the words pass by.
      const [from, to] = [k === 0 ? y : y + 4, k === stretches.length - 1 ? y + levelGap : y + levelGap - 4];
      return `<line x1="${x}" x2="${x}" y1="${from}" y2="${to}" stroke="${place.color}" stroke-width="${thickness}"/>`;
    }),
    `<text x="${round(x + thickness / 2 + 5)}" y="${place.y + boxHeight + levelGap / 2 + 4}">${label}</text>`,
  ];
}

/** The mesh of multipliers, those that the mapping unrolls onto filled. */
function drawArray({ architecture, mapping }: DrawnMapping, y: number): { svg: string; bottom: number } {
  const { name, meshX, meshY } = architecture.arithmetic;
  const product = (axis: "spatialX" | "spatialY") =>
    mapping.flatMap((m) => m[axis]).reduce((n, loop) => n * loop.factor, 1);
  const [usedX, usedY] = [Math.min(meshX, product("spatialX")), Math.min(meshY, product("spatialY"))];
  const cell = Math.max(2, Math.min(12, Math.floor(300 / Math.max(meshX, meshY))));
  const cells: string[] = [];
  for (let r = 0; r < meshY; r++) {
    for (let c = 0; c < meshX; c++) {
      const isUsed = c < usedX && r < usedY;
      cells.push(
        `<rect x="${nameWidth + gap + c * cell}" y="${y + r * cell}" width="${cell - 1}" height="${cell - 1}" fill="currentColor" fill-opacity="${isUsed ? 0.8 : 0.12}"/>`,
      );
    }
  }
  const label = [
    text(10, y + 14, name, { weight: 600, size: 12 }),
    text(10, y + 30, `${usedX} × ${usedY} of ${meshX} × ${meshY}`, { opacity: 0.75 }),
  ];
  return { svg: [...label, ...cells].join(""), bottom: y + Math.max(36, meshY * cell) };
}

function wrapLoops(loops: readonly string[], most: number): string[] {
  const lines: string[] = [];
  for (const loop of loops) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + loop.length + 2 <= most) lines[lines.length - 1] = `${last}, ${loop}`;
    else lines.push(loop);
  }
  return lines;
}

interface TextStyle {
  readonly anchor?: "middle";
  readonly weight?: number;
  readonly size?: number;
  readonly opacity?: number;
  readonly fill?: string;
}

function text(x: number, y: number, content: string, { anchor, weight, size, opacity, fill }: TextStyle): string {
  if (content === "") return "";
  const attributes = [
    anchor === undefined ? "" : ` text-anchor="${anchor}"`,
    weight === undefined ? "" : ` font-weight="${weight}"`,
    size === undefined ? "" : ` font-size="${size}"`,
    opacity === undefined ? "" : ` fill-opacity="${opacity}"`,
    fill === undefined ? "" : ` fill="${fill}"`,
  ];
  return `<text x="${round(x)}" y="${y}"${attributes.join("")}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const round = (n: number) => Math.round(10 * n) / 10;

/** `1.23 M`: three digits and a power of a thousand. */
function compact(n: number): string {
  const power = n < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(n) / 3));
  return `${Number((n / 1000 ** power).toPrecision(3))}${["", " k", " M", " G", " T"][power]}`;
}
