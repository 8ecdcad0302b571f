/** Checks what the writers of named tensors and of texts by name are given. */
import { type AdjointError, checkKind, isPlain, kindOf, SpecError, Tensor } from "@adjoint/tensor";
import { isWellFormed, quoted } from "./safetensors/json-reader.ts";

/** The error for text that UTF-8 cannot hold. */
export function halfPair(op: string, argument: string, text: string): AdjointError {
  const problem = `${quoted(text)} in ${argument} has half of a surrogate pair, which UTF-8 cannot hold`;
  return SpecError.of(op, argument, quoted(text), "whole characters", { problem });
}

/** The names and values of an object of no class; throws unless it is one and its names are text. */
export function entriesOf<T>(op: string, argument: string, record: Readonly<Record<string, T>>): [string, T][] {
  const hint = (record as unknown) instanceof Map ? "Convert it: Object.fromEntries(map)." : undefined;
  checkKind(op, argument, record, isPlain(record), "an object such as { name: value }", hint);
  const entries = Object.entries(record);
  for (const [name] of entries) if (!isWellFormed(name)) throw halfPair(op, argument, name);
  return entries;
}

/** The names and tensors of an object. @throws SpecError unless all of its values are Tensors */
export function namedTensors(op: string, tensors: Readonly<Record<string, Tensor>>): [string, Tensor][] {
  const entries = entriesOf(op, "tensors", tensors);
  for (const [name, tensor] of entries) {
    if (tensor instanceof Tensor) continue;
    throw SpecError.of(op, "tensors", tensor, "a Tensor", {
      problem: `${quoted(name)} is ${kindOf(tensor)}`,
      hint: (tensor as { value?: unknown } | null)?.value instanceof Tensor ? "Pass its value." : undefined,
    });
  }
  return entries;
}
