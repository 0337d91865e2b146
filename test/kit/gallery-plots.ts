import { key, sampleNormal } from "../../src/engine/index.ts";
import { type Figure, packVolume } from "../../src/lab/index.ts";

const digit = (value: number, digits = 4) => Number(value.toPrecision(digits));

export function lossHistogram(): Figure {
  const normal = sampleNormal(key(7), 1600, "float64");
  const rows = Array.from({ length: 1600 }, (_, i) => ({
    label: i % 4 === 0 ? "wrong" : "right",
    loss: digit(Math.exp((i % 4 === 0 ? 0.9 : -0.6) + 0.4 * normal[i])),
  }));
  return {
    name: "loss-by-label",
    title: "Wrong labels have large losses",
    summary:
      "Loss of 1,600 rows at epoch 20. The wrong quarter lies about 2.5, the right three quarters about 0.55; they overlap between 1 and 1.5.",
    drawing: {
      kind: "chart",
      marks: [
        { mark: "histogram", channels: { x: "loss", fill: "label" }, options: { thresholds: 40 } },
        { mark: "ruleX", rows: [{ at: 1.25 }], channels: { x: "at" }, options: { strokeDasharray: "4 3" } },
        {
          mark: "text",
          rows: [{ at: 1.25, y: 170, text: "threshold 1.25" }],
          channels: { x: "at", y: "y", text: "text" },
          options: { textAnchor: "start", dx: 6 },
        },
      ],
      x: { label: "loss, nats" },
    },
    table: { rows },
  };
}

export function methodBars(): Figure {
  const rows = [
    ["cross-entropy", 0.745, 0.006],
    ["label smoothing", 0.81, 0.009],
    ["generalised cross-entropy", 0.893, 0.004],
    ["Co-teaching", 0.921, 0.005],
    ["SOP", 0.944, 0.002],
    ["ELR+", 0.951, 0.002],
  ].map(([method, accuracy, deviation]) => ({
    method,
    accuracy,
    low: digit(Number(accuracy) - Number(deviation)),
    high: digit(Number(accuracy) + Number(deviation)),
  }));
  return {
    name: "methods",
    title: "Six methods on the same noise",
    summary:
      "Accuracy at the last epoch, mean of three seeds. ELR+ is best with 95.1 %, 20.6 points above plain cross-entropy.",
    drawing: {
      kind: "chart",
      marks: [
        { mark: "barX", channels: { x: "accuracy", y: "method" } },
        { mark: "ruleY", channels: { y: "method", x1: "low", x2: "high" }, options: { strokeWidth: 2 } },
        {
          mark: "text",
          channels: { x: "high", y: "method", text: "accuracy" },
          options: { textAnchor: "start", dx: 6 },
        },
      ],
      x: { label: "accuracy", tickFormat: ".0%", domain: [0, 1] },
      y: { label: "" },
    },
    table: {
      columns: [
        { name: "method" },
        { name: "accuracy", digits: 3 },
        { name: "low", digits: 3 },
        { name: "high", digits: 3 },
      ],
      rows,
    },
  };
}

export function latencyBoxes(): Figure {
  const normal = sampleNormal(key(8), 320, "float64");
  const devices = ["Pixel 3", "Raspberry Pi 4", "Titan RTX", "Edge TPU"];
  const rows = Array.from({ length: 320 }, (_, i) => ({
    device: devices[i % 4],
    batch: i % 8 < 4 ? "batch 1" : "batch 32",
    latencyMs: digit(Math.exp(1.5 + (i % 4) * 0.3 + (i % 8 < 4 ? 0 : 1) + 0.35 * normal[i])),
  }));
  return {
    name: "latency",
    title: "Latency of 40 architectures on four devices",
    summary:
      "Medians lie between 4.4 ms and 11 ms at batch 1, and near three times that at batch 32; the spread is alike everywhere.",
    drawing: {
      kind: "chart",
      marks: [{ mark: "boxY", channels: { x: "device", y: "latencyMs", fx: "batch" } }],
      y: { type: "log", label: "latency, ms" },
      x: { label: "" },
      fx: { label: "" },
    },
    table: {
      columns: [{ name: "device" }, { name: "batch" }, { name: "latencyMs", label: "Latency", unit: "ms" }],
      rows,
    },
  };
}

export function phasePlot(): Figure {
  const rows = Array.from({ length: 225 }, (_, n) => {
    const [x, y] = [-3 + ((n % 15) * 6) / 14, -3 + (Math.floor(n / 15) * 6) / 14];
    const [dx, dy] = [y, -Math.sin(x) - 0.3 * y];
    return {
      angle: digit(x),
      rate: digit(y),
      direction: digit((Math.atan2(dx, dy) * 180) / Math.PI),
      speed: digit(Math.hypot(dx, dy)),
    };
  });
  return {
    name: "phase-plane",
    title: "Where the damped pendulum is driven",
    summary:
      "Direction and speed of the state at 225 places. All flows end at rest, angle 0; the fastest, 4.4 per second, start at the corners.",
    drawing: {
      kind: "chart",
      marks: [
        { mark: "vector", channels: { x: "angle", y: "rate", rotate: "direction", length: "speed", stroke: "speed" } },
      ],
      x: { label: "angle, rad" },
      y: { label: "rate, rad/s" },
      aspectRatio: 1,
      width: 520,
    },
    table: { rows },
  };
}

export function auxiliaryWeights(): Figure {
  const tasks = ["link", "attribute", "centrality", "cluster", "motif", "distance", "pagerank", "triangle", "degree"];
  const rows = tasks.flatMap((task, i) =>
    Array.from({ length: 12 }, (_, j) => ({
      task,
      epoch: 10 * j,
      weight: digit((0.2 + 0.6 * Math.abs(Math.sin(i + j / (4 + i)))) / 4),
    })),
  );
  return {
    name: "task-weights",
    title: "How much each auxiliary task counts",
    summary: "Weights of nine tasks over 110 epochs. No task keeps more than 20 % for long.",
    drawing: {
      kind: "chart",
      marks: [{ mark: "areaY", channels: { x: "epoch", y: "weight", fill: "task" } }],
      y: { label: "weight" },
    },
    table: { rows },
  };
}

export function graphDrawing(): Figure {
  const nodes = Array.from({ length: 18 }, (_, i) => ({
    id: i,
    x: digit(Math.cos((i * 2 * Math.PI) / 18) * (i % 2 === 0 ? 1 : 0.55)),
    y: digit(Math.sin((i * 2 * Math.PI) / 18) * (i % 2 === 0 ? 1 : 0.55)),
    community: ["a", "b", "c"][Math.floor(i / 6)],
    degree: 2 + (i % 4),
  }));
  const edges = nodes.flatMap((a, i) =>
    [1, 2 + (i % 3)].map((k) => {
      const b = nodes[(i + k) % 18];
      return { x1: a.x, y1: a.y, x2: b.x, y2: b.y, probability: digit(0.2 + 0.8 * Math.abs(Math.sin(i * k))) };
    }),
  );
  return {
    name: "learned-graph",
    title: "The graph that was learned",
    summary: "18 nodes in three communities and 36 edges; the thicker an edge, the more probable.",
    drawing: {
      kind: "chart",
      marks: [
        {
          mark: "link",
          rows: edges,
          channels: { x1: "x1", y1: "y1", x2: "x2", y2: "y2", strokeOpacity: "probability" },
        },
        { mark: "dot", channels: { x: "x", y: "y", fill: "community", r: "degree" } },
        { mark: "text", channels: { x: "x", y: "y", text: "id" }, options: { dy: -14 } },
      ],
      x: { label: "", tickFormat: "", domain: [-1.2, 1.2] },
      y: { label: "", tickFormat: "", domain: [-1.2, 1.2] },
      width: 460,
      aspectRatio: 1,
    },
    table: { rows: nodes },
  };
}

export function moleculeDrawing(): Figure {
  const corner = (i: number) =>
    [120 + 60 * Math.sin((i * Math.PI) / 3), 90 - 60 * Math.cos((i * Math.PI) / 3)].map((v) => v.toFixed(1));
  const bonds = Array.from(
    { length: 6 },
    (_, i) => `<line x1="${corner(i)[0]}" y1="${corner(i)[1]}" x2="${corner(i + 1)[0]}" y2="${corner(i + 1)[1]}"/>`,
  );
  return {
    name: "molecule",
    title: "Benzene",
    summary: "Six carbon atoms in a ring with delocalised bonds.",
    drawing: {
      kind: "svg",
      svg: `<svg viewBox="0 0 240 180" width="240" height="180" fill="none" stroke="currentColor" stroke-width="2">${bonds.join("")}<circle cx="120" cy="90" r="36"/></svg>`,
    },
    table: { rows: Array.from({ length: 6 }, (_, i) => ({ atom: i + 1, element: "C", charge: -0.062 })) },
  };
}

/** A torus that grows until its hole closes. */
export function growingTorus(): Figure {
  const points = 25;
  const radii = [0.25, 0.45, 0.65];
  const axes = ["x", "y", "z"].map((name) => ({ name, unit: "m", low: -1.5, high: 1.5, points }));
  const at = (i: number) => (3 * i) / (points - 1) - 1.5;
  const fields = radii.map((radius) =>
    Float32Array.from({ length: points ** 3 }, (_, i) => {
      const [x, y, z] = [at(Math.floor(i / points ** 2)), at(Math.floor(i / points) % points), at(i % points)];
      return Math.hypot(Math.hypot(x, y) - 0.8, z) - radius;
    }),
  );
  return {
    name: "torus",
    title: "The torus grows until its hole closes",
    summary: "The surface V = 0 over x, y and z, at three times: a torus whose tube grows from 0.25 m to 0.65 m.",
    drawing: packVolume({
      axes: axes as unknown as Parameters<typeof packVolume>[0]["axes"],
      quantity: "V",
      level: 0,
      label: "time",
      steps: fields.map((values, i) => ({ label: `${i} s`, values })),
    }),
    table: { rows: radii.map((radius, i) => ({ time: i, radius })) },
  };
}
