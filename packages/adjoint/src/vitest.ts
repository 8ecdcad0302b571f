/** The matcher `expect(f).toPassGradcheck(inputs)` for vitest: importing this file adds it. */
import "@adjoint/gradcheck/vitest";
