import type { Surface } from "./isosurface.ts";

type Vector = readonly [number, number, number];

/** A view from far away: where right, up and towards the viewer are in the scene. */
export interface View {
  readonly right: Vector;
  readonly up: Vector;
  readonly towards: Vector;
}

/** The view from a direction, degrees: azimuth around the third axis, elevation above the plane of the first two. */
export function viewFrom(azimuth: number, elevation: number): View {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  return {
    right: [-Math.sin(a), Math.cos(a), 0],
    up: [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)],
    towards: [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)],
  };
}

export const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Pixels `[height, width, 4]` of red, green, blue and opacity, and how the scene lies on them. */
interface RasterOptions {
  readonly view: View;
  readonly width: number;
  readonly height: number;
  /** Pixels for a unit of the scene, whose origin is in the middle. */
  readonly scale: number;
}

/** Colours of the surface's side of greater and of smaller values: Okabe and Ito's blue and orange. */
export const sideColors = { greater: [0, 114, 178], smaller: [230, 159, 0] } as const;

/** Shades of a colour that are told apart: few, so that the picture's file stays small. */
const shades = 40;

/** A surface as pixels, nearer parts before farther ones, lit from above the viewer's left shoulder; where there is none, transparent. */
export function rasterSurface(
  { positions, normals }: Surface,
  { view, width, height, scale }: RasterOptions,
): Uint8ClampedArray {
  const data = new Uint8ClampedArray(4 * width * height);
  const depth = new Float32Array(width * height).fill(Number.NEGATIVE_INFINITY);
  const light = [-0.35, 0.5, 0.79] as const;
  const at = (array: Float32Array, corner: number): Vector => [
    array[3 * corner],
    array[3 * corner + 1],
    array[3 * corner + 2],
  ];
  const seen = new Float32Array(12);

  for (let first = 0; first < positions.length / 3; first += 3) {
    for (let c = 0; c < 3; c++) {
      const [position, normal] = [at(positions, first + c), at(normals, first + c)];
      seen[4 * c] = width / 2 + scale * dot(position, view.right);
      seen[4 * c + 1] = height / 2 - scale * dot(position, view.up);
      seen[4 * c + 2] = dot(position, view.towards);
      // The sign tells which side is seen, the size how bright it is.
      const facing = dot(normal, view.towards);
      const lit = Math.abs(dot(normal, view.right) * light[0] + dot(normal, view.up) * light[1] + facing * light[2]);
      seen[4 * c + 3] = (facing >= 0 ? 1 : -1) * (0.3 + 0.7 * lit);
    }
    const [x1, y1, z1, s1, x2, y2, z2, s2, x3, y3, z3, s3] = seen;
    const area = (x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1);
    if (area === 0) continue;
    const isGreater = s1 + s2 + s3 >= 0;
    const color = isGreater ? sideColors.greater : sideColors.smaller;
    const [left, right] = [Math.max(0, Math.ceil(Math.min(x1, x2, x3))), Math.min(width - 1, Math.max(x1, x2, x3))];
    const [top, bottom] = [Math.max(0, Math.ceil(Math.min(y1, y2, y3))), Math.min(height - 1, Math.max(y1, y2, y3))];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const b = ((x - x1) * (y3 - y1) - (x3 - x1) * (y - y1)) / area;
        const c = ((x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)) / area;
        const a = 1 - b - c;
        if (a < -1e-6 || b < -1e-6 || c < -1e-6) continue;
        const z = a * z1 + b * z2 + c * z3;
        const pixel = y * width + x;
        if (z <= depth[pixel]) continue;
        depth[pixel] = z;
        const shade = Math.round(shades * Math.abs(a * Math.abs(s1) + b * Math.abs(s2) + c * Math.abs(s3))) / shades;
        for (let k = 0; k < 3; k++)
          data[4 * pixel + k] = 255 * (1 - (1 - color[k] / 255) * (0.35 + 0.65 * shade)) * shade ** 0.5;
        data[4 * pixel + 3] = 255;
      }
    }
  }
  return data;
}
