/** What a cell of a table may hold; null is a missing value. Infinite numbers are written as texts. */
export type Cell = string | number | boolean | null;

/** One row of a table: a cell for each column's name. */
export type Row = Readonly<Record<string, Cell>>;

/** A column as people read it. */
export interface Column {
  /** The key of the rows' cells. */
  readonly name: string;
  /** Default: the name, its camel case written as words. */
  readonly label?: string;
  readonly unit?: string;
  /** Significant digits shown; the files keep all. Default 4. */
  readonly digits?: number;
}

/** Rows with the columns to show, in order. */
export interface DataTable {
  /** Default: the keys of the first row. */
  readonly columns?: readonly Column[];
  readonly rows: readonly Row[];
}

/** A scale of a chart. */
export interface Scale {
  /** With its unit, e.g. `"energy, µJ"`. */
  readonly label?: string;
  readonly type?: "linear" | "log" | "symlog" | "band" | "point" | "categorical" | "diverging" | "sequential";
  readonly domain?: readonly Cell[];
  /** Of colours: a scheme of Observable Plot. Categories take Okabe–Ito's colours, magnitudes `viridis`, signed ones `RdBu` when left out. */
  readonly scheme?: string;
  /** Show a key of the colours; default: when more than one category is drawn. */
  readonly legend?: boolean;
  readonly reverse?: boolean;
  /** Of positions: whether zero is part of the domain. */
  readonly zero?: boolean;
  /** Of positions: a d3-format, e.g. `".0%"`; an empty one hides the axis. */
  readonly tickFormat?: string;
  readonly grid?: boolean;
  /** Of diverging scales. */
  readonly pivot?: number;
}

/** The marks of Observable Plot that charts may use; `histogram` bins `x` and counts. */
export type MarkName =
  | "line"
  | "areaY"
  | "dot"
  | "barX"
  | "barY"
  | "rect"
  | "rectY"
  | "cell"
  | "text"
  | "ruleX"
  | "ruleY"
  | "tickX"
  | "tickY"
  | "link"
  | "arrow"
  | "vector"
  | "contour"
  | "raster"
  | "boxX"
  | "boxY"
  | "histogram"
  | "frame";

/** One layer of a chart. */
export interface Mark {
  readonly mark: MarkName;
  /** Default: the figure's table. */
  readonly rows?: readonly Row[];
  /** Which column gives each channel of the mark: `{ x: "epoch", y: "accuracy", stroke: "method" }`; also `z`, `fx`, `fy`, `fill`, `title`, `text`, `r`, `x1` … */
  readonly channels?: Readonly<Record<string, string>>;
  /**
   * Constants of the mark: `{ strokeWidth: 2, fill: "currentColor", strokeDasharray: "4 2", curve: "step" }`; of contours also
   * `levels`, a number or several with commas between.
   */
  readonly options?: Readonly<Record<string, Cell>>;
}

/** A chart: layers over shared scales. */
export interface Chart {
  readonly kind: "chart";
  readonly marks: readonly Mark[];
  readonly x?: Scale;
  readonly y?: Scale;
  readonly fx?: Scale;
  readonly fy?: Scale;
  readonly color?: Scale;
  readonly r?: Scale;
  /** Pixels; default 640 × 360. */
  readonly width?: number;
  readonly height?: number;
  /** Height of a unit of y over the width of a unit of x, for maps and lattices; decides the height. */
  readonly aspectRatio?: number;
  readonly marginLeft?: number;
  readonly marginBottom?: number;
}

/** One picture of a sheet. */
export interface SheetImage {
  /** A `data:image/png` URI, see `pngUri`, or a drawing as `data:image/svg+xml`, both in base64. */
  readonly source: string;
  /** One short line beneath, also its text for screen readers. */
  readonly caption: string;
  /** A second line, smaller. */
  readonly detail?: string;
  /** What the image is called in the figure's table and in decisions about it. */
  readonly id?: string;
}

/** Pictures in rows with captions, e.g. the worst suspects of an audit. */
export interface ImageSheet {
  readonly kind: "images";
  readonly images: readonly SheetImage[];
  /** Width of a picture on the page, pixels; default 96. */
  readonly size?: number;
  /** Whether pixels stay squares when enlarged; default true. */
  readonly isPixelated?: boolean;
}

/** Text whose layout matters: a loop nest, a formula tree. */
export interface Preformatted {
  readonly kind: "text";
  readonly text: string;
}

/** A drawing that no chart can make; uses `currentColor` so that it fits light and dark pages. */
export interface SvgDrawing {
  readonly kind: "svg";
  readonly svg: string;
}

/** Only the table, shown in full. */
export interface TableOnly {
  readonly kind: "table";
}

/** Drawings one after the other, with a slider on pages: value functions over time, a front over generations. */
export interface Frames {
  readonly kind: "frames";
  readonly label: string;
  readonly frames: readonly { readonly label: string; readonly drawing: Chart | ImageSheet | SvgDrawing }[];
}

/** An axis of a volume: evenly spaced samples from `low` to `high`, both among them. */
export interface VolumeAxis {
  readonly name: string;
  readonly unit?: string;
  readonly low: number;
  readonly high: number;
  /** At least 2. */
  readonly points: number;
}

/**
 * A scalar field over three axes, at one time or several: drawn as the surface where it has the level, a still in reports, one to turn in
 * the studio. Made by `packVolume`.
 */
export interface Volume {
  readonly kind: "volume";
  readonly axes: readonly [VolumeAxis, VolumeAxis, VolumeAxis];
  /** What is sampled: `V`. */
  readonly quantity: string;
  /** The surface's value at first. */
  readonly level: number;
  /** What 0 and 65535 stand for among the samples. */
  readonly range: readonly [low: number, high: number];
  /** What the steps are along: `time to go`. */
  readonly label: string;
  /** The first is shown first. Samples as 16-bit numbers, low byte first, in base64; the last axis's lie next to each other. */
  readonly steps: readonly { readonly label: string; readonly values: string }[];
}

/** How a figure looks. */
export type Drawing = Chart | ImageSheet | Preformatted | SvgDrawing | TableOnly | Frames | Volume;

/**
 * A picture with the numbers behind it: plain JSON, made by pure functions of results, drawn alike in reports and pages.
 */
export interface Figure {
  /** Names the files: small letters, digits and hyphens; one figure of a name in a run, the last given. */
  readonly name: string;
  readonly title: string;
  /** What is to be seen, numbers included, for people who do not see it: one or two sentences. */
  readonly summary: string;
  readonly drawing: Drawing;
  /** The numbers behind the picture; its CSV. */
  readonly table: DataTable;
}
