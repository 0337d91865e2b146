export * from "./engine/index.ts";
export { type ErrorCode, type ErrorDetails, OrreryError } from "./errors.ts";
