import type { NdArray } from "../../../engine/index.ts";
import { argMaxRows } from "./selection.ts";

/** The mean probability of each class among the rows labelled so; 2, which no probability reaches, for an absent class. */
function classThresholds(probabilities: NdArray<"float32">, labels: Int32Array): Float64Array {
  const [, classes] = probabilities.shape;
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, row) => {
    sums[label] += probabilities.data[row * classes + label];
    counts[label]++;
  });
  return sums.map((sum, c) => (counts[c] === 0 ? 2 : Math.max(sum / counts[c], 1e-6)));
}

/** For every row the class that it confidently belongs to, −1 where there is none. */
function confidentClasses(probabilities: NdArray<"float32">, labels: Int32Array): Int32Array {
  const [, classes] = probabilities.shape;
  const thresholds = classThresholds(probabilities, labels);
  const likeliest = argMaxRows(probabilities);
  return labels.map((_, row) => {
    let [reached, count] = [-1, 0];
    for (let c = 0; c < classes; c++) {
      if (probabilities.data[row * classes + c] < thresholds[c] - 1e-6) continue;
      reached = c;
      count++;
    }
    return count < 2 ? reached : likeliest[row];
  });
}

/** Counts of observed label (row) and confident class (column), each row scaled to the number of rows with that label. */
function calibratedJoint(labels: Int32Array, confident: Int32Array, classes: number): Float64Array {
  const joint = new Float64Array(classes * classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, row) => {
    counts[label]++;
    if (confident[row] >= 0) joint[label * classes + confident[row]]++;
  });
  for (let i = 0; i < classes; i++) {
    joint[i * classes + i] = Math.max(joint[i * classes + i], 1);
    const part = joint.subarray(i * classes, (i + 1) * classes);
    const sum = part.reduce((a, b) => a + b, 0);
    for (let j = 0; j < classes; j++) part[j] *= counts[i] / sum;
  }
  return joint;
}

/**
 * Confident learning's pruning by noise rate (Northcutt et al. 2021, https://arxiv.org/abs/1911.00068): for every pair of an observed label i
 * and another class j, the rows of label i with the largest margin `p_j − p_i`, as many as the calibrated confident joint says.
 * A row whose label is its likeliest class is never among them. `probabilities` `[n, k]` must be out of sample.
 * @returns 1 for every row that is to be left out
 */
export function confidentIssues(probabilities: NdArray<"float32">, labels: Int32Array): Uint8Array {
  const [, classes] = probabilities.shape;
  const { data } = probabilities;
  const joint = calibratedJoint(labels, confidentClasses(probabilities, labels), classes);
  const likeliest = argMaxRows(probabilities);
  const issues = new Uint8Array(labels.length);
  const members: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, row) => {
    members[label].push(row);
  });
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < classes; j++) {
      const count = i === j ? 0 : Math.round(joint[i * classes + j]);
      if (count === 0) continue;
      const margin = (row: number) => data[row * classes + j] - data[row * classes + i];
      const worst = [...members[i]].sort((a, b) => margin(b) - margin(a)).slice(0, count);
      for (const row of worst) if (likeliest[row] !== i) issues[row] = 1;
    }
  }
  return issues;
}
