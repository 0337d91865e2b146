// Some systems without a language of their own call it what no browser's own functions take, `en-US@posix`, and uPlot asks for a format of
// numbers as soon as it is loaded.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en-US", configurable: true });
}
