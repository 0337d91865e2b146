import type { Measurement } from "../../nn/index.ts";
import { downSample } from "./down-sample.ts";
import { Html } from "./html.ts";

const [width, height, margin] = [132, 30, 4];

/** A metric's course as a small line with its best value marked; the numbers beside it say the rest. Nothing for a single value. */
export function sparkline(points: readonly Measurement[], best: Measurement): Html | undefined {
  const shown = downSample(points, 160);
  if (shown.length < 2) return undefined;
  const values = shown.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [shown[0].step, shown[shown.length - 1].step];
  const xOf = (step: number) => margin + ((step - first) / (last - first || 1)) * (width - 2 * margin);
  const yOf = (value: number) => height - margin - ((value - low) / (high - low || 1)) * (height - 2 * margin);
  const place = ({ step, value }: Measurement) => `${xOf(step).toFixed(1)},${yOf(value).toFixed(1)}`;
  const path = shown.map(place).join(" ");
  const [x, y] = Number.isFinite(best.value) ? place(best).split(",") : [-9, -9];
  return new Html(
    `<svg class="spark" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true"><polyline points="${path}"/><circle cx="${x}" cy="${y}" r="3"/></svg>`,
  );
}
