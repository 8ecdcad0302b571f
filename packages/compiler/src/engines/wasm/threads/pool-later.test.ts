/** The pool in bundles for browsers, which is loaded when it is needed. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
});

afterEach(() => {
  vi.doUnmock("./pool.ts");
  vi.restoreAllMocks();
});

it("gives the pool when it is loaded, and at once from then on", async () => {
  const { withPool } = await import("./pool-later.ts");
  const { Pool } = await import("./pool.ts");
  const given: unknown[] = [];
  const use = (pool: unknown): void => {
    given.push(pool);
  };
  withPool(use);
  withPool(use);
  expect(given).toEqual([]);
  await vi.waitUntil(() => given.length === 2);
  withPool(use);
  expect(given).toHaveLength(3);
  for (const pool of given) expect(pool).toBe(given[0]);
  expect(given[0]).toBeInstanceOf(Pool);
});

it("leaves programs on one thread when the pool cannot be loaded, and says so once", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.doMock("./pool.ts", () => {
    throw new Error("Failed to fetch dynamically imported module");
  });
  const { withPool } = await import("./pool-later.ts");
  const { threadsFor } = await import("./threads.ts");
  expect(threadsFor(2)).toBe(2);
  const use = vi.fn();
  withPool(use);
  withPool(use);
  await vi.waitUntil(() => threadsFor(2) === 1);
  expect(use).not.toHaveBeenCalled();
  expect(warn.mock.calls).toEqual([
    ["adjoint: the code of worker threads cannot be loaded, so compiled functions run on one thread."],
  ]);
});
