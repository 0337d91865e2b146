/**
 * What reports do beside being read: a slider for frames, figures saved as SVG, PNG (twice the size) and CSV, commands copied, scrolling by
 * keyboard where something does not fit. Plain JavaScript that any browser of the last years runs; without it everything is shown.
 */
export const reportScript = String.raw`(() => {
"use strict";
const ink = "#1b1e23", paper = "#ffffff", namespace = "http://www.w3.org/2000/svg";
document.documentElement.classList.add("scripted");

const element = (name, attributes = {}, text) => {
  const made = document.createElementNS(namespace, name);
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  if (text !== undefined) made.textContent = text;
  return made;
};

for (const group of document.querySelectorAll(".frames")) {
  const frames = [...group.querySelectorAll(":scope > .frame")];
  if (frames.length < 2) continue;
  const name = group.dataset.label;
  const slider = document.createElement("div");
  slider.className = "slider";
  slider.innerHTML = '<label><span></span><input type="range" min="0" step="1"><output></output></label>';
  slider.querySelector("span").textContent = name;
  const input = slider.querySelector("input"), output = slider.querySelector("output");
  const show = () => {
    const chosen = Number(input.value);
    frames.forEach((frame, i) => frame.classList.toggle("off", i !== chosen));
    const text = frames[chosen].querySelector(".frame-label").textContent.slice(name.length).trim();
    output.textContent = text;
    input.setAttribute("aria-valuetext", text);
  };
  input.max = frames.length - 1;
  input.value = 0;
  input.addEventListener("input", show);
  show();
  group.classList.add("slided");
  group.before(slider);
}

const standing = (drawing) => {
  const shown = drawing.querySelector(".frame:not(.off)") ?? drawing;
  const chart = shown.querySelector(".chart > svg");
  return finish(chart ? chart.cloneNode(true) : composed(shown), chart);
};

/** Paper and ink of its own, and size, so that it looks the same everywhere. */
const finish = (svg, chart) => {
  const box = (svg.getAttribute("viewBox") ?? "0 0 640 360").split(/[\s,]+/).map(Number);
  const [x, y, width, height] = box, margin = 12;
  svg.setAttribute("xmlns", namespace);
  svg.setAttribute("viewBox", [x - margin, y - margin, width + 2 * margin, height + 2 * margin].join(" "));
  svg.setAttribute("width", width + 2 * margin);
  svg.setAttribute("height", height + 2 * margin);
  svg.setAttribute("style", "color:" + ink);
  svg.setAttribute("font-family", getComputedStyle(chart ?? document.body).fontFamily);
  svg.prepend(element("rect", { x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin, fill: paper, stroke: "none" }));
  return new XMLSerializer().serializeToString(svg).replace(/var\(--plot-background[^)]*\)/g, paper);
};

/** Pictures and words where they stand on the page, as far as they are in sight. */
const composed = (root) => {
  const holder = root.querySelector(".scroll, pre, ul") ?? root;
  const frame = holder.getBoundingClientRect();
  const svg = element("svg", { viewBox: [0, 0, Math.ceil(frame.width), Math.ceil(frame.height)].join(" ") });
  const isSeen = (r) => r.width > 0 && r.left >= frame.left - 1 && r.top >= frame.top - 1 && r.right <= frame.right + 1 && r.bottom <= frame.bottom + 1;
  for (const image of holder.querySelectorAll("img")) {
    const r = image.getBoundingClientRect();
    const style = "image-rendering:" + getComputedStyle(image).imageRendering;
    svg.append(element("image", { href: image.src, x: r.left - frame.left, y: r.top - frame.top, width: r.width, height: r.height, style }));
  }
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const style = getComputedStyle(node.parentElement);
    for (const match of node.data.matchAll(style.whiteSpace === "pre" ? /[^\n]+/g : /\S+/g)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const r = range.getBoundingClientRect();
      if (!isSeen(r)) continue;
      svg.append(element("text", {
        x: r.left - frame.left, y: r.top - frame.top + r.height * 0.78, fill: ink, style: "white-space:pre",
        "font-size": style.fontSize, "font-weight": style.fontWeight, "font-family": style.fontFamily,
      }, match[0]));
    }
  }
  return svg;
};

const pixels = async (svg) => {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.naturalWidth;
  canvas.height = 2 * image.naturalHeight;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};

const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

const makers = {
  svg: (figure) => new Blob([standing(figure.querySelector(".drawing"))], { type: "image/svg+xml" }),
  png: (figure) => pixels(standing(figure.querySelector(".drawing"))),
  csv: (figure) => new Blob([JSON.parse(figure.querySelector("script.csv").textContent)], { type: "text/csv" }),
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.save) {
    const figure = button.closest(".figure"), format = button.dataset.save;
    save(await makers[format](figure), figure.dataset.name + "." + format);
  } else if (button?.dataset.copy) {
    const label = button.firstChild, text = label.data;
    await navigator.clipboard.writeText(button.dataset.copy).then(() => { label.data = "Copied"; }, () => { label.data = "Select it"; });
    setTimeout(() => { label.data = text; }, 2000);
  }
});

const reach = () => {
  for (const box of document.querySelectorAll(".chart")) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.querySelector("title")?.textContent ?? "Chart");
    } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
};
reach();
addEventListener("resize", reach);
})();
`;
