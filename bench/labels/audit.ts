import { key, NdArray, sampleUniform } from "../../src/engine/index.ts";
import { auditLabels } from "../../src/instruments/labels/audit/index.ts";
import { type BenchResult, type BenchRow, rowOf } from "../result.ts";

/** Probabilities that lean to a true class, and labels of which a fifth are wrong. */
function generated(rows: number, classes: number) {
  const draws = sampleUniform(key(rows), rows * (classes + 4), "float32");
  const data = new Float32Array(rows * classes);
  const labels = new Int32Array(rows);
  for (let row = 0, next = 0; row < rows; row++) {
    const truth = Math.floor(draws[next++] * classes);
    labels[row] = draws[next++] < 0.2 ? Math.floor(draws[next++] * classes) : truth;
    let sum = 0;
    const lead = draws[next++] * classes;
    for (let k = 0; k < classes; k++) {
      data[row * classes + k] = draws[next++] ** 4 + (k === truth ? lead : 0);
      sum += data[row * classes + k];
    }
    for (let k = 0; k < classes; k++) data[row * classes + k] /= sum;
  }
  const classNames = Array.from({ length: classes }, (_, k) => String(k));
  return {
    labels: new NdArray<"int32">(labels),
    classNames,
    probabilities: new NdArray<"float32">(data, [rows, classes]),
  };
}

const megabytes = () => process.memoryUsage().rss / 2 ** 20;

/** Seconds and memory of an audit of the user's own probabilities: the whole call, the first of the process. */
export async function benchAudit(): Promise<BenchResult> {
  const rows: BenchRow[] = [];
  for (const [count, classes, target] of [
    [50_000, 10, 0.5],
    [200_000, 100, 10],
  ] as const) {
    const input = generated(count, classes);
    const before = megabytes();
    const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()];
    const result = await auditLabels(input, { key: key(1) });
    const seconds = (performance.now() - startedAt) / 1000;
    const { user, system } = process.cpuUsage(cpuBefore);
    const note = `processor time ${((user + system) / 1e6).toFixed(2)} s; memory of the process ${megabytes().toFixed(0)} MB, ${before.toFixed(0)} MB before the audit; ${result.suspects.places.length} suspects`;
    rows.push(rowOf(`${count} × ${classes} probabilities: whole audit, s (target ${target})`, seconds, null, { note }));
  }
  return { question: "how long does an audit of given probabilities take?", rows };
}
