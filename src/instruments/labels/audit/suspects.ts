import type { NdArray } from "../../../engine/index.ts";
import type { Neighbors } from "../../../math/nearest-neighbors.ts";
import { type LabelledProbabilities, scoreLabels } from "../confident-learning/index.ts";
import { likeliestClasses } from "../confident-learning/labelled-probabilities.ts";

/** Labels that are likely wrong, the surest first: columns of equal length. */
export interface Suspects {
  /** Places among the audited rows. */
  readonly places: Int32Array;
  readonly suggested: Int32Array;
  /** The out-of-sample probability of the suggested label. */
  readonly confidence: Float32Array;
  /** The out-of-sample probability of the given label. */
  readonly selfConfidence: Float32Array;
  /** `(p_ỹ − max_{k≠ỹ} p_k + 1) / 2`: what they are ranked by, lowest first. */
  readonly margin: Float32Array;
  /** The parts of the nearest rows that carry the given and the suggested label; without neighbours there are none. */
  readonly neighborsGiven?: Float32Array;
  readonly neighborsSuggested?: Float32Array;
}

/** One suspect with everything there is to say of it. */
export interface Suspect {
  /** From 1. */
  readonly rank: number;
  /** Its place among the audited rows. */
  readonly place: number;
  /** Its 1-based row in the source. */
  readonly row: number;
  readonly id?: string;
  readonly file?: string;
  readonly given: string;
  readonly suggested: string;
  readonly confidence: number;
  readonly selfConfidence: number;
  readonly margin: number;
  readonly neighborsGiven?: number;
  readonly neighborsSuggested?: number;
  /** The evidence in a sentence. */
  readonly why: string;
}

/** The part of each place's neighbours whose label is `wanted`. */
function support(
  neighbors: Neighbors,
  labels: Int32Array,
  places: Int32Array,
  wanted: (i: number) => number,
): Float32Array {
  const { indices, k } = neighbors;
  return Float32Array.from(places, (place, i) => {
    let [same, count] = [0, 0];
    for (let n = place * k; n < (place + 1) * k && indices.data[n] >= 0; n++, count++) {
      if (labels[indices.data[n]] === wanted(i)) same++;
    }
    return count > 0 ? same / count : 0;
  });
}

/** The rows marked in `issues`, ranked by the normalised margin. */
export function rankSuspects(labelled: LabelledProbabilities, issues: Uint8Array, neighbors?: Neighbors): Suspects {
  const { probabilities, labels } = labelled;
  const classes = probabilities.shape[1];
  const margins = scoreLabels(labelled, { score: "normalized-margin" });
  const places = Int32Array.from(issues.keys()).filter((row) => issues[row] === 1);
  places.sort((a, b) => margins[a] - margins[b] || a - b);
  const likeliest = likeliestClasses(probabilities);
  const suggested = places.map((place) => likeliest[place]);
  const probability = (kind: (i: number) => number) =>
    Float32Array.from(places, (place, i) => probabilities.data[place * classes + kind(i)]);
  return {
    ...{ places, suggested },
    confidence: probability((i) => suggested[i]),
    selfConfidence: probability((i) => labels[places[i]]),
    margin: Float32Array.from(places, (place) => margins[place]),
    ...(neighbors && {
      neighborsGiven: support(neighbors, labels, places, (i) => labels[places[i]]),
      neighborsSuggested: support(neighbors, labels, places, (i) => suggested[i]),
    }),
  };
}

/** What a suspect is told with. */
export interface SuspectSource {
  readonly suspects: Suspects;
  readonly labels: NdArray<"int32">;
  readonly classNames: readonly string[];
  readonly rows: Int32Array;
  readonly ids?: readonly string[];
  readonly files?: readonly string[];
}

const percent = (part: number) => `${Math.round(100 * part)} %`;

/** The suspect of a rank from 1, as an object; columns are faster where all are needed. */
export function suspectAt({ suspects, labels, classNames, rows, ids, files }: SuspectSource, rank: number): Suspect {
  const i = rank - 1;
  const place = suspects.places[i];
  const [given, suggested] = [classNames[labels.data[place]], classNames[suspects.suggested[i]]];
  const [confidence, selfConfidence] = [suspects.confidence[i], suspects.selfConfidence[i]];
  const near = { given: suspects.neighborsGiven?.[i], suggested: suspects.neighborsSuggested?.[i] };
  const model = `a model that has not seen this row gives "${suggested}" ${percent(confidence)} and "${given}" ${percent(selfConfidence)}`;
  const rest =
    near.given === undefined || near.suggested === undefined
      ? ""
      : `; of the nearest rows ${percent(near.suggested)} are labelled "${suggested}" and ${percent(near.given)} "${given}"`;
  return {
    ...{ rank, place, row: rows[place], id: ids?.[place], file: files?.[place], given, suggested },
    ...{ confidence, selfConfidence, margin: suspects.margin[i] },
    ...{ neighborsGiven: near.given, neighborsSuggested: near.suggested, why: model + rest },
  };
}
