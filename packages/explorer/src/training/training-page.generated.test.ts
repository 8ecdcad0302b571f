import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("is left out by bundlers where it is not used", async () => {
  const bundled = async (name: string): Promise<string> => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { ${name} } from "./index.ts"; console.log(${name});`,
        resolveDir: fileURLToPath(new URL("..", import.meta.url)),
      },
      bundle: true,
      write: false,
      format: "esm",
      conditions: ["@adjoint/source"],
      external: ["@hpcc-js/*", "node:*"],
    });
    return outputFiles[0].text;
  };
  const words = "A network in training";
  expect(await bundled("toHtml")).not.toContain(words);
  expect(await bundled("recordTraining")).not.toContain(words);
  const report = await bundled("trainingReport");
  expect(report).toContain(words);
  // What trains, and the explorer's page, are for the page that trains.
  expect(report).not.toContain("trainingEngine");
  expect(report).not.toContain("Skip to the graph");
});
