#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
// Compiled sessions keep threads of their own; nothing is left to be done.
process.exit();
