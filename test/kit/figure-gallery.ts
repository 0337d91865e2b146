import { loadDigits } from "../../src/data/index.ts";
import { key, sampleNormal, sampleUniform } from "../../src/engine/index.ts";
import { type Chart, type Figure, pngUri, type Row, type SheetImage } from "../../src/lab/index.ts";

import {
  auxiliaryWeights,
  graphDrawing,
  growingTorus,
  latencyBoxes,
  lossHistogram,
  methodBars,
  moleculeDrawing,
  phasePlot,
} from "./gallery-plots.ts";

/** Figures such as the instruments make, one of every kind: for looking at, and for the tests of what draws them. */
export async function figureGallery(): Promise<Figure[]> {
  return [
    accuracyCurves(),
    transitionMatrix(),
    await suspectSheet(),
    paretoFront(),
    reachableTube(),
    isingLattice(),
    loopNest(),
    suspectTable(),
    lossHistogram(),
    methodBars(),
    latencyBoxes(),
    phasePlot(),
    auxiliaryWeights(),
    graphDrawing(),
    moleculeDrawing(),
    growingTorus(),
  ];
}

const digit = (value: number, digits = 4) => Number(value.toPrecision(digits));

export function accuracyCurves(): Figure {
  const methods = { "cross-entropy": [0.93, 0.745], "label smoothing": [0.92, 0.81], ELR: [0.951, 0.949] } as const;
  const noise = sampleNormal(key(1), 600, "float64");
  const rows: Row[] = [];
  for (const [m, [method, [peak, end]]] of Object.entries(methods).entries()) {
    for (let epoch = 0; epoch <= 120; epoch += 2) {
      const rise = 1 - Math.exp(-epoch / 9);
      const fall = 1 / (1 + Math.exp(-(epoch - 55) / 9));
      const mean = 0.1 + (peak - 0.1) * rise - (peak - end) * fall + 0.004 * noise[m * 100 + epoch / 2];
      const half = 0.008 + 0.02 * fall * (1 - (end - 0.745) / 0.21);
      rows.push({ method, epoch, mean: digit(mean), low: digit(mean - half), high: digit(mean + half) });
    }
  }
  return {
    name: "test-accuracy",
    title: "Plain training forgets what it knew; ELR does not",
    summary:
      "Accuracy on clean test labels over 120 epochs, mean of three seeds with their range. Cross-entropy reaches 93 % and falls to 74.5 %; ELR ends at 94.9 %.",
    drawing: {
      kind: "chart",
      marks: [
        { mark: "areaY", channels: { x: "epoch", y1: "low", y2: "high", fill: "method" } },
        { mark: "line", channels: { x: "epoch", y: "mean", stroke: "method" } },
      ],
      y: { label: "accuracy on clean labels", tickFormat: ".0%", domain: [0, 1] },
    },
    table: {
      columns: [
        { name: "method" },
        { name: "epoch" },
        { name: "mean", label: "Mean accuracy" },
        { name: "low", label: "Lowest seed" },
        { name: "high", label: "Highest seed" },
      ],
      rows,
    },
  };
}

export function transitionMatrix(): Figure {
  const names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
  const confusions: Record<string, number> = {
    "truck→automobile": 0.31,
    "cat→dog": 0.28,
    "dog→cat": 0.24,
    "deer→horse": 0.22,
    "bird→airplane": 0.19,
  };
  const uniform = sampleUniform(key(2), 100, "float64");
  const rows = names.flatMap((from, i) => {
    const off = names.map((to, j) => (i === j ? 0 : (confusions[`${from}→${to}`] ?? 0.02 * uniform[i * 10 + j])));
    const stay = 1 - off.reduce((a, b) => a + b, 0);
    return names.map((to, j) => ({ true: from, observed: to, probability: digit(i === j ? stay : off[j], 3) }));
  });
  return {
    name: "transition-matrix",
    title: "Which labels were mistaken for which",
    summary:
      "Estimated probability of each observed label given the true one. The largest mistake is truck labelled automobile, 31 %; cats and dogs follow.",
    drawing: {
      kind: "chart",
      marks: [
        { mark: "cell", channels: { x: "observed", y: "true", fill: "probability" } },
        { mark: "text", channels: { x: "observed", y: "true", text: "probability" } },
      ],
      x: { label: "observed label" },
      y: { label: "true label" },
    },
    table: { columns: [{ name: "true" }, { name: "observed" }, { name: "probability", digits: 2 }], rows },
  };
}

async function suspectSheet(): Promise<Figure> {
  const { inputs, labels } = await loadDigits();
  const values = inputs.data;
  const images: SheetImage[] = [];
  const rows: Row[] = [];
  for (let n = 0; n < 24; n++) {
    const row = n * 37 + 5;
    const pixels = new Uint8Array(28 * 28);
    for (let y = 0; y < 28; y++) {
      for (let x = 0; x < 28; x++)
        pixels[y * 28 + x] = 255 - 15.9 * sampled(values.subarray(row * 64, row * 64 + 64), x, y);
    }
    const given = (labels.data[row] + 1 + (n % 7)) % 10;
    const confidence = digit(0.999 - 0.012 * n, 3);
    images.push({
      source: await pngUri({ data: pixels, width: 28, height: 28, channels: 1 }),
      caption: `${given}, looks like ${labels.data[row]}`,
      detail: `row ${row} · ${(100 * confidence).toFixed(1)} %`,
      id: String(row),
    });
    rows.push({ row, given, suggested: labels.data[row], confidence });
  }
  return {
    name: "worst-suspects",
    title: "The 24 labels that are most surely wrong",
    summary:
      "Handwritten digits with the label they were given and the one that the model sees, the surest first: from 99.9 % down to 72.3 %.",
    drawing: { kind: "images", images, size: 84 },
    table: {
      columns: [{ name: "row" }, { name: "given" }, { name: "suggested" }, { name: "confidence", digits: 3 }],
      rows,
    },
  };
}

/** An 8×8 image seen at one of 28×28 places, between its pixels. */
function sampled(image: Float32Array, x: number, y: number): number {
  const [u, v] = [x, y].map((place) => Math.min(6.999, Math.max(0, ((place + 0.5) * 8) / 28 - 0.5)));
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [a, b] = [u - i, v - j];
  const at = (dx: number, dy: number) => image[(j + dy) * 8 + i + dx];
  return (1 - b) * ((1 - a) * at(0, 0) + a * at(1, 0)) + b * ((1 - a) * at(0, 1) + a * at(1, 1));
}

export function paretoFront(): Figure {
  const [u, v] = [sampleUniform(key(3), 240, "float64"), sampleUniform(key(4), 240, "float64")];
  const points = Array.from({ length: 240 }, (_, i) => {
    const bits = 2 + 14 * u[i];
    return {
      energy: digit(0.4 * bits ** 1.6 * (1 + 0.8 * v[i])),
      error: digit(0.021 + 1.6 / bits ** 2.2 + 0.05 * v[i] ** 3),
      dataflow: ["weight stationary", "output stationary", "row stationary"][i % 3],
      layer: `conv${1 + (i % 5)}`,
    };
  });
  const front = points
    .filter((p) => !points.some((q) => q.energy < p.energy && q.error < p.error))
    .sort((a, b) => a.energy - b.energy);
  return {
    name: "pareto-front",
    title: "Energy against error of 240 mixed-precision mappings",
    summary: `${front.length} of 240 mappings are on the front. Below ${front[0].energy.toFixed(1)} µJ none was found; past 12 µJ more energy buys next to nothing.`,
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "line",
          rows: front,
          channels: { x: "energy", y: "error" },
          options: { curve: "step-after", stroke: "currentColor", strokeOpacity: 0.6, strokeWidth: 1.5 },
        },
        { mark: "dot", channels: { x: "energy", y: "error", fill: "dataflow" } },
      ],
      x: { type: "log", label: "energy, µJ" },
      y: { label: "top-1 error", tickFormat: ".0%" },
    },
    table: {
      columns: [
        { name: "energy", unit: "µJ" },
        { name: "error", label: "Top-1 error" },
        { name: "dataflow" },
        { name: "layer" },
      ],
      rows: points,
    },
  };
}

function frameOf(rows: readonly Row[]): Chart {
  const position = { x: "position", y: "velocity" };
  return {
    kind: "chart",
    marks: [
      { mark: "raster", rows, channels: { ...position, fill: "value" } },
      { mark: "contour", rows, channels: { ...position, value: "value" }, options: { levels: 0, stroke: "#111" } },
    ],
    x: { label: "position, m" },
    y: { label: "velocity, m/s" },
    color: { label: "value" },
    width: 480,
    aspectRatio: 1,
  };
}

export function reachableTube(): Figure {
  const size = 41;
  const times = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const at = (i: number) => digit(-2 + (4 * i) / (size - 1), 5);
  const gridAt = (time: number): Row[] =>
    Array.from({ length: size * size }, (_, n) => {
      const [position, velocity] = [at(n % size), at(Math.floor(n / size))];
      const value = Math.hypot(position + time * velocity, velocity * (1 - 0.3 * time)) - 0.7 - 0.35 * time;
      return { position, velocity, value: digit(value, 5) };
    });
  const rows = times.map((time) => {
    const inside = gridAt(time).filter(({ value }) => (value as number) <= 0).length;
    return { time, volume: digit((inside * 16) / (size * size)) };
  });
  return {
    name: "value-function",
    title: "From where the target is reached in time",
    summary: `The set of states with a value of zero or less grows from ${rows[0].volume} to ${rows[5].volume} square units within one second.`,
    drawing: {
      kind: "frames",
      label: "time to go",
      frames: times.map((time) => ({ label: `${time.toFixed(1)} s`, drawing: frameOf(gridAt(time)) })),
    },
    table: {
      columns: [
        { name: "time", unit: "s" },
        { name: "volume", label: "Volume inside", unit: "m²/s" },
      ],
      rows,
    },
  };
}

export function isingLattice(): Figure {
  const size = 32;
  const noise = sampleNormal(key(5), size * size, "float64");
  const rows = Array.from({ length: size * size }, (_, n) => {
    const [x, y] = [n % size, Math.floor(n / size)];
    const field = Math.sin(x / 4.1) * Math.cos(y / 5.3) + 0.35 * noise[n];
    return { x, y, spin: field > 0 ? "up" : "down" };
  });
  return {
    name: "ground-state",
    title: "The state of lowest energy that was found",
    summary: `A 32 × 32 lattice with ${rows.filter(({ spin }) => spin === "up").length} of 1,024 spins up, in domains some eight sites wide.`,
    drawing: {
      kind: "chart",
      marks: [{ mark: "cell", channels: { x: "x", y: "y", fill: "spin" }, options: { inset: 0 } }],
      color: { domain: ["up", "down"] },
      width: 420,
    },
    table: { rows },
  };
}

function loopNest(): Figure {
  const text = [
    "DRAM        for k in 0…3            # 64 output channels",
    "              for c in 0…1          # 32 input channels",
    "global buffer   for p in 0…13       # output rows     reuse ×14",
    "                  for q in 0…13     # output columns  reuse ×14",
    "PE array            par k in 0…15   # across columns",
    "                    par c in 0…15   # down rows, summed",
    "register              for r, s in 0…2 × 0…2",
    "                        out[k, p, q] += in[c, p+r, q+s] · w[k, c, r, s]   # 4 bit × 8 bit",
  ].join("\n");
  return {
    name: "best-mapping",
    title: "The best mapping of conv3 as a loop nest",
    summary: "Weights stay in the array; 92 % of 256 processing elements are busy; 3.1 µJ and 11,800 cycles.",
    drawing: { kind: "text", text },
    table: {
      columns: [{ name: "level" }, { name: "reads" }, { name: "writes" }, { name: "energy", unit: "µJ" }],
      rows: [
        { level: "DRAM", reads: 51_200, writes: 12_544, energy: 1.92 },
        { level: "global buffer", reads: 903_168, writes: 63_744, energy: 0.83 },
        { level: "register", reads: 7_225_344, writes: 1_806_336, energy: 0.35 },
      ],
    },
  };
}

export function suspectTable(count = 250): Figure {
  const u = sampleUniform(key(6), 3 * count, "float64");
  const names = ["cat", "dog", "horse", "deer", "ship"];
  const rows = Array.from({ length: count }, (_, i) => ({
    row: Math.floor(50_000 * u[3 * i]),
    given: names[i % 5],
    suggested: names[(i + 1 + (i % 3)) % 5],
    confidence: digit(0.5 + 0.5 * u[3 * i + 1] ** 0.3),
    loss: digit(-Math.log(u[3 * i + 2])),
    isDuplicate: i % 17 === 0,
    note: i % 50 === 0 ? "two annotators disagree" : null,
  }));
  return {
    name: "all-suspects",
    title: "All suspects",
    summary: "Rows whose label is probably wrong, the surest first.",
    drawing: { kind: "table" },
    table: { rows },
  };
}
