import { OrreryError } from "../../errors.ts";
import { hintForName } from "../../nearest-name.ts";
import { type MetricRecord, measured } from "../../nn/index.ts";
import type { MetricDeclaration } from "../job.ts";
import { LineWriter, numberFromJson, numberToJson, readLines } from "./json-lines.ts";

/** Metrics of one step. */
export interface MetricPoint {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

type Declarations = Readonly<Record<string, MetricDeclaration>>;

/** The declaration of a metric, whose name may have prefixes: `elr/testAccuracy`. */
export function declarationOf(declarations: Declarations, name: string): MetricDeclaration | undefined {
  return declarations[name.slice(name.lastIndexOf("/") + 1)];
}

/** A line of `metrics.ndjson`. */
export function parsePoint(line: string): MetricPoint {
  const { step, values } = JSON.parse(line) as { step: number; values: Record<string, number | string> };
  // Nearly all values are numbers as they stand.
  for (const name in values) {
    if (typeof values[name] === "string") values[name] = numberFromJson(values[name]);
  }
  return { step, values: values as Record<string, number> };
}

/** All metrics of a run's `metrics.ndjson`, in the order of measurement. */
export function readMetrics(path: string): MetricPoint[] {
  return readLines(path).map(parsePoint);
}

const placeOf = (step: number, values: object) => `${step} ${Object.keys(values).join(" ")}`;

/**
 * The append-only log of metrics. It holds no times, so that a run that was killed and resumed has the same bytes as one
 * that was not: what a resumed run measures again is compared with what is there, not written twice.
 */
export class MetricLog {
  readonly #writer: LineWriter;
  readonly #declarations: Declarations;
  readonly #known = new Map<string, string>();
  #records: Readonly<Record<string, MetricRecord>> = {};

  constructor(path: string, declarations: Declarations) {
    this.#declarations = declarations;
    this.#writer = new LineWriter(path);
    for (const line of readLines(path)) {
      const point = parsePoint(line);
      this.#known.set(placeOf(point.step, point.values), line);
      this.#record(point);
    }
  }

  /** Best and last of every metric so far. */
  get records(): Readonly<Record<string, MetricRecord>> {
    return this.#records;
  }

  /**
   * Notes a point.
   * @returns `written`; `known` when a resumed run has come to a point that is there; `different` when that point was measured otherwise
   * @throws OrreryError `argument` for an undeclared name or a step that is no whole number.
   */
  append(point: MetricPoint): "written" | "known" | "different" {
    this.#check(point);
    const line = JSON.stringify(point, numberToJson);
    const place = placeOf(point.step, point.values);
    const known = this.#known.get(place);
    if (known !== undefined) {
      this.#known.delete(place);
      return known === line ? "known" : "different";
    }
    this.#writer.append(line);
    this.#record(point);
    return "written";
  }

  close(): void {
    this.#writer.close();
  }

  #check({ step, values }: MetricPoint): void {
    if (!Number.isInteger(step) || step < 0) {
      throw new OrreryError("argument", `metrics: expected a whole number of steps; got ${step}`);
    }
    for (const name of Object.keys(values)) {
      if (declarationOf(this.#declarations, name) !== undefined) continue;
      throw new OrreryError("argument", `metrics: "${name}" is not declared by the job`, {
        hint: hintForName(name, Object.keys(this.#declarations), "Declared"),
      });
    }
  }

  #record({ step, values }: MetricPoint): void {
    const entries = Object.entries(values).map(([name, value]) => {
      const { direction } = declarationOf(this.#declarations, name) ?? { direction: "lower" as const };
      return [name, measured(this.#records[name], direction, { value, step })] as const;
    });
    this.#records = { ...this.#records, ...Object.fromEntries(entries) };
  }
}
