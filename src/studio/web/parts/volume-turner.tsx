import { useEffect, useRef, useState } from "preact/hooks";
import { stillView } from "../../../lab/figures/volume.ts";
import type { Volume } from "../../../lab/index.ts";
import { formatValue } from "../state/format.ts";
import { useTheme } from "../state/use-theme.ts";
import type { PlacedLabel, VolumeScene, VolumeView } from "./volume-scene.ts";

const begin: VolumeView = { ...stillView, zoom: 1 };
/** Degrees that a key or a pixel turns it. */
const [byKey, byPixel] = [7.5, 0.4];

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The view turned by degrees and enlarged. */
function moved({ azimuth, elevation, zoom }: VolumeView, { right = 0, up = 0, by = 1 }): VolumeView {
  return {
    azimuth: ((((azimuth + right + 180) % 360) + 360) % 360) - 180,
    elevation: clamp(elevation + up, -89, 89),
    zoom: clamp(zoom * by, 0.4, 6),
  };
}

const moves: Readonly<Record<string, { readonly name: string; readonly sign: string; readonly move: object }>> = {
  ArrowLeft: { name: "Turn left", sign: "←", move: { right: -byKey } },
  ArrowRight: { name: "Turn right", sign: "→", move: { right: byKey } },
  ArrowUp: { name: "Turn up", sign: "↑", move: { up: byKey } },
  ArrowDown: { name: "Turn down", sign: "↓", move: { up: -byKey } },
  "+": { name: "Enlarge", sign: "+", move: { by: 1.15 } },
  "-": { name: "Shrink", sign: "−", move: { by: 1 / 1.15 } },
};

interface VolumeTurnerProps {
  readonly volume: Volume;
  readonly step: number;
  readonly title: string;
  /** Told why there can be no such picture. */
  readonly fail: (why: string) => void;
}

/** The surface on a canvas: turned by mouse, keys or buttons, at a level that one chooses. */
export function VolumeTurner({ volume, step, title, fail }: VolumeTurnerProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [scene, setScene] = useState<VolumeScene>();
  const [view, setView] = useState(begin);
  const [level, setLevel] = useState(volume.level);
  const [labels, setLabels] = useState<readonly PlacedLabel[]>([]);
  const [triangles, setTriangles] = useState(0);
  const [width, setWidth] = useState(640);
  const theme = useTheme();

  useEffect(() => {
    let made: VolumeScene | undefined;
    let isGone = false;
    import("./volume-scene.ts")
      .then(({ VolumeScene: Scene }) => {
        if (isGone || canvas.current === null) return;
        made = new Scene(canvas.current, volume);
        setScene(made);
      })
      .catch((cause: Error) => fail(cause.message));
    return () => {
      isGone = true;
      made?.dispose();
    };
  }, [volume]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const fit = new ResizeObserver(() => setWidth(element.clientWidth));
    fit.observe(element);
    return () => fit.disconnect();
  }, []);
  useEffect(() => {
    if (scene !== undefined) setTriangles(scene.show({ step, level }));
  }, [scene, step, level]);
  useEffect(() => {
    if (scene === undefined) return;
    scene.setInk(getComputedStyle(document.body).color);
    scene.resize(width, 500);
    setLabels(scene.draw(view));
  }, [scene, step, level, view, width, theme]);

  const press = (event: KeyboardEvent) => {
    const found = moves[event.key === "=" ? "+" : event.key];
    if (found === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    setView(moved(view, found.move));
  };
  const drag = (event: PointerEvent) => {
    if (event.buttons !== 1) return;
    const { movementX, movementY } = event;
    setView((before) => moved(before, { right: -byPixel * movementX, up: byPixel * movementY }));
  };
  const [low, high] = volume.range;
  const { quantity } = volume;
  const words = `${title}. Surface ${quantity} = ${formatValue(level)} at ${volume.label} ${volume.steps[step].label}: ${formatValue(triangles)} triangles. Seen from ${Math.round(view.azimuth)}° around, ${Math.round(view.elevation)}° above.`;
  return (
    <>
      <label class="slider">
        <span>
          level: <strong>{`${quantity} = ${formatValue(level)}`}</strong>
        </span>
        <input
          type="range"
          min={low}
          max={high}
          step={(high - low) / 200}
          value={level}
          aria-valuetext={`${quantity} = ${formatValue(level)}`}
          onInput={(event) => setLevel(Number(event.currentTarget.value))}
        />
        <button type="button" class="quiet" onClick={() => setLevel(volume.level)}>
          {`Back to ${formatValue(volume.level)}`}
        </button>
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what it shows is turned by keys */}
      <div ref={box} class="turner" role="application" tabIndex={0} aria-label={words} onKeyDown={press}>
        <canvas
          ref={canvas}
          onPointerMove={drag}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        />
        {labels.map(({ text, x, y }, i) => (
          <span key={String(i)} aria-hidden="true" style={{ left: `${x}px`, top: `${y}px` }}>
            {text}
          </span>
        ))}
      </div>
      <div class="actions">
        {Object.entries(moves).map(([key, { name, sign, move }]) => (
          <button key={key} type="button" aria-label={name} onClick={() => setView(moved(view, move))}>
            {sign}
          </button>
        ))}
        <button type="button" onClick={() => setView(begin)}>
          As at first
        </button>
        <span class="muted">
          Drag it, or turn it by the arrow keys; <kbd>+</kbd> and <kbd>-</kbd> change its size. Blue faces greater
          values, orange smaller ones.
        </span>
      </div>
    </>
  );
}
