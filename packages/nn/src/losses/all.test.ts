import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { losses } from "./all.ts";

it("lists every loss that a file of this folder makes", async () => {
  const files = readdirSync(new URL(".", import.meta.url)).flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? []);
  const modules = await Promise.all(files.map((file): Promise<object> => import(/* @vite-ignore */ `./${file}.ts`)));
  const kinds = modules.flatMap((exports) => Object.values(exports)).filter((value) => value?.schema && value.kind);
  expect([...losses.keys()].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
});
