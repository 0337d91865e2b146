import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Figure, VolumeAxis } from "../figure.ts";
import { checkFigure } from "./check.ts";
import { renderDrawing } from "./drawing.ts";
import { isosurface } from "./isosurface.ts";
import { packVolume, sidesOf, unpackVolume } from "./volume.ts";

const axis = (name: string, points: number, unit?: string): VolumeAxis => ({ name, unit, low: -1, high: 1, points });
const axes = [axis("x", 9, "m"), axis("y", 11, "m"), axis("angle", 13, "rad")] as const;

/** The distance from the origin less a radius, on a grid over the box from −1 to 1. */
function ball(shape: readonly [number, number, number], radius: number): Float32Array {
  const [nx, ny, nz] = shape;
  return Float32Array.from({ length: nx * ny * nz }, (_, index) => {
    const at = [Math.floor(index / (ny * nz)), Math.floor(index / nz) % ny, index % nz];
    return Math.hypot(...at.map((i, a) => (2 * i) / (shape[a] - 1) - 1)) - radius;
  });
}

const packed = (radii: readonly number[]) =>
  packVolume({
    axes,
    quantity: "V",
    level: 0,
    label: "time",
    steps: radii.map((radius, i) => ({ label: `${i} s`, values: ball([9, 11, 13], radius) })),
  });

const figure = (radii: readonly number[]): Figure => ({
  name: "ball",
  title: "A ball",
  summary: "It grows.",
  drawing: packed(radii),
  table: { rows: radii.map((radius) => ({ radius })) },
});

describe("isosurface", () => {
  it("makes a ball's surface: radius, normals, area, and the volume inside, wound outwards", () => {
    const shape = [31, 27, 35] as const;
    const { positions, normals } = isosurface({ shape, values: ball(shape, 0.7), sides: [2, 2, 2] }, 0);
    let [area, volume] = [0, 0];
    for (let t = 0; t < positions.length; t += 9) {
      const [a, b, c] = [0, 3, 6].map((i) => positions.subarray(t + i, t + i + 3));
      const cross = [0, 1, 2].map((i) => {
        const [j, k] = [(i + 1) % 3, (i + 2) % 3];
        return (b[j] - a[j]) * (c[k] - a[k]) - (b[k] - a[k]) * (c[j] - a[j]);
      });
      area += Math.hypot(...cross) / 2;
      volume += cross.reduce((sum, part, i) => sum + part * a[i], 0) / 6;
    }
    for (let v = 0; v < positions.length; v += 3) {
      const [x, y, z] = positions.subarray(v, v + 3);
      expect(Math.abs(Math.hypot(x, y, z) - 0.7)).toBeLessThan(0.005);
      const outwards = (x * normals[v] + y * normals[v + 1] + z * normals[v + 2]) / Math.hypot(x, y, z);
      expect(outwards).toBeGreaterThan(0.99);
    }
    expect(Math.abs(area / (4 * Math.PI * 0.49) - 1)).toBeLessThan(0.01);
    expect(Math.abs(volume / ((4 / 3) * Math.PI * 0.343) - 1)).toBeLessThan(0.01);
  });

  it("leaves no hole: every side of a triangle inside the box belongs to two of them", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 64, maxLength: 64 }), (numbers) => {
        // A field of any signs in the middle of a box of ones: its surface is closed.
        const values = Float32Array.from({ length: 216 }, () => 1);
        numbers.forEach((value, i) => {
          values[(Math.floor(i / 16) + 1) * 36 + ((Math.floor(i / 4) % 4) + 1) * 6 + (i % 4) + 1] = value + 0.5;
        });
        const { positions } = isosurface({ shape: [6, 6, 6], values, sides: [1, 1, 1] }, 0);
        const places = Array.from({ length: positions.length / 3 }, (_, i) =>
          Array.from(positions.subarray(3 * i, 3 * i + 3), (v) => v.toFixed(6)).join(),
        );
        const count = new Map<string, number>();
        for (let t = 0; t < places.length; t += 3) {
          const corners = places.slice(t, t + 3);
          for (let i = 0; i < 3; i++) {
            const side = [corners[i], corners[(i + 1) % 3]].sort().join(" ");
            count.set(side, (count.get(side) ?? 0) + 1);
          }
        }
        expect([...count.values()].filter((n) => n % 2 !== 0)).toEqual([]);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe("volumes", () => {
  it("keep samples to a part in 65535 of their range, and which side of the level they are on", () => {
    const volume = packed([0.5]);
    const [low, high] = volume.range;
    const kept = unpackVolume(volume, 0);
    ball([9, 11, 13], 0.5).forEach((value, i) => {
      expect(Math.abs(kept[i] - value)).toBeLessThanOrEqual((high - low) / 65_535);
      expect(kept[i] <= 0).toBe(value <= 0);
    });
    expect(volume.steps[0].values.length).toBeLessThan(2.7 * kept.length + 4);
  });

  it("cut what is infinite or far away to a range around the level", () => {
    const values = ball([9, 11, 13], 0.5);
    values.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e9]);
    const volume = packVolume({ axes, quantity: "V", level: 0, label: "t", steps: [{ label: "0", values }] });
    const [low, high] = volume.range;
    expect([low < 0, high < 10]).toEqual([true, true]);
    const kept = unpackVolume(volume, 0);
    expect([...kept.subarray(0, 4)].map((v) => Number(v.toFixed(6)))).toEqual(
      [high, low, high, high].map((v) => Number(v.toFixed(6))),
    );
  });

  it("have a level inside their range even where the field is on one side of it", () => {
    for (const value of [3, -3, 0]) {
      const values = new Float32Array(9 * 11 * 13).fill(value);
      const volume = packVolume({ axes, quantity: "V", level: 0, label: "t", steps: [{ label: "0", values }] });
      expect(() => checkFigure({ ...figure([0.5]), drawing: volume })).not.toThrow();
    }
  });

  it("draw axes of one unit in proportion, others as long as the longest", () => {
    expect(sidesOf([{ ...axes[0], high: 3 }, axes[1], axes[2]])).toEqual([1, 0.5, 1]);
  });

  it("are drawn as stills, one for each step, with their axes, the sides' colours and what is to be seen", () => {
    const html = renderDrawing(figure([0.3, 0.6]));
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html.match(/href="data:image\/png;base64,[^"]{2000,}"/g)).toHaveLength(2);
    expect(html).toContain('data-label="time"');
    for (const text of ["x, m", "angle, rad", "−1", "seen from V &#62; 0", "A ball: time 1 s", "It grows."]) {
      expect(html).toContain(text);
    }
    expect(html).not.toMatch(/NaN|undefined/);
    expect(renderDrawing(figure([0.6]))).not.toContain("frames");
  });

  it("are refused with what is wrong", () => {
    const { drawing, ...rest } = figure([0.5]);
    const volume = drawing as ReturnType<typeof packed>;
    const told = (change: object) => {
      try {
        checkFigure({ ...rest, drawing: { ...volume, ...change } });
      } catch (error) {
        return (error as Error).message;
      }
      return "none";
    };
    expect(told({ level: 7 })).toContain("expected a level within the range of the samples; got 7 in");
    expect(told({ steps: [] })).toContain("no steps");
    expect(told({ steps: [{ label: "0 s", values: "AAAA" }] })).toContain("expected 1287 samples; got 1.5");
    expect(told({ axes: [axes[0], axes[1], { ...axes[2], points: 1 }] })).toContain("axis angle: expected finite");
  });
});
