/** Small ONNX files for tests, written field by field. */
import type { Draft } from "../../messages/schema.ts";
import { encodeMessage } from "../../messages/write.ts";

/** One node: its op, inputs and outputs, and attributes. */
export function node(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly Draft<"Attribute">[] = [],
  more: Partial<Draft<"Node">> = {},
): Draft<"Node"> {
  return { op_type, input, output, attribute, name: `${op_type}_${output[0]}`, ...more };
}

/** An int64 tensor. */
export function integers(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Draft<"Tensor"> {
  return { name, data_type: 7, dims, int64_data: values };
}

/** A float32 tensor. */
export function reals(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Draft<"Tensor"> {
  return { name, data_type: 1, dims, float_data: values };
}

/** An input of real numbers. */
export function input(name: string, shape: readonly (number | string)[], elem_type = 1): Draft<"ValueInfo"> {
  const dim = shape.map((n) => (typeof n === "number" ? { dim_value: n } : { dim_param: n }));
  return { name, type: { tensor_type: { elem_type, shape: { dim } } } };
}

/** The bytes of a model that gives "y". */
export function modelOf(
  nodes: readonly Draft<"Node">[],
  graph: Partial<Draft<"Graph">> = {},
  model: Partial<Draft<"Model">> = {},
): Uint8Array {
  return encodeMessage("Model", {
    ir_version: 8,
    opset_import: [{ domain: "", version: 17 }],
    graph: { name: "g", node: nodes, input: [input("x", [2, 3])], output: [{ name: "y" }], ...graph },
    ...model,
  });
}
