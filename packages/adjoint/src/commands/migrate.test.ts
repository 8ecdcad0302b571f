import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-migrate-"));
const run = join(folder, "run");
const settingsFile = join(run, "settings.json");
// A run as it was written before settings said how data are read.
const oldest = fileURLToPath(new URL("../training/run/fixtures/run-of-named-data", import.meta.url));

const settings = () => JSON.parse(readFileSync(settingsFile, "utf8"));
const write = (value: object) => writeFileSync(settingsFile, JSON.stringify(value));

beforeEach(() => {
  rmSync(run, { recursive: true, force: true });
  cpSync(oldest, run, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function adjoint(...args: string[]) {
  const { code, stdout, stderr } = await runCommand(...args);
  return { code, stdout: stdout.replaceAll(folder, "<folder>"), stderr: stderr.replaceAll(folder, "<folder>") };
}

describe("adjoint migrate", () => {
  it("brings a run of the first form to today's, which goes on from its checkpoint", async () => {
    const refused = await adjoint("resume", run);
    expect(refused).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "error: resume: <folder>/run/settings.json has an older form; expected settings as train --run wrote them. Bring it to the one of today: adjoint migrate <folder>/run.\n",
    });
    const before = settings();
    const { code, stdout } = await adjoint("migrate", run);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "migrated <folder>/run:
        how data were read and became samples is kept beside their name
        the learning rate has a schedule and a warm-up: none
        the optimizer has a weight decay: 0
      "
    `);
    const { classes: _, ...rest } = before;
    expect(settings()).toEqual({
      ...rest,
      data: { data: "digits", reading: {} },
      encoding: { classes: null, table: null },
      schedule: null,
      warmup: 0,
    });
    expect((await adjoint("resume", run, "--epochs", "3")).code).toBe(0);
    const losses = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
    expect(losses).toHaveLength(9);
    expect((await adjoint("evaluate", run)).code).toBe(0);
  });

  it("brings a run from before schedules to today's, and keeps the folder of its data", async () => {
    write({ ...settings(), data: { data: "mnist", dataDir: "/data" } });
    await adjoint("migrate", run);
    const { schedule: _, warmup: __, ...before } = settings();
    expect(before.data).toEqual({ data: "mnist", reading: { dir: "/data" } });
    write(before);
    const { stdout } = await adjoint("migrate", run, "--json");
    expect(JSON.parse(stdout).changes).toEqual(["the learning rate has a schedule and a warm-up: none"]);
    expect(settings()).toEqual({ ...before, schedule: null, warmup: 0 });
  });

  it("leaves what has today's form as it is", async () => {
    await adjoint("migrate", run);
    const text = readFileSync(settingsFile, "utf8");
    expect(await adjoint("migrate", run)).toEqual({
      code: 0,
      stdout: "<folder>/run has the form of today\n",
      stderr: "",
    });
    expect(readFileSync(settingsFile, "utf8")).toBe(text);
    expect((await adjoint("migrate", join(run, "spec.json"))).code).toBe(0);
  });

  it("refuses newer files, and changes nothing that it cannot read", async () => {
    const before = { ...settings(), epochs: "many" };
    write(before);
    const broken = await adjoint("migrate", run);
    expect(settings()).toEqual(before);
    write({ ...before, version: 2 });
    const spec = join(folder, "newer.json");
    writeFileSync(spec, JSON.stringify({ ...JSON.parse(readFileSync(join(oldest, "spec.json"), "utf8")), version: 2 }));
    const errors = [
      broken,
      await adjoint("migrate", run),
      await adjoint("migrate", spec),
      await adjoint("migrate", "x"),
    ];
    expect(errors.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(errors.map(({ stderr }) => stderr).join("")).toMatchInlineSnapshot(`
      "error: migrate: <folder>/run/settings.json has epochs "many"; expected settings as train --run wrote them.
      error: migrate: <folder>/run/settings.json is of version 2; expected settings as train --run wrote them. Update Adjoint to read newer files.
      error: <folder>/newer.json:1:2: version is 2; it must be 1. Update Adjoint to read newer files.
      error: migrate: x is of no form that has versions; expected the folder of a run, or a file that ends in .json, .yaml, .yml, .safetensors.
      "
    `);
  });
});
