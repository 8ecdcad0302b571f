import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";
import { gallery } from "./gallery.ts";

it("writes every graph in every form", async () => {
  const { stdout, folder } = await runExample("graphs");
  const files = gallery.flatMap(({ name }) => ["dot", "html", "json", "mmd", "svg"].map((form) => `${name}.${form}`));
  files.push("index.html", "index.ko.html");
  expect(readdirSync(folder).sort()).toEqual(files.sort());
  expect(stdout.trim().split("\n")).toHaveLength(files.length);
  expect(readFileSync(join(folder, "buy-apple.html"), "utf8")).toContain("<title>Two apples with tax (5.4.1)</title>");
  for (const name of ["index.html", "index.ko.html"]) {
    const index = readFileSync(join(folder, name), "utf8");
    for (const [, file] of index.matchAll(/(?:href|src)="([\w.-]+)/g)) {
      if (file !== "data") expect(readdirSync(folder), file).toContain(file);
    }
    expect(index.match(/<li>/g)).toHaveLength(gallery.length);
  }
});
