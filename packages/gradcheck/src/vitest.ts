/**
 * `expect(f).toPassGradcheck(inputs, options?)` for vitest: import "@adjoint/gradcheck/vitest" once, in a setup file or
 * in the test itself. Other runners have `assertGradcheck`.
 */
import type { VariableLike } from "@adjoint/autograd";
import { expect } from "vitest";
import type { CheckedFunction } from "./engine/subject.ts";
import { type GradcheckOptions, gradcheck } from "./gradcheck.ts";
import { headlineOf } from "./report/assert.ts";
import { renderReport } from "./report/render.ts";

/** What the matcher adds to `expect`. */
export interface GradcheckMatchers<Result = unknown> {
  /**
   * Passes when the gradients of the function are its derivatives at the inputs, as `gradcheck` says.
   *
   * @param inputs Variables, Tensors or numbers; float ones are taken as float64 copies
   */
  toPassGradcheck(inputs: readonly VariableLike[] | VariableLike, options?: GradcheckOptions): Result;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the interface that vitest declares, to be merged with
  interface Matchers<T = any> extends GradcheckMatchers<T> {}
}

/** The matcher itself, for `expect.extend`. */
export function toPassGradcheck(
  f: CheckedFunction,
  inputs: readonly VariableLike[] | VariableLike,
  options: GradcheckOptions = {},
): { pass: boolean; message: () => string } {
  const report = gradcheck(f, inputs, options);
  const headline = headlineOf(report);
  const message = headline ?? "expected a wrong gradient, but it is the derivative";
  return { pass: headline === null, message: () => `${message}\n\n${renderReport(report)}` };
}

expect.extend({ toPassGradcheck });
