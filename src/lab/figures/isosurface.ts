/** A scalar field in a box around the origin. */
export interface Field {
  /** Samples along each axis, at least 2. */
  readonly shape: readonly [number, number, number];
  /** `[n₁ · n₂ · n₃]`, the last axis's samples next to each other. */
  readonly values: Float32Array;
  /** Lengths of the box's sides. */
  readonly sides: readonly [number, number, number];
}

/**
 * Triangles of a surface: three corners of three coordinates each, counter-clockwise seen from where the field is greater, and for each
 * corner the direction in which the field grows, of length 1.
 */
export interface Surface {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
}

/** The corners of a cell as steps along the axes, and its six tetrahedra around the diagonal from corner 0 to corner 7. */
const corners = Array.from({ length: 8 }, (_, i) => [i >> 2, (i >> 1) & 1, i & 1] as const);
const tetrahedra = [
  [0, 4, 6, 7],
  [0, 6, 2, 7],
  [0, 2, 3, 7],
  [0, 3, 1, 7],
  [0, 1, 5, 7],
  [0, 5, 4, 7],
] as const;

/** Where the surface cuts a tetrahedron by which corners are inside: pairs of corners, three for a triangle, four around a quadrilateral. */
function cutsOf(inside: readonly number[], outside: readonly number[]): (readonly [number, number])[] {
  if (inside.length === 1) return outside.map((o) => [inside[0], o]);
  if (inside.length === 3) return inside.map((i) => [i, outside[0]]);
  const [[a, b], [c, d]] = [inside, outside];
  return [
    [a, c],
    [a, d],
    [b, d],
    [b, c],
  ];
}

const cuts = Array.from({ length: 16 }, (_, mask) => {
  const [inside, outside] = [[] as number[], [] as number[]];
  for (let i = 0; i < 4; i++) ((mask >> i) & 1 ? inside : outside).push(i);
  return mask === 0 || mask === 15 ? [] : cutsOf(inside, outside);
});

/** The gradient of the field at each sample, central differences, one-sided at the ends. */
function gradients({ shape, values, sides }: Field): Float32Array {
  const strides = [shape[1] * shape[2], shape[2], 1];
  const result = new Float32Array(3 * values.length);
  for (let index = 0; index < values.length; index++) {
    for (let axis = 0; axis < 3; axis++) {
      const i = Math.floor(index / strides[axis]) % shape[axis];
      const [before, after] = [Math.max(0, i - 1), Math.min(shape[axis] - 1, i + 1)];
      const change = values[index + (after - i) * strides[axis]] - values[index - (i - before) * strides[axis]];
      result[3 * index + axis] = (change * (shape[axis] - 1)) / ((after - before) * sides[axis]);
    }
  }
  return result;
}

/** Turns the last triangle around where it is wound against its normals. */
function wind(positions: number[], normals: number[]): void {
  const last = positions.length - 9;
  const [ax, ay, az, bx, by, bz, cx, cy, cz] = positions.slice(last);
  const [ux, uy, uz, vx, vy, vz] = [bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az];
  const cross = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  let along = 0;
  for (let i = 0; i < 9; i++) along += cross[i % 3] * normals[last + i];
  if (along >= 0) return;
  for (const list of [positions, normals]) {
    for (let axis = 0; axis < 3; axis++) {
      const [second, third] = [last + 3 + axis, last + 6 + axis];
      [list[second], list[third]] = [list[third], list[second]];
    }
  }
}

/**
 * The surface where a field has a value, by marching tetrahedra: every cell is cut into six, which leaves no ambiguous case and no hole.
 * The box is centred on the origin; the surface is open where it meets the box. Doi and Koide 1991, IEICE Transactions E74(1).
 */
export function isosurface(field: Field, level: number): Surface {
  const { shape, values, sides } = field;
  const [, ny, nz] = shape;
  const slopes = gradients(field);
  const [positions, normals]: [number[], number[]] = [[], []];
  const place = new Int32Array(8);

  const addCorner = (i: number, j: number) => {
    const [p, q] = [place[i], place[j]];
    const part = (level - values[p]) / (values[q] - values[p]);
    const normal = [0, 0, 0];
    const strides = [ny * nz, nz, 1];
    for (let axis = 0; axis < 3; axis++) {
      const at = (index: number) => Math.floor(index / strides[axis]) % shape[axis];
      const steps = at(p) + part * (at(q) - at(p));
      positions.push((steps / (shape[axis] - 1) - 0.5) * sides[axis]);
      normal[axis] = slopes[3 * p + axis] + part * (slopes[3 * q + axis] - slopes[3 * p + axis]);
    }
    const length = Math.hypot(...normal) || 1;
    normals.push(normal[0] / length, normal[1] / length, normal[2] / length);
  };

  for (let x = 0; x + 1 < shape[0]; x++) {
    for (let y = 0; y + 1 < ny; y++) {
      for (let z = 0; z + 1 < nz; z++) {
        let count = 0;
        for (let c = 0; c < 8; c++) {
          place[c] = ((x + corners[c][0]) * ny + y + corners[c][1]) * nz + z + corners[c][2];
          if (values[place[c]] <= level) count++;
        }
        if (count === 0 || count === 8) continue;
        for (const tetrahedron of tetrahedra) {
          let mask = 0;
          for (let i = 0; i < 4; i++) if (values[place[tetrahedron[i]]] <= level) mask |= 1 << i;
          const around = cuts[mask];
          for (let k = 1; k + 1 < around.length; k++) {
            for (const [i, j] of [around[0], around[k], around[k + 1]]) addCorner(tetrahedron[i], tetrahedron[j]);
            wind(positions, normals);
          }
        }
      }
    }
  }
  return { positions: Float32Array.from(positions), normals: Float32Array.from(normals) };
}
