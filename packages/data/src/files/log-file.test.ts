import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openLog } from "./log-file.ts";

const path = join(mkdtempSync(join(tmpdir(), "adjoint-log-")), "metrics.jsonl");

it("adds lines, and is cut to what was flushed where somebody goes on", async () => {
  const log = await openLog("train", path, 0);
  log.add("one");
  expect(readFileSync(path, "utf8")).toBe("");
  expect(await log.flush({ sync: true })).toBe(4);
  log.add("zwölf");
  log.add("three");
  expect(await log.flush()).toBe(17);
  await log.close();
  appendFileSync(path, '{"half');
  const again = await openLog("train", path, 4);
  again.add("two");
  expect(await again.flush()).toBe(8);
  await again.close();
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
});

it("refuses a file that lost what was flushed", async () => {
  await expect(openLog("train", path, 9)).rejects.toThrow("has 8 bytes, and had 9 when it was saved");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
});
