/**
 * Checks compare gradients with numerical derivatives that know their own error.
 *
 * [gradient-checks.md](../gradient-checks.md) explains what the reports say. Import the names of this page from
 * `adjoint`. In a vitest project, `import "adjoint/vitest"` adds the matcher
 * `await expect(f).toPassGradcheck(inputs, options)`; it takes what `gradcheck` takes.
 *
 * @module Gradient checks
 */
export * from "@adjoint/gradcheck";
export * from "../../../packages/nn/src/contents/checks.ts";
