import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { commandLine } from "../../test/kit/command.ts";

/** A studio that serves in a process of its own. */
export interface StudioProcess {
  readonly url: string;
  /** Milliseconds of the processor that it has used. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

const serve = new URL("../../src/studio/server/serve.ts", import.meta.url).href;

async function cpuMsOf(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [{ user, system }] = (await once(child, "message")) as [NodeJS.CpuUsage];
  return (user + system) / 1000;
}

/** Starts a studio on the runs below `root` with the built page in `web`. */
export async function startStudio(root: string, web: string): Promise<StudioProcess> {
  const options = JSON.stringify({ root, folder: root, command: commandLine, port: 0, web });
  const code = `
    process.on("message", () => process.send(process.cpuUsage()));
    process.on("disconnect", () => process.exit(0));
    import(${JSON.stringify(serve)}).then(({ serveStudio }) => serveStudio(${options})).then(({ url }) => process.send(url));`;
  const child = spawn(process.execPath, ["--import", "tsx", "--eval", code], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [url] = (await once(child, "message")) as [string];
  return {
    url,
    cpuMs: () => cpuMsOf(child),
    stop: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}
