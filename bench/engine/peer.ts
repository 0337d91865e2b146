import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../peers/torch_engine.py", import.meta.url));

/** What the peer answers for a workload. */
export interface PeerTimes {
  readonly times: readonly number[];
  readonly variant: string;
  readonly peakRssMb: number;
}

/** The PyTorch side of the table: a process that is asked for some steps at a time, in turns with ours. */
export class TorchPeer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** The first Python that has PyTorch (`ORRERY_PYTHON`, the system's, the path's); undefined when none has. */
  static async start(): Promise<TorchPeer | undefined> {
    for (const python of [process.env.ORRERY_PYTHON, "/usr/bin/python3", "python3"]) {
      if (python === undefined) continue;
      const child = spawn(python, [script], { stdio: ["pipe", "pipe", "pipe"] });
      child.stdin.on("error", () => undefined);
      const peer = new TorchPeer(child);
      const isThere = await Promise.race([
        new Promise<false>((resolve) => child.once("error", () => resolve(false)).once("exit", () => resolve(false))),
        peer.#ask({ list: true }).then(
          () => true,
          () => false,
        ),
      ]);
      if (isThere) return peer;
    }
    return undefined;
  }

  /** Some training steps of a workload, in milliseconds each. */
  async run(
    workload: string,
    steps: number,
    threads: number,
    options: { readonly memory?: boolean } = {},
  ): Promise<PeerTimes> {
    const answer = await this.#ask({ workload, steps, threads, ...options });
    if ("error" in answer) throw new Error(`the PyTorch peer says: ${answer.error}`);
    return answer as unknown as PeerTimes;
  }

  stop(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }

  async #ask(command: object): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("the PyTorch peer ended");
    return JSON.parse(value as string) as Record<string, unknown>;
  }
}
