/** Whether a lower or a higher value of a metric is better. */
export type Direction = "lower" | "higher";

/** A value and the number of steps after which it was measured. */
export interface Measurement {
  readonly value: number;
  readonly step: number;
}

/** The last and the best value of a metric. */
export interface MetricRecord {
  readonly direction: Direction;
  readonly last: Measurement;
  /** The first among equals; a value that is not a number is never the best. */
  readonly best: Measurement;
}

/** The record with one more measurement. */
export function measured(record: MetricRecord | undefined, direction: Direction, last: Measurement): MetricRecord {
  if (record === undefined) return { direction, last, best: last };
  const gain = direction === "lower" ? record.best.value - last.value : last.value - record.best.value;
  const isBetter = gain > 0 || (Number.isNaN(record.best.value) && !Number.isNaN(last.value));
  return { direction, last, best: isBetter ? last : record.best };
}
