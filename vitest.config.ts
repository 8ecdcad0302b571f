import { readdirSync, readFileSync } from "node:fs";
import { configDefaults, defineConfig } from "vitest/config";

const packages = [
  "tensor",
  "autograd",
  "gradcheck",
  "compiler",
  "nn",
  "optim",
  "data",
  "exchange",
  "explorer",
  "adjoint",
];
const conditions = ["@adjoint/source"];

/** Tests of minutes: `pnpm test` leaves them out, `pnpm test:long` runs them alone. */
const long = "**/*.long.test.ts";
const exclude = [...configDefaults.exclude, long];

/** Tests that try some of their random cases in `pnpm test`, and all of them among the long ones: `testing/runs.ts`. */
const sampled = packages
  .flatMap((name) =>
    readdirSync(`packages/${name}/src`, { recursive: true }).map((file) => `packages/${name}/src/${file}`),
  )
  .filter((file) => file.endsWith(".test.ts") && readFileSync(file, "utf8").includes('/testing/runs.ts"'));

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // Limits for what hangs, not for what is slow on a busy machine: here alone, and minutes.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // Every core: left to itself the runner keeps one free, which on two is half of them.
    maxWorkers: "100%",
    // Files of one worker share what they import: loading it for each took a third of the time. What a test changes in a
    // module it restores.
    isolate: false,
    provide: { isLong: false },
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: { name, include: [`packages/${name}/{src,page,training}/**/*.test.ts`], exclude },
      })),
      {
        extends: true as const,
        test: {
          name: "examples",
          include: ["examples/**/*.test.ts", "docs/**/*.test.ts", "testing/**/*.test.ts"],
          exclude,
        },
      },
      {
        extends: true as const,
        test: { name: "long", include: [`{packages,examples,docs}/${long}`, ...sampled], provide: { isLong: true } },
      },
    ],
  },
});
