import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defaultCacheDir } from "./cache.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

/** The folder on another operating system, with these environment variables. */
function cacheDirOn(platform: string, env: Record<string, string> = {}): string {
  vi.stubGlobal("process", Object.create(process, { platform: { value: platform }, env: { value: env } }));
  const dir = defaultCacheDir("loadMnist");
  vi.unstubAllGlobals();
  return dir;
}

describe("defaultCacheDir", () => {
  it("follows each system's convention", () => {
    expect(cacheDirOn("linux")).toBe(join(homedir(), ".cache", "adjoint"));
    expect(cacheDirOn("linux", { XDG_CACHE_HOME: resolve("/var/x") })).toBe(resolve("/var/x/adjoint"));
    expect(cacheDirOn("darwin")).toBe(join(homedir(), "Library", "Caches", "adjoint"));
    expect(cacheDirOn("win32", { LOCALAPPDATA: "L" })).toBe(join("L", "adjoint", "Cache"));
    expect(cacheDirOn("win32")).toBe(join(homedir(), "AppData", "Local", "adjoint", "Cache"));
  });

  it("ignores a relative XDG_CACHE_HOME, as the specification says", () => {
    expect(cacheDirOn("linux", { XDG_CACHE_HOME: "x" })).toBe(join(homedir(), ".cache", "adjoint"));
  });
});
