/**
 * The law of the shape rule: it predicts the kernel's result from shapes alone, and gradients fit the inputs.
 */
import type { OpDefinition } from "@adjoint/autograd";
import { formatSpec, isFloat, sameShape } from "@adjoint/tensor";
import {
  type AnyOp,
  broken,
  definitionOf,
  floatDType,
  gradientValues,
  recorded,
  type Sample,
  sameBits,
  subjectOf,
  weights,
} from "./subject.ts";

/**
 * Shape: `infer` sees shapes and dtypes alone and gives those of the kernel's result; every gradient has the shape and
 * dtype of its input; attributes are plain JSON, which gives the same result after a round trip.
 * @throws LawError
 */
export function shapeLaw(op: AnyOp, sample: Sample): void {
  const definition = definitionOf(op) as unknown as OpDefinition<object>;
  const { inputs, attributes } = sample;
  const specs = inputs.map(({ shape, dtype }) => Object.freeze({ shape, dtype }));
  const spec = definition.infer(specs, attributes);
  const y = definition.forward(inputs, attributes);
  if (y.dtype !== spec.dtype || !sameShape(y.shape, spec.shape)) {
    broken("shape", definition, `the shape rule says ${formatSpec(spec)}, the kernel gave ${formatSpec(y)}`);
  }
  const plain = JSON.parse(JSON.stringify(attributes)) as object;
  if (!sameBits(y, definition.forward(inputs, plain))) {
    broken("shape", definition, `the result changes when the attributes go through JSON: ${JSON.stringify(plain)}`);
  }
  if (!isFloat(y.dtype)) return;
  const subject = subjectOf(op, sample);
  gradientValues(recorded(subject), weights(y.shape, 4, floatDType(y))).forEach((grad, k) => {
    const x = inputs[subject.differentiable[k]];
    if (grad === null || (grad.dtype === x.dtype && sameShape(grad.shape, x.shape))) return;
    broken(
      "shape",
      definition,
      `the gradient of input ${subject.differentiable[k]} is ${formatSpec(grad)}, ` + `the input ${formatSpec(x)}`,
    );
  });
}
