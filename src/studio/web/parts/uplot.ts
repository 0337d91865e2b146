import "./number-language.ts";
import "uplot/dist/uPlot.min.css";

/** Loaded when the first chart is mounted. */
export { default as UPlot } from "uplot";
