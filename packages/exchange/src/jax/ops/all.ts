/**
 * How each op is written in Python. The type checker demands a writer for every primitive.
 */
import type { PrimitiveName } from "@adjoint/autograd";
import { elementwiseWriters } from "./elementwise.ts";
import { movingWriters, windowWriters } from "./moving.ts";
import { recognizedReducingWriters, reducingWriters } from "./reducing.ts";
import type { Writer } from "./writer.ts";

const primitiveWriters: { readonly [N in PrimitiveName]: Writer } = {
  ...elementwiseWriters,
  ...movingWriters,
  ...reducingWriters,
};

/** Ops that a program is recognized to have; Adjoint's graphs spell them out. */
const recognized = { ...windowWriters, ...recognizedReducingWriters };

/** What writes an op of that name; undefined for one of the user's own. */
export function writerOf(name: string): Writer | undefined {
  const all: Readonly<Record<string, Writer>> = { ...primitiveWriters, ...recognized };
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** Whether an op computes each element from those at its place, so that smaller operands broadcast. */
export function isElementwise(name: string): boolean {
  return Object.hasOwn(elementwiseWriters, name);
}
