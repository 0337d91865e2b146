/** A point on the line `x + t·d`: the function's value, its gradient, and its derivative along the line. */
export interface LinePoint {
  readonly t: number;
  readonly loss: number;
  readonly gradient: Float64Array;
  /** `gradient · d`. */
  readonly slope: number;
}

/** What a line search looks along. */
export interface Line {
  /** Where it begins, `t = 0`; the slope there is negative. */
  readonly start: LinePoint;
  readonly at: (t: number) => Promise<LinePoint>;
  /** `max |dᵢ|`: how far the farthest coordinate moves for a step of 1. */
  readonly reach: number;
}

/** The point found and how often the function was evaluated. */
export interface LineSearchResult {
  readonly point: LinePoint;
  readonly evaluations: number;
}

const [sufficientDecrease, curvature] = [1e-4, 0.9];
const maximalEvaluations = 25;
const smallestBracket = 1e-9;

/** Where the cubic through two points with their slopes has its minimum, kept within bounds (Nocedal & Wright 2006, eq. 3.59). */
export function cubicMinimum(
  a: LinePoint,
  b: LinePoint,
  [low, high] = [Math.min(a.t, b.t), Math.max(a.t, b.t)],
): number {
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const discriminant = d1 ** 2 - a.slope * b.slope;
  if (!(discriminant >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(discriminant);
  const minimum = right.t - ((right.t - left.t) * (right.slope + d2 - d1)) / (right.slope - left.slope + 2 * d2);
  return Math.min(Math.max(minimum, low), high);
}

type Bracket = readonly [lower: LinePoint, upper: LinePoint];

interface Search extends LineSearchResult {
  /** The point that satisfies the conditions, or two that enclose one. */
  readonly bracket: readonly [LinePoint] | Bracket;
}

const isTooHigh = ({ start }: Line, point: LinePoint): boolean =>
  point.loss > start.loss + sufficientDecrease * point.t * start.slope;
const isFlat = ({ start }: Line, point: LinePoint): boolean => Math.abs(point.slope) <= -curvature * start.slope;

/** Goes outwards until a point satisfies the conditions or two enclose one. */
async function enclose(line: Line, firstStep: number): Promise<Search> {
  let previous = line.start;
  let point = await line.at(firstStep);
  for (let round = 0; round < maximalEvaluations; round++) {
    const found = { point, evaluations: round + 1 };
    const isRising = round > 1 && point.loss >= previous.loss;
    if (isTooHigh(line, point) || isRising) return { ...found, bracket: [previous, point] };
    if (isFlat(line, point)) return { ...found, bracket: [point] };
    if (point.slope >= 0) return { ...found, bracket: [previous, point] };
    const bounds: [number, number] = [point.t + 0.01 * (point.t - previous.t), point.t * 10];
    const t = cubicMinimum(previous, point, bounds);
    previous = point;
    point = await line.at(t);
  }
  return { point, evaluations: maximalEvaluations + 1, bracket: [line.start, point] };
}

/** A step within the bracket, moved inwards where two in a row come close to an end. */
function trialStep([a, b]: Bracket, wasClose: boolean): { t: number; isClose: boolean } {
  const t = cubicMinimum(a, b);
  const [low, high] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
  const margin = 0.1 * (high - low);
  if (Math.min(high - t, t - low) >= margin) return { t, isClose: false };
  if (!wasClose && t < high && t > low) return { t, isClose: true };
  return { t: Math.abs(t - high) < Math.abs(t - low) ? high - margin : low + margin, isClose: false };
}

/**
 * A step along a line that satisfies the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6, with
 * c₁ = 1e-4 and c₂ = 0.9), step for step as PyTorch's L-BFGS searches. After 25 evaluations the lowest point so far is taken.
 */
export async function strongWolfe(line: Line, firstStep: number): Promise<LineSearchResult> {
  const search = await enclose(line, firstStep);
  if (search.bracket.length === 1) return { point: search.bracket[0], evaluations: search.evaluations };
  let { evaluations } = search;
  // PyTorch keeps the ends in place and swaps which is the low one; the order matters to the cubic only by rounding.
  let [low, high] =
    search.bracket[0].loss <= search.bracket[1].loss ? search.bracket : [search.bracket[1], search.bracket[0]];
  let isClose = false;
  while (evaluations <= maximalEvaluations && Math.abs(high.t - low.t) * line.reach >= smallestBracket) {
    const trial = trialStep([low, high], isClose);
    isClose = trial.isClose;
    const point = await line.at(trial.t);
    evaluations++;
    if (isTooHigh(line, point) || point.loss >= low.loss) {
      [low, high] = low.loss <= point.loss ? [low, point] : [point, low];
      continue;
    }
    if (isFlat(line, point)) return { point, evaluations };
    if (point.slope * (high.t - low.t) >= 0) high = low;
    low = point;
  }
  return { point: low, evaluations };
}
