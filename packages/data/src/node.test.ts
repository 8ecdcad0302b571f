import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadDigits, loadMnist, readIdx } from "./index.ts";

afterEach(() => vi.unstubAllGlobals());

describe("outside Node", () => {
  it("loadDigits works, and what needs files says so", async () => {
    vi.stubGlobal("process", undefined);
    const digits = loadDigits();
    const failures = await Promise.allSettled([readIdx("x"), loadMnist()]);
    vi.unstubAllGlobals();
    expect(digits.test.x.shape).toEqual([360, 64]);
    expect(failures.map((failure) => (failure as PromiseRejectedResult).reason.message)).toMatchInlineSnapshot(`
      [
        "readIdx: there are no files here; expected Node 20.19 or later. In a browser fetch the bytes and use decodeIdx or decodeSafetensors, or use loadDigits, which needs no file.",
        "loadMnist: there are no files here; expected Node 20.19 or later. In a browser fetch the bytes and use decodeIdx or decodeSafetensors, or use loadDigits, which needs no file.",
      ]
    `);
  });

  it("no module of Node's is imported, so that bundlers for browsers find nothing they cannot resolve", () => {
    const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.startsWith("testing"),
    );
    expect(sources.length).toBeGreaterThan(10);
    for (const name of sources) {
      // `typeof import("node:…")` is a type and leaves no trace.
      const text = readFileSync(`${import.meta.dirname}/${name}`, "utf8").replaceAll(/typeof import\([^)]*\)/g, "");
      expect(text, name).not.toMatch(/(from|import\()\s*["']node:/);
    }
  });
});
