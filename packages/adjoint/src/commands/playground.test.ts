import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-playground-"));

it("writes a page that trains, with the settings and the title that were given", async () => {
  const file = join(folder, "page.html");
  const { code, stdout } = await runCommand("playground", "-o", file, "--settings", "lesson=he", "--title", "He & we");
  expect([code, stdout]).toEqual([0, `wrote ${file}\n`]);
  const html = readFileSync(file, "utf8");
  expect(html).toContain("<title>He &amp; we</title>");
  expect(html).toContain('"settings":"lesson=he"');
});

it("refuses another ending before it does anything", async () => {
  const { code, stderr } = await runCommand("playground", "-o", join(folder, "page.txt"));
  expect(code).not.toBe(0);
  expect(stderr).toContain("Name a file that ends in .html.");
});
