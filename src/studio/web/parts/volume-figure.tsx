import { useEffect, useRef, useState } from "preact/hooks";
import type { Figure, Volume } from "../../../lab/index.ts";
import { VolumeTurner } from "./volume-turner.tsx";

/** A still of one step, drawn when it is needed. */
function Still({ volume, figure, step }: VolumeFigureProps & { readonly step: number }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isGone = false;
    void import("../../../lab/figures/volume-still.ts").then(({ renderVolume }) => {
      const { name, title, summary } = figure;
      if (!isGone && box.current !== null) box.current.innerHTML = renderVolume(volume, step, { name, title, summary });
    });
    return () => {
      isGone = true;
    };
  }, [volume, figure, step]);
  return <div ref={box} class="drawing" style={{ minHeight: "320px" }} />;
}

interface VolumeFigureProps {
  readonly volume: Volume;
  readonly figure: Figure;
}

/** A surface over three axes: a still, or, once asked for and where the browser can, one to turn. */
export function VolumeFigure({ volume, figure }: VolumeFigureProps) {
  const { label, steps } = volume;
  const [step, setStep] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const [failure, setFailure] = useState<string>();
  return (
    <>
      <div class="tools">
        {steps.length > 1 && (
          <label class="slider">
            <span>
              {label}: <strong>{steps[step].label}</strong>
            </span>
            <input
              type="range"
              min="0"
              max={steps.length - 1}
              value={step}
              aria-valuetext={steps[step].label}
              onInput={(event) => setStep(Number(event.currentTarget.value))}
            />
          </label>
        )}
        {failure === undefined && (
          <button type="button" aria-pressed={isOpen} onClick={() => setIsOpen(!isOpen)}>
            Turn it
          </button>
        )}
      </div>
      {failure !== undefined && (
        <p class="warning" role="status">
          This browser draws no three-dimensional pictures ({failure}); this is the still one.
        </p>
      )}
      {isOpen && failure === undefined ? (
        <VolumeTurner volume={volume} step={step} title={figure.title} fail={setFailure} />
      ) : (
        <Still volume={volume} figure={figure} step={step} />
      )}
    </>
  );
}
