import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`src/${path}`, import.meta.url).pathname;

export default defineConfig({
  // The examples in the documentation import the package by its name.
  resolve: {
    alias: [
      { find: /^orrery$/, replacement: source("index.ts") },
      { find: /^orrery\/(nn|data|lab)$/, replacement: source("$1/index.ts") },
      { find: /^orrery\/(labels|mapping|ising|control)$/, replacement: source("instruments/$1/index.ts") },
      { find: /^orrery\/(labels|mapping|ising|control)\/jobs$/, replacement: source("instruments/$1/jobs.ts") },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a busy machine does late is still done.
    expect: { poll: { timeout: 30_000 } },
    reporters: process.env.CI ? ["default", "json"] : ["default"],
    outputFile: { json: "test-results.json" },
  },
});
