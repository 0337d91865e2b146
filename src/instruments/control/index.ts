/** From a temporal-logic formula to the largest disturbance it can survive, and the controller that survives it. */
export * from "./reachability/index.ts";
export * from "./stl/index.ts";
export * from "./synthesis/index.ts";
