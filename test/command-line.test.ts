import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instruments } from "../src/instruments/registry.ts";
import { orrery, startOrrery } from "./kit/command.ts";

/** A training that takes seconds, with noise that needs no calibration. */
const training = ["labels", "train", "--noise", "symmetric", "--rate", "0.3", "--epochs", "8", "--seed", "5"];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "orrery-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (run: string, file: string) => readFileSync(join(folder, run, file), "utf8");
/** Paths and times differ from run to run. */
const neutral = (text: string) => text.replaceAll(folder, "HERE").replaceAll(/\d{8}-\d{6}/g, "TIME");

describe("help", () => {
  it("teaches what there is", async () => {
    const { code, stdout } = await orrery(["--help"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  it.each(instruments.map(({ name }) => name))(
    "of %s lists its jobs, each of which explains every option",
    async (name) => {
      const listed = await orrery([name], folder);
      expect(listed.stdout).toMatchSnapshot();
      const jobs = (await instruments.find((instrument) => instrument.name === name)?.jobs()) ?? [];
      expect(jobs.length).toBeGreaterThan(2);
      for (const job of jobs) {
        const { code, stdout } = await orrery([...job.name.split(" "), "--help"], folder);
        expect(code).toBe(0);
        expect(stdout).toMatchSnapshot(job.name);
      }
    },
  );
});

describe("mistakes", () => {
  it.each([
    [["lables"]],
    [["labels", "audti"]],
    [["labels", "audit", "--fold", "3"]],
    [["labels", "audit", "--folds", "three", "--rate", "2", "--network", "cn"]],
    [["labels", "audit", "no-such-file.csv"]],
    [["labels", "train", "--preset", "quik"]],
    [["labels", "train", "--method", "elrr"]],
    [["labels", "train", "--method", "{ name: elr, lamda: 1 }", "--noise", "symmetric"]],
    [["run", "no-recipe.yaml"]],
    [["runs", "show", "nothing"]],
    [["runs", "lst"]],
    [["sweep", "labels", "train"]],
    [["sweep", "labels", "train", "--vary", "methd=elr,gce"]],
    [["studio", "--port", "x"]],
  ])("%j end with code 1 and say what to do", async (words) => {
    const { code, stdout, stderr } = await orrery([...words], folder);
    expect(code).toBe(1);
    expect(neutral(stdout + stderr)).toMatchSnapshot();
    expect(stderr + stdout).not.toMatch(/\n\s+at /);
  });

  it("in a sweep leave no folder behind", async () => {
    const before = readdirSync(folder, { recursive: true });
    const { code } = await orrery(["sweep", "labels", "train", "--vary", "method=elrr"], folder);
    expect(code).toBe(1);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it("in a recipe are told all at once, with line and column", async () => {
    writeFileSync(
      join(folder, "wrong.yaml"),
      "job: labels train\npreset: quik\noptions:\n  epochs: none\n  methd: elr\n  rate: 7\n  network: { kind: mlpp }\n",
    );
    const { code, stderr } = await orrery(["run", "wrong.yaml"], folder);
    expect(code).toBe(1);
    expect(stderr).toMatchSnapshot();
    writeFileSync(join(folder, "other.yaml"), "preset: quick\njob: labels trian\n");
    const other = await orrery(["run", "other.yaml"], folder);
    expect([other.code, other.stderr]).toEqual([
      1,
      'other.yaml:2:6 job: no job "labels trian"\nDid you mean "labels train"?\n',
    ]);
  });
});

describe("runs", () => {
  it("explain every option with where its value comes from", async () => {
    writeFileSync(
      join(folder, "recipe.yaml"),
      "job: labels train\npreset: quick\noptions:\n  rate: 0.25\n  network:\n    hidden: [32]\n",
    );
    const before = readdirSync(folder, { recursive: true });
    const { code, stdout } = await orrery(["run", "recipe.yaml", "--method", "gce", "--explain"], folder);
    expect(code).toBe(0);
    expect(stdout).toMatchSnapshot();
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it("end whole when nobody reads any more what they print", async () => {
    const { child, ended } = startOrrery(["mapping", "verify", "--json", "--folder", "unread"], folder);
    child.stdout?.once("data", () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(JSON.parse(textOf("unread", "run.json")).status.state).toBe("done");
  });

  it("go on after ten kills at random moments and end with the same bytes of metrics and model", async () => {
    const whole = await orrery([...training, "--folder", "whole", "--json"], folder);
    expect(whole.code, whole.stderr).toBe(0);
    const lines = whole.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ kind: "end", end: { state: "done" } });
    // A fixed sequence of delays, so that a failure can be had again.
    let state = 12345;
    const random = () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
    let kills = 0;
    for (let attempt = 0; attempt < 40 && kills < 10; attempt++) {
      const { child, ended } = startOrrery([...training, "--folder", "killed", "--json"], folder);
      // The clock starts when the run does: before that there is nothing to kill.
      await new Promise<void>((begun) => {
        child.stdout?.once("data", () => begun());
        child.once("close", () => begun());
      });
      const timer = setTimeout(() => child.kill("SIGKILL"), 20 + 900 * random());
      const { code, stdout } = await ended;
      clearTimeout(timer);
      if (code === null) kills++;
      else {
        expect(stdout).toContain('"state":"done"');
        if (kills < 10) rmSync(join(folder, "killed"), { recursive: true });
      }
    }
    expect(kills).toBe(10);
    const { code, stderr } = await orrery(["runs", "resume", "killed"], folder);
    expect(code, stderr).toBe(0);
    expect(textOf("killed", "metrics.ndjson")).toBe(textOf("whole", "metrics.ndjson"));
    expect(
      readFileSync(join(folder, "killed/artifacts/model.onnx")).equals(
        readFileSync(join(folder, "whole/artifacts/model.onnx")),
      ),
    ).toBe(true);
    expect(JSON.parse(textOf("killed", "run.json")).warnings).toEqual([]);
  }, 240_000);

  it("stop after their step at the first Ctrl-C, end with 130, and can be resumed", async () => {
    const { child, ended } = startOrrery([...training, "--epochs", "400", "--folder", "stopped", "--json"], folder);
    await new Promise<void>((begun) => {
      child.stdout?.on("data", (text: string) => text.includes('"kind":"metrics"') && begun());
    });
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect(stdout).toContain('"state":"cancelled"');
    expect((await orrery(["runs", "show", "stopped"], folder)).stdout).toMatch(/state\s+cancelled/);
  });

  it("are listed, shown, compared, exported and removed", async () => {
    for (const [name, method] of [
      ["one", "gce"],
      ["two", "mae"],
    ]) {
      await orrery(
        [...training, "--epochs", "2", "--method", method, "--name", name, "--folder", `runs/${name}`],
        folder,
      );
    }
    const listed = await orrery(["runs", "list"], folder);
    expect(listed.stdout).toMatch(/one .*done/);
    expect((await orrery(["runs", "show", "one"], folder)).stdout).toContain("testAccuracy");
    const compared = await orrery(["runs", "compare", "one", "two"], folder);
    expect(compared.stdout).toMatch(/method/);
    expect(compared.stdout).not.toMatch(/learningRate/);
    for (const [format, file] of [
      ["csv", "metrics.csv"],
      ["tensorboard", "events.out.tfevents"],
      ["mlflow", "meta.yaml"],
    ]) {
      const { code, stderr } = await orrery(
        ["runs", "export", "one", "--format", format, "--to", `out-${format}`],
        folder,
      );
      expect(code, stderr).toBe(0);
      expect(
        readdirSync(join(folder, `out-${format}`), { recursive: true }).some((path) => String(path).includes(file)),
      ).toBe(true);
    }
    expect((await orrery(["runs", "remove", "one"], folder)).code).toBe(1);
    expect((await orrery(["runs", "remove", "one", "--yes"], folder)).code).toBe(0);
    const left = readdirSync(join(folder, "runs"));
    expect([left.includes("one"), left.includes("two")]).toEqual([false, true]);
  }, 120_000);
});

describe("sweeps", () => {
  it("run every cell once, and go on where they were", async () => {
    const words = [
      "sweep",
      ...training.slice(0, 2),
      "--noise",
      "symmetric",
      "--epochs",
      "1",
      "--vary",
      "method=gce,mae",
      "--vary",
      "seed=0,1",
      "--folder",
      "swept",
    ];
    const first = await orrery(words, folder);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toContain("4 done");
    const cells = readdirSync(join(folder, "swept")).filter((name) => name !== "sweep.json");
    expect(cells.length).toBe(4);
    const begun = textOf(`swept/${cells[1]}`, "run.json");
    // A cell that never ran, as after a kill, and one that failed.
    rmSync(join(folder, "swept", cells[0], "run.json"));
    const second = await orrery(["sweep", "swept"], folder);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stdout).toContain("4 done");
    expect(textOf(`swept/${cells[1]}`, "run.json")).toBe(begun);
  }, 120_000);
});
