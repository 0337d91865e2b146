import { describe, expect, test } from "vitest";
import { type NetworkName, publishedNetwork } from "./networks.ts";
import { countComputes } from "./problem.ts";

const millions = (name: NetworkName, paperCompatible = false) =>
  publishedNetwork(name, { paperCompatible }).reduce((sum, l) => sum + l.count * countComputes(l.problem), 0) / 1e6;

describe("published networks", () => {
  test.each<[NetworkName, number, number]>([
    ["alexnet", 8, 724.4],
    ["vgg16", 16, 15470.3],
    ["resnet18", 21, 1814.1],
    ["resnet50", 54, 4089.2],
    ["mobilenet-v1", 28, 568.7],
    ["mobilenet-v2", 53, 300.8],
    ["bert-base", 96, 11173.6],
  ])("%s has %i layers and %f million multiply–accumulates", (name, layers, computes) => {
    expect(publishedNetwork(name).length).toBe(layers);
    expect(millions(name)).toBeCloseTo(computes, 1);
  });

  test("as the mixed-precision study mapped them, depthwise layers are dense: 7.5 times the work for MobileNetV1", () => {
    expect(millions("mobilenet-v1", true)).toBeCloseTo(4248.3, 1);
    expect(publishedNetwork("alexnet", { paperCompatible: true }).length).toBe(5);
  });
});
