import { render } from "preact";
import { App } from "./app.tsx";
import { keepToken } from "./state/api-client.ts";
import { applyTheme } from "./state/theme.ts";
import "./style.css";

keepToken();
applyTheme();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
// The next page most likely has charts.
requestIdleCallback?.(() => void import("./parts/uplot.ts"));
