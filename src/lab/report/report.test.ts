import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Figure } from "../figure.ts";
import { downSample } from "./down-sample.ts";
import { html, jsonData } from "./html.ts";
import { renderReport } from "./report.ts";
import type { ReportInput } from "./report-input.ts";
import { sparkline } from "./sparkline.ts";

const figure: Figure = {
  name: "loss",
  title: "Loss falls",
  summary: "From 2 to 1.",
  drawing: { kind: "chart", marks: [{ mark: "line", channels: { x: "step", y: "loss" } }] },
  table: {
    rows: [
      { step: 1, loss: 2 },
      { step: 2, loss: 1 },
    ],
  },
};
const bare: ReportInput = {
  ...{ title: "Run", job: "labels audit", id: "run-1", state: "done", created: "2026-01-02T03:04:05Z", seconds: 61 },
  ...{ warnings: [], figures: [], metrics: [], stepName: "epoch", options: [], artifacts: [], environment: [] },
};
const hostile = '</script><script>alert("1")</script><img src=x onerror=alert(1)>\'"&';

describe("renderReport", () => {
  it("writes the same bytes for the same input, and refers to nothing outside", () => {
    const input = { ...bare, figures: [figure] };
    const text = renderReport(input);
    expect(renderReport(input)).toBe(text);
    const addresses = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.filter((address) => !/^(#|data:)/.test(address))).toEqual([]);
    expect(text).not.toMatch(/@import|url\((?!#)/);
  });

  it("is a whole page of a run that has nothing yet", () => {
    const text = renderReport({ ...bare, state: "running" });
    expect(text).toContain("still running");
    expect(text).toContain("1 min 01 s");
    expect(text.replace(/<script>.*<\/script>/s, "")).not.toMatch(/undefined|\[object|<nav/);
  });

  it("says what went wrong, and what to do", () => {
    const text = renderReport({
      ...bare,
      state: "failed",
      error: { message: "labels: 3 classes; got 2", hint: "Name them." },
    });
    expect(text).toMatch(/What went wrong<\/h2><p>labels: 3 classes; got 2<\/p><p>Name them\.<\/p>/);
  });

  it("lets no text of a run become markup", () => {
    const text = renderReport({
      ...{ ...bare, title: hostile, id: hostile, warnings: [hostile], command: hostile },
      outcome: {
        summary: hostile,
        headlines: [{ label: hostile, value: hostile, note: hostile }],
        next: [{ command: hostile, why: hostile }],
      },
      figures: [
        { ...figure, title: hostile, summary: hostile, table: { rows: [{ step: 1, loss: 2, [hostile]: hostile }] } },
      ],
      metrics: [metricOf(`a/${hostile}`, [1, 2])],
      options: [{ name: hostile, value: { a: hostile }, origin: hostile, description: hostile }],
      artifacts: [{ name: hostile, description: hostile, bytes: 1, href: hostile }],
      environment: [{ label: hostile, value: hostile }],
    });
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text).not.toContain("<img");
    expect(text).not.toContain('href="</');
  });

  it("keeps everything else when one figure cannot be drawn", () => {
    const broken: Figure = {
      ...figure,
      name: "broken",
      drawing: { ...figure.drawing, color: { scheme: "mauve" } } as Figure["drawing"],
    };
    const colored = {
      ...broken,
      drawing: { ...broken.drawing, marks: [{ mark: "dot", channels: { x: "step", y: "loss", fill: "loss" } }] },
    };
    const text = renderReport({ ...bare, figures: [colored as Figure, figure] });
    expect(text).toMatch(/This figure cannot be drawn: [^<]*mauve/);
    expect(text).toContain('id="figure-loss-title"');
    expect(text.match(/class="csv"/g)).toHaveLength(2);
  });

  it("shows best and last of every metric with its direction, also what is no number", () => {
    const text = renderReport({
      ...bare,
      metrics: [
        { ...metricOf("elr/testAccuracy", [0.5, 0.875, 0.75]), isFraction: true },
        { ...metricOf("loss", [Number.NaN]), direction: "lower" },
      ],
    });
    const cells = text
      .replace(/<svg.*?<\/svg>/gs, "")
      .replace(/\s*<[^>]+>\s*/g, " ")
      .replace(/\s+/g, " ");
    expect(cells).toContain("elr elr/testAccuracy 87.5 % 1 75 % higher ↑");
    expect(cells).toContain("loss not a number 0 not a number lower ↓");
  });

  it("tells where the value of each option came from, those at their defaults apart", () => {
    const options = [
      { name: "rate", value: 0.25, origin: "recipe.yaml:3:8" },
      { name: "methods", value: ["elr", "gce"], origin: "--methods" },
      { name: "seed", value: 10_000, origin: "default" },
      { name: "isFast", value: false, origin: "default" },
    ];
    const text = renderReport({ ...bare, options });
    expect(text).toMatch(/<code>rate<\/code><\/th><td class="value">0\.25<\/td><td class="muted">recipe\.yaml:3:8/);
    expect(text).toContain("elr, gce");
    expect(text).toMatch(
      /<details><summary>2 more options at their defaults<\/summary>.*<td class="value">10000<.*<td class="value">no</s,
    );
    expect(renderReport({ ...bare, options: options.slice(2) })).toContain(
      "<details open><summary>2 options at their defaults",
    );
  });
});

function metricOf(name: string, values: readonly number[]): ReportInput["metrics"][number] {
  const points = values.map((value, step) => ({ step, value }));
  const best = points.reduce((a, b) => (b.value > a.value ? b : a));
  return { name, label: name, direction: "higher", best, last: points[points.length - 1], points };
}

describe("downSample", () => {
  const values = fc.array(fc.oneof(fc.double({ noNaN: false }), fc.integer()), { maxLength: 400 });

  it("keeps first, last, lowest and highest in order, within the limit, and finite", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 60 }), (all, limit) => {
        const points = all.map((value, step) => ({ step, value }));
        const finite = points.filter(({ value }) => Number.isFinite(value));
        const kept = downSample(points, limit);
        expect(kept.length).toBeLessThanOrEqual(Math.min(limit, finite.length));
        if (finite.length === 0) return;
        expect(kept[0]).toBe(finite[0]);
        expect(kept[kept.length - 1]).toBe(finite[finite.length - 1]);
        const extremes = (some: typeof points) => [
          Math.min(...some.map(({ value }) => value)),
          Math.max(...some.map(({ value }) => value)),
        ];
        expect(extremes(kept)).toEqual(extremes(finite));
        for (let i = 1; i < kept.length; i++) expect(kept[i].step).toBeGreaterThan(kept[i - 1].step);
      }),
    );
  });
});

describe("sparkline", () => {
  it("marks the best value, stays in its frame, and is nothing for one value", () => {
    const points = [3, 1, 2].map((value, step) => ({ step, value }));
    expect(sparkline(points, points[1])?.markup).toContain(
      'points="4.0,4.0 66.0,26.0 128.0,15.0"/><circle cx="66.0" cy="26.0"',
    );
    expect(sparkline(points.slice(1, 2), points[1])).toBeUndefined();
    expect(
      sparkline(
        points.map(({ step }) => ({ step, value: 5 })),
        points[0],
      )?.markup,
    ).not.toContain("NaN");
  });
});

describe("html", () => {
  it("escapes texts, keeps markup, joins lists and leaves out what is not there", () => {
    const items = ["<a>", "b"].map((text) => html`<li>${text}</li>`);
    expect(html`<ul class="${'"x"'}">${items}${undefined}${false}${0}</ul>`.markup).toBe(
      '<ul class="&#34;x&#34;"><li>&#60;a&#62;</li>\n<li>b</li>0</ul>',
    );
  });

  it("keeps data of scripts inside of their element", () => {
    expect(jsonData("</script>").markup).toBe('"\\u003c/script>"');
  });
});
