import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { pruneOutput } from "./prepack.ts";

const root = new URL("../../", import.meta.url);

it("leaves the output of sources alone, and removes what no source gives any more", () => {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-prepack-"));
  const kept = ["index.js", "index.d.ts", "index.js.map", "index.d.ts.map", "ops/sum.js", "data.json"];
  const gone = ["old.js", "old.d.ts.map", "ops/add.js", "folder/a.d.ts"];
  for (const path of [...kept, ...gone].map((name) => `dist/${name}`).concat("src/index.ts", "src/ops/sum.ts")) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  }
  pruneOutput(folder);
  const left = readdirSync(join(folder, "dist"), { recursive: true, encoding: "utf8" });
  expect(left.filter((path) => /\.\w+$/.test(path)).sort()).toEqual(kept.sort());
});

it("runs before every package is packed", () => {
  for (const name of readdirSync(new URL("packages/", root))) {
    const { scripts } = JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, root), "utf8"));
    expect(scripts.prepack, name).toBe("tsx ../../testing/packages/prepack.ts");
  }
});
