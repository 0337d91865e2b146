import { Command, Option } from "commander";
import { OrreryError } from "../errors.ts";
import { instruments } from "../instruments/registry.ts";
import { serveStudio } from "../studio/server/serve.ts";
import { parseWith } from "./command-line.ts";
import { runsRoot } from "./places.ts";

/** The port that the studio takes when none is named. */
const usualPort = 7331;

interface StudioFlags {
  readonly port: string;
  readonly runs?: string;
  readonly uploadLimit: string;
}

/** `orrery studio`: serves the page until Ctrl-C. Runs go on without it. */
export async function runStudio(rest: readonly string[]): Promise<number> {
  const command = new Command("orrery studio").description(
    "The lab in a browser: start jobs, watch them, compare runs. On this machine alone; runs go on when it stops.",
  );
  command.addOption(new Option("--port <number>", "port on 127.0.0.1; 0 takes a free one").default(String(usualPort)));
  command.addOption(new Option("--runs <folder>", "where the run folders are (default: ORRERY_RUNS, else ./runs)"));
  command.addOption(
    new Option(
      "--upload-limit <megabytes>",
      "a file that the page sends, to be kept beside the runs, may be so large",
    ).default("1024"),
  );
  command.action(async (flags: StudioFlags) => {
    const port = Number(flags.port);
    if (!(Number.isInteger(port) && port >= 0 && port < 65536)) {
      throw new OrreryError("argument", `--port: expected a number from 0 to 65535; got "${flags.port}"`);
    }
    const megabytes = Number(flags.uploadLimit);
    if (!(megabytes >= 0 && megabytes <= 1e6)) {
      throw new OrreryError(
        "argument",
        `--upload-limit: expected megabytes from 0 to 1000000; got "${flags.uploadLimit}"`,
      );
    }
    const uploadLimit = Math.floor(megabytes * 1024 ** 2);
    const line = [process.execPath, ...process.execArgv, process.argv[1]];
    const options = { root: runsRoot(flags), folder: process.cwd(), command: line, port, uploadLimit };
    const studio = await serveStudio(options);
    process.stdout.write(`studio: ${studio.url}\nCtrl-C stops the page; runs go on.\n`);
    // Jobs are loaded while the browser opens; should one of them be broken, the page that needs it says so.
    void Promise.allSettled(instruments.map(({ jobs }) => jobs()));
    await new Promise<void>((done) => {
      process.once("SIGINT", done).once("SIGTERM", done);
    });
    await studio.close();
  });
  await parseWith(command, rest);
  return 0;
}
