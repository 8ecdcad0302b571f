/** How each op is written in Python. Ops without a writer are written by their compositions; a test names those that have neither. */
import { type OpDefinition, type PrimitiveName, primitives } from "@adjoint/autograd";
import { elementwiseWriters } from "./elementwise.ts";
import { movingWriters, windowWriters } from "./moving.ts";
import { recognizedReducingWriters, reducingWriters } from "./reducing.ts";
import type { Writer } from "./writer.ts";

const primitiveWriters: { readonly [N in PrimitiveName]?: Writer } = {
  ...elementwiseWriters,
  ...movingWriters,
  ...reducingWriters,
};

/** Ops that a program is recognized to have; Adjoint's graphs spell them out. */
const recognized = { ...windowWriters, ...recognizedReducingWriters };

/** What writes an op of that name; undefined for one without a writer. */
export function writerOf(name: string): Writer | undefined {
  const all: Readonly<Record<string, Writer>> = { ...primitiveWriters, ...recognized };
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** Whether an op has a writer; those that users made have none. */
export function hasWriter(name: string, definition: OpDefinition<never> | undefined): boolean {
  return Object.hasOwn(primitiveWriters, name) && primitives[name as PrimitiveName] === definition;
}

/** Whether an op computes each element from those at its place, so that smaller operands broadcast. */
export function isElementwise(name: string): boolean {
  return Object.hasOwn(elementwiseWriters, name);
}
