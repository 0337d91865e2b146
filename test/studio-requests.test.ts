import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineJob, runJob } from "../src/lab/index.ts";
import { type Studio, serveStudio } from "../src/studio/server/serve.ts";

const job = defineJob({
  name: "test touch",
  summary: "Leaves a file.",
  options: z.strictObject({}),
  run: async (_, context) => {
    await context.artifact("deep/answer.txt", "42", "the answer");
    return { summary: "Done.", headlines: [] };
  },
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

let [root, outside, studio]: [string, string, Studio] = ["", "", undefined as unknown as Studio];

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as it is written: no client tidies the path. */
function send({ method = "GET", path, headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((done, fail) => {
    const own = { host: `127.0.0.1:${studio.port}`, ...headers };
    const sent = request({ port: studio.port, host: "127.0.0.1", method, path, headers: own }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, text })).on("error", fail);
    });
    sent.on("error", (cause: NodeJS.ErrnoException) =>
      cause.code === "ECONNRESET" || cause.code === "EPIPE" ? done({ status: 0, text: "" }) : fail(cause),
    );
    sent.end(body);
  });
}

/** More than other requests may have. */
const uploadLimit = 6_000_000;

const token = () => ({ "x-orrery-token": studio.token });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "orrery-studio-"));
  outside = mkdtempSync(join(tmpdir(), "orrery-outside-"));
  writeFileSync(join(outside, "secret.txt"), "top secret");
  await runJob(job, {}, { folder: join(root, "run-1") });
  symlinkSync(join(outside, "secret.txt"), join(root, "run-1", "artifacts", "link.txt"));
  mkdirSync(join(root, "not-a-run"));
  studio = await serveStudio({ root, folder: root, command: [process.execPath, "-e", ""], port: 0, uploadLimit });
});
afterAll(async () => {
  await studio.close();
  for (const folder of [root, outside]) rmSync(folder, { recursive: true });
});

describe("the studio's server", () => {
  it("serves runs and their files to its own page", async () => {
    const { rows } = JSON.parse((await send({ path: "/api/runs" })).text);
    expect(rows).toMatchObject([{ id: "run-1", state: "done", job: "test touch" }]);
    expect(await send({ path: "/api/runs/run-1/artifacts/deep/answer.txt" })).toEqual({ status: 200, text: "42" });
    const put = await send({
      method: "PUT",
      path: "/api/runs/run-1/annotations",
      headers: token(),
      body: '{"note":"fine","tags":["a"]}',
    });
    expect([put.status, JSON.parse(put.text).note]).toEqual([200, "fine"]);
  });

  it("removes a run so that it can be brought back", async () => {
    expect((await send({ method: "DELETE", path: "/api/runs/run-1", headers: token() })).status).toBe(200);
    expect((await send({ path: "/api/runs/run-1" })).status).toBe(404);
    expect((await send({ method: "POST", path: "/api/runs/run-1/restore", headers: token() })).status).toBe(200);
    expect(readFileSync(join(root, "run-1", "artifacts", "deep", "answer.txt"), "utf8")).toBe("42");
  });

  it("refuses ten thousand hostile requests, serves none of them, and goes on serving", async () => {
    const before = readdirSync(root).sort();
    const climbs = [
      "../",
      "..%2f",
      "%2e%2e/",
      "..\\",
      "%2e%2e%5c",
      "....//",
      "/..;/",
      "%252e%252e%252f",
      "\u2025/".normalize("NFKC"),
    ];
    const targets = ["secret.txt", "etc/passwd", "run.json", "lock.json", "windows/win.ini"];
    const places = ["/api/runs/", "/api/runs/run-1/artifacts/", "/assets/", "/api/runs/run-1/", "/"];
    const traversals = places.flatMap((place) =>
      climbs.flatMap((climb) =>
        targets.map((target) => ({ path: encodeURI(decodeSafely(`${place}${climb.repeat(6)}${target}`)) })),
      ),
    );
    const names = [
      "link.txt",
      "..",
      ".",
      "%00",
      "answer.txt%00.png",
      "deep",
      "deep/../../run.json",
      "con",
      "a".repeat(4000),
    ];
    const odd = names.map((name) => ({ path: `/api/runs/run-1/artifacts/${name}` }));
    const ids = [
      "not-a-run",
      ".trash",
      "..",
      "%2e",
      "run-1%2f..",
      "run-1/../..",
      "x".repeat(5000),
      "__proto__",
      "constructor",
    ].map((id) => ({ path: `/api/runs/${id}/report` }));
    const compared = ["..", "run-1,..", "%2e%2e%2f", "not-a-run", ".trash", "run-1/../..", "%00", "__proto__"].map(
      (id) => ({
        path: `/api/comparisons/report?runs=${id}`,
      }),
    );
    const hosts = [
      "evil.example",
      `evil.example:${studio.port}`,
      "127.0.0.1:1",
      `127.0.0.1.evil.example:${studio.port}`,
      `localhost@evil.example:${studio.port}`,
      "[::2]",
    ].map((host) => ({ path: "/api/runs", headers: { host } }));
    const origins = [
      "http://evil.example",
      "null",
      "https://127.0.0.1",
      `http://127.0.0.1:${studio.port}.evil.example`,
    ].map((origin) => ({ path: "/api/runs", headers: { origin } }));
    const writes = ["", "wrong", `${studio.token}x`, studio.token.toUpperCase()].flatMap((wrong) =>
      [
        { method: "POST", path: "/api/runs" },
        { method: "DELETE", path: "/api/runs/run-1" },
        { method: "PUT", path: "/api/runs/run-1/annotations" },
        { method: "POST", path: "/api/runs/run-1/cancel" },
        { method: "POST", path: "/api/recipes/resolve" },
        { method: "GET", path: "/api/files/preview?path=/etc/passwd" },
        { method: "POST", path: "/api/uploads?name=data.csv" },
      ].map((sent) => ({
        ...sent,
        headers: { "x-orrery-token": wrong },
        body: sent.method === "GET" ? undefined : "{}",
      })),
    );
    const bodies = [
      "",
      "{",
      "[]",
      "null",
      '{"tags":"x"}',
      '{"note":1}',
      '{"__proto__":{"a":1},"tagz":[]}',
      '{"tags":["' + "x".repeat(70) + '"]}',
      "\u0000",
      "[".repeat(50_000),
    ].map((body) => ({
      ...{ method: "PUT", path: "/api/runs/run-1/annotations", headers: token(), body },
    }));
    const uploads = [
      "",
      ".",
      "..",
      "../secret.txt",
      "..%2f..%2fsecret.txt",
      "..%5csecret.txt",
      "/etc/passwd",
      "C:%5cwindows%5cwin.ini",
      "a%00.csv",
      "a%0a.csv",
      ".bashrc",
      "a.csv.",
      "con",
      "nul.csv",
      "a.csv:stream",
      "x".repeat(201),
      "\u00e9".repeat(150).replaceAll("\u00e9", "%C3%A9"),
      ...["..", ".", "run-1", "20260101-000000-abcdef01", "..%2frun-1", "%00"].map((into) => `a.csv&into=${into}`),
    ].map((name) => ({
      ...{ method: "POST", path: `/api/uploads?name=${name}`, headers: token(), body: "a,b\n1,2\n" },
    }));
    const foreign = ["http://evil.example", "null"].map((origin) => ({
      ...{ method: "POST", path: "/api/uploads?name=a.csv", headers: { ...token(), origin }, body: "1" },
    }));
    const methods = ["PATCH", "OPTIONS", "PUT", "DELETE"].map((method) => ({
      method,
      path: "/api/runs",
      headers: token(),
    }));
    const kinds: readonly Sent[] = [
      ...traversals,
      ...odd,
      ...ids,
      ...compared,
      ...hosts,
      ...origins,
      ...writes,
      ...bodies,
      ...uploads,
      ...foreign,
      ...methods,
    ];
    const all = Array.from({ length: 10_000 }, (_, i) => kinds[i % kinds.length]);
    const counts = new Map<number, number>();
    for (let i = 0; i < all.length; i += 50) {
      const answers = await Promise.all(all.slice(i, i + 50).map(send));
      answers.forEach(({ status, text }, j) => {
        const sent = all[i + j];
        expect(text, `${sent.method} ${sent.path}`).not.toMatch(/top secret|root:|"pid"|\[fonts\]/);
        // The page itself is served for addresses that it may have.
        const isPage = text.includes('<div id="app">') || status === 503;
        expect(
          isPage || (status >= 400 && status < 500),
          `${sent.method} ${sent.path.slice(0, 200)}: ${status} ${text.slice(0, 200)}`,
        ).toBe(true);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      });
    }
    expect([...counts.values()].reduce((sum, n) => sum + n, 0)).toBe(10_000);
    expect(counts.get(401)).toBeGreaterThan(100);
    expect(counts.get(403)).toBeGreaterThan(100);
    expect(readdirSync(root).sort()).toEqual(before);
    expect((await send({ path: "/api/runs/run-1" })).status).toBe(200);
  }, 120_000);

  it("refuses bodies that are too large, told or untold", async () => {
    const path = "/api/runs/run-1/annotations";
    const told = await send({ method: "PUT", path, headers: { ...token(), "content-length": String(10 ** 9) } });
    expect([0, 413]).toContain(told.status);
    const untold = await send({
      method: "PUT",
      path,
      headers: { ...token(), "transfer-encoding": "chunked" },
      body: `"${"x".repeat(5_000_000)}"`,
    });
    expect([0, 400, 413]).toContain(untold.status);
    expect((await send({ path: "/api/runs/run-1" })).status).toBe(200);
  });

  it("takes files of a browser as they are, several beside each other, each name once", async () => {
    const bytes = "\u0000\n\r\n…".repeat(400_000);
    const first = await send({
      method: "POST",
      path: "/api/uploads?name=%C3%A9t%C3%A9%20(1).csv",
      headers: token(),
      body: bytes,
    });
    expect(first.status).toBe(201);
    const { path, folder, batch } = JSON.parse(first.text);
    expect(path).toBe(join(root, ".uploads", batch, "été (1).csv"));
    expect(readFileSync(path, "utf8") === bytes).toBe(true);
    const beside = (name: string) =>
      send({ method: "POST", path: `/api/uploads?name=${name}&into=${batch}`, headers: token(), body: "1" });
    expect((await beside("b.csv")).status).toBe(201);
    expect((await beside("b.csv")).status).toBe(409);
    expect(readdirSync(folder).sort()).toEqual(["b.csv", "été (1).csv"]);
    expect(JSON.parse((await send({ path: "/api/runs" })).text).total).toBe(1);
  });

  it("keeps nothing of an upload that is too large, told or untold, or that ends early", async () => {
    const path = "/api/uploads?name=large.bin";
    const told = await send({
      method: "POST",
      path,
      headers: { ...token(), connection: "close", "content-length": String(uploadLimit + 1) },
    });
    expect(told.status).toBe(413);
    const chunked = { ...token(), "transfer-encoding": "chunked" };
    const untold = await send({ method: "POST", path, headers: chunked, body: "x".repeat(uploadLimit + 1) });
    expect(untold.status).toBe(413);
    await new Promise<void>((done) => {
      const socket = connect(studio.port, "127.0.0.1", () => {
        socket.write(
          `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${studio.port}\r\nX-Orrery-Token: ${studio.token}\r\nContent-Length: 1000\r\n\r\nhalf`,
        );
        setTimeout(() => socket.destroy(), 200);
      });
      socket.on("close", () => done()).on("error", () => {});
    });
    const left = () =>
      readdirSync(join(root, ".uploads"), { recursive: true }).filter((name) => /large/.test(String(name)));
    await expect.poll(left).toEqual([]);
    expect((await send({ path: "/api/runs/run-1" })).status).toBe(200);
  });

  it("is not held up by clients that send slowly or never finish", async () => {
    const slow = Array.from({ length: 60 }, () => {
      const socket = connect(studio.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(
        `PUT /api/runs/run-1/annotations HTTP/1.1\r\nHost: 127.0.0.1:${studio.port}\r\nX-Orrery-Token: ${studio.token}\r\nContent-Length: 100\r\n\r\n{`,
      );
      return socket;
    });
    const garbage = connect(studio.port, "127.0.0.1").on("error", () => {});
    garbage.write("\u0016\u0003\u0001 no http at all\r\n\r\n");
    expect((await send({ path: "/api/runs/run-1" })).status).toBe(200);
    for (const socket of [...slow, garbage]) socket.destroy();
  });
});

function decodeSafely(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
