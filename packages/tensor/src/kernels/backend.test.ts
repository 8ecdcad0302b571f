import { afterEach, describe, expect, it, vi } from "vitest";
import { type Kernels, kernelsInUse, runsAsWasm, setKernels } from "./backend.ts";

afterEach(() => {
  setKernels("auto");
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe("setKernels", () => {
  it("starts with auto and says what was chosen", () => {
    expect(kernelsInUse()).toBe("auto");
    setKernels("reference");
    expect(kernelsInUse()).toBe("reference");
    setKernels("wasm");
    expect(kernelsInUse()).toBe("wasm");
  });

  it("lists the names when it gets another one, and keeps the choice", () => {
    setKernels("reference");
    expect(() => setKernels("fast" as Kernels)).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: setKernels: kernels is "fast"; expected "reference", "wasm" or "auto".]`,
    );
    expect(kernelsInUse()).toBe("reference");
  });

  it("runs large problems as WASM under auto, all under wasm, none under reference", () => {
    expect([runsAsWasm(99, 100), runsAsWasm(100, 100)]).toEqual([false, true]);
    setKernels("wasm");
    expect(runsAsWasm(1, 100)).toBe(true);
    setKernels("reference");
    expect(runsAsWasm(1e9, 100)).toBe(false);
  });

  it.each([
    ["is missing", undefined],
    [
      "is forbidden by the page",
      {
        Module: class {
          constructor() {
            throw new Error("Refused to compile");
          }
        },
      },
    ],
  ])("refuses wasm and falls back under auto where WebAssembly %s", async (_, platform) => {
    vi.stubGlobal("WebAssembly", platform);
    vi.resetModules();
    const fresh = await import("./backend.ts");
    expect(fresh.runsAsWasm(1e9, 100)).toBe(false);
    expect(() => fresh.setKernels("wasm")).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: setKernels: WebAssembly with SIMD is not available here; expected "reference" or "auto". Use "auto", which falls back to plain TypeScript; in a page, allow it with 'wasm-unsafe-eval' in the content security policy.]`,
    );
    expect(fresh.kernelsInUse()).toBe("auto");
  });
});
