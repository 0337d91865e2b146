#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

// Who reads along may leave before the end, as `| head` does: what was begun is done all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2));
// Compiled sessions keep threads of their own; nothing is left to be done.
process.exit();
