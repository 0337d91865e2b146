import {
  AmbientLight,
  BackSide,
  BufferAttribute,
  BufferGeometry,
  DirectionalLight,
  FrontSide,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshLambertMaterial,
  OrthographicCamera,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { isosurface } from "../../../lab/figures/isosurface.ts";
import { sideColors, viewFrom } from "../../../lab/figures/raster-surface.ts";
import { axisLabel, sidesOf, unpackVolume } from "../../../lab/figures/volume.ts";
import type { Volume } from "../../../lab/index.ts";

/** Where the scene is looked at from, degrees, and how large it is. */
export interface VolumeView {
  readonly azimuth: number;
  readonly elevation: number;
  readonly zoom: number;
}

/** What the scene shows. */
export interface ShownSurface {
  readonly step: number;
  readonly level: number;
}

/** A text at a place of the canvas, pixels. */
export interface PlacedLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

type Corner = readonly [number, number, number];

const cube: readonly Corner[] = Array.from({ length: 8 }, (_, i) => [i >> 2, (i >> 1) & 1, i & 1]);

/** The box's twelve edges, and where the ends and names of its axes are written. */
function frameOf({ axes }: Volume, sides: Corner) {
  const place = (corner: readonly number[]) => new Vector3(...corner.map((c, axis) => (c - 0.5) * sides[axis]));
  const edges = cube.flatMap((from, i) =>
    cube
      .slice(i + 1)
      .filter((to) => from.filter((c, axis) => c !== to[axis]).length === 1)
      .flatMap((to) => [place(from), place(to)]),
  );
  const labels = axes.flatMap((axis, a) => {
    const at = (share: number) => {
      const corner = [a === 1 ? 1.06 : -0.06, a === 0 ? -0.06 : a === 1 ? 0 : -0.06, a === 2 ? 0 : -0.06];
      return place(corner.with(a, share));
    };
    const short = (value: number) => String(Number(value.toPrecision(3)));
    return [
      { text: short(axis.low), at: at(0.04) },
      { text: axisLabel(axis), at: at(0.5) },
      { text: short(axis.high), at: at(0.96) },
    ];
  });
  return { edges, labels };
}

/**
 * A volume's surface on a canvas, to be turned.
 * @throws Error where the browser has no WebGL.
 */
export class VolumeScene {
  readonly #volume: Volume;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new OrthographicCamera();
  readonly #geometry = new BufferGeometry();
  readonly #line = new LineBasicMaterial({ transparent: true, opacity: 0.5 });
  readonly #labels: readonly { readonly text: string; readonly at: Vector3 }[];
  #size: readonly [number, number] = [1, 1];

  constructor(canvas: HTMLCanvasElement, volume: Volume) {
    this.#volume = volume;
    this.#renderer = new WebGLRenderer({ canvas, alpha: true, antialias: true });
    const { edges, labels } = frameOf(volume, sidesOf(volume.axes));
    this.#labels = labels;
    this.#scene.add(new LineSegments(new BufferGeometry().setFromPoints(edges), this.#line));
    for (const [side, [r, g, b]] of [
      [FrontSide, sideColors.greater],
      [BackSide, sideColors.smaller],
    ] as const) {
      const material = new MeshLambertMaterial({ side });
      material.color.setRGB(r / 255, g / 255, b / 255, "srgb");
      this.#scene.add(new Mesh(this.#geometry, material));
    }
    const lamp = new DirectionalLight(0xffffff, 2.2);
    lamp.position.set(-0.35, 0.5, 0.79);
    this.#camera.add(lamp);
    this.#scene.add(this.#camera, new AmbientLight(0xffffff, 1.4));
    this.#camera.up.set(0, 0, 1);
  }

  /** Takes another level or step. @returns triangles of its surface */
  show({ step, level }: ShownSurface): number {
    const { axes } = this.#volume;
    const shape = axes.map(({ points }) => points) as unknown as Corner;
    const field = { shape, sides: sidesOf(axes), values: unpackVolume(this.#volume, step) };
    const { positions, normals } = isosurface(field, level);
    this.#geometry.setAttribute("position", new BufferAttribute(positions, 3));
    this.#geometry.setAttribute("normal", new BufferAttribute(normals, 3));
    this.#geometry.computeBoundingSphere();
    return positions.length / 9;
  }

  /** The colour of the box, a CSS colour. */
  setInk(color: string): void {
    this.#line.color.setStyle(color);
  }

  resize(width: number, height: number): void {
    this.#size = [width, height];
    this.#renderer.setPixelRatio(Math.min(2, devicePixelRatio));
    this.#renderer.setSize(width, height, false);
  }

  /** Draws the scene. @returns the texts beside it, where they stand */
  draw({ azimuth, elevation, zoom }: VolumeView): PlacedLabel[] {
    const [width, height] = this.#size;
    const half = 0.9 / zoom;
    Object.assign(this.#camera, {
      left: (-half * width) / height,
      right: (half * width) / height,
      top: half,
      bottom: -half,
    });
    Object.assign(this.#camera, { near: 0.1, far: 10 });
    this.#camera.position.set(...viewFrom(azimuth, elevation).towards).multiplyScalar(4);
    this.#camera.lookAt(0, 0, 0);
    this.#camera.updateProjectionMatrix();
    this.#renderer.render(this.#scene, this.#camera);
    return this.#labels.map(({ text, at }) => {
      const { x, y } = at.clone().project(this.#camera);
      return { text, x: ((x + 1) * width) / 2, y: ((1 - y) * height) / 2 };
    });
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#renderer.dispose();
  }
}
