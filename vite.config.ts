import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

/** Builds the studio's page; tests have a configuration of their own. */
export default defineConfig({
  root: "src/studio/web",
  base: "/",
  plugins: [preact()],
  build: {
    outDir: "../../../dist/studio/page",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
});
