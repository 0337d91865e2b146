import { OrreryError } from "../errors.ts";
import type { DType } from "./dtype.ts";
import type { Operation, TensorType } from "./operation.ts";
import { checkShape, type Shape } from "./shape.ts";
import { apply, type Tensor } from "./tensor.ts";

/** The attributes of an input. */
export interface InputAttributes extends TensorType {
  readonly name: string;
}

/** A value that is given when the graph runs. */
export const inputOperation: Operation<InputAttributes> = {
  name: "input",
  infer: (_, { shape, dtype }) => [{ shape, dtype }],
  gradient: () => [],
  lower: ({ attributes }) => [attributes.name],
  evaluate: (_, { name }) => {
    throw new OrreryError("argument", `evaluate: input ${name} has no value`, {
      hint: "Use it inside a compiled function, or give its value in the feeds.",
    });
  },
};

/** A placeholder: an expression whose value is given when the graph runs. `compile` makes these itself. */
export function input(shape: Shape, dtype: DType = "float32", name = "x"): Tensor {
  checkShape(`input ${name}`, shape);
  return apply(inputOperation, [], { name, shape, dtype });
}
