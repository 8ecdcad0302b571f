import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { builtInKinds } from "./all.ts";

it("lists every kind of layer that a file of this folder makes", async () => {
  const files = readdirSync(new URL(".", import.meta.url)).flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? []);
  const modules = await Promise.all(files.map((file): Promise<object> => import(/* @vite-ignore */ `./${file}.ts`)));
  const values = modules.flatMap((exports) => Object.values(exports)).flat();
  const kinds = new Set(values.filter((value) => value?.schema && value.layer).map(({ kind }) => kind));
  expect([...builtInKinds.keys()].sort()).toEqual([...kinds].sort());
});
