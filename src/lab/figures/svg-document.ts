import { parseHTML } from "linkedom";
import { pngUriOfRgba } from "./png.ts";

/** What Observable Plot's `raster` asks of a canvas: a place to put pixels, and their PNG. */
class PixelCanvas {
  width = 0;
  height = 0;
  #pixels: Uint8ClampedArray = new Uint8ClampedArray(0);

  getContext() {
    return {
      createImageData: (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(4 * width * height),
      }),
      putImageData: ({ data }: { readonly data: Uint8ClampedArray }) => {
        this.#pixels = data;
      },
    };
  }

  toDataURL(): string {
    return pngUriOfRgba(this.#pixels, this.width, this.height);
  }
}

let shared: object | undefined;

/** A document to draw charts in where there is no browser. It keeps nothing: charts are read from their elements. */
export function svgDocument(): object {
  if (shared !== undefined) return shared;
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const createElement = document.createElement.bind(document);
  Object.assign(document, {
    createElement: (name: string) => (name === "canvas" ? new PixelCanvas() : createElement(name)),
  });
  shared = document;
  return shared;
}
