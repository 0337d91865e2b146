/** Puts the value of rank `rank` (from 0, descending) in its place, larger ones before it; quickselect, in place. */
function select(values: Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1];
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank];
}

/**
 * Calls `take` with the places of the `count` largest values, ascending; of equal values the earlier ones are taken. The same places as a
 * stable sort's first, in linear time.
 */
export function largest(values: Float64Array, count: number, take: (place: number) => void): void {
  if (count <= 0) return;
  if (count >= values.length) {
    for (let i = 0; i < values.length; i++) take(i);
    return;
  }
  const bound = select(values.slice(), count - 1);
  let equal = count;
  for (let i = 0; i < values.length; i++) if (values[i] > bound) equal--;
  for (let i = 0; i < values.length; i++) {
    if (values[i] > bound) take(i);
    else if (values[i] === bound && equal-- > 0) take(i);
  }
}
