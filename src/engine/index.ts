import "./fluent.ts";

export { type CompiledFunction, type CompileOptions, type Computed, compile, type Given } from "./compile/compile.ts";
export type { Provider } from "./compile/session.ts";
export type { DType, TypedArray } from "./dtype.ts";
export { evaluate } from "./evaluate.ts";
export { type GradcheckOptions, type GradcheckResult, gradcheck } from "./gradcheck.ts";
export { type GradientsOptions, gradients } from "./gradients.ts";
export { input } from "./input.ts";
export { NdArray, type NestedNumbers, ndarray, zerosArray } from "./ndarray.ts";
export { type ExportOptions, exportModel } from "./onnx/export.ts";
export { type ImportedModel, type ImportedValue, type ImportOptions, importModel } from "./onnx/import.ts";
export type { ImportedNode, OperatorImporter, OperatorTable } from "./onnx/operators/operator.ts";
export type {
  Attributes,
  GradientContext,
  GraphBuilder,
  LoweringContext,
  Operation,
  ReferenceArray,
  TensorType,
} from "./operation.ts";
export * from "./ops/index.ts";
export { Key, key } from "./random/key.ts";
export * from "./random/sample.ts";
export { broadcastShapes, formatShape, type Shape, sizeOf } from "./shape.ts";
export { apply, applyAll, Tensor, type TensorLike, tensor } from "./tensor.ts";
export { leavesOf, mapTree, rebuildTree, type Tree } from "./tree.ts";
