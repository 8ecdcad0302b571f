import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { runExample } from "../run-example.ts";
import { experiments } from "./experiments.ts";

const folder = new URL("./", import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.startsWith("chapter-"))
  .flatMap((chapter) => readdirSync(new URL(`${chapter}/`, folder)).map((name) => `${chapter}/${name}`));
/** The files with an experiment, by its section; the others are what several of them share. */
const own = files.filter((name) => /\/\d/.test(name));

describe("the book's experiments", () => {
  it("are in the list, each by the section that its file is named after", () => {
    const named = own.map((name) => /\/([\d.]+)-/.exec(name)?.[1]);
    expect(experiments.map(({ section }) => section)).toEqual(named.toSorted());
    for (const name of own) expect(name).toMatch(/^chapter-(\d)\/\1\./);
  });

  it.each(own)("%s is short, and uses public names alone", (name) => {
    const source = readFileSync(new URL(name, folder), "utf8");
    expect(source.split("\n").length).toBeLessThan(90);
    const from = [...source.matchAll(/from "([^"]+)"/g)].map((match) => match[1]);
    for (const path of from) expect(path).toMatch(/^(adjoint|\.\.?\/[a-z-]+\.ts)$/);
  });

  it.each(experiments.map((experiment) => [experiment.section, experiment] as const))(
    "%s says its result and draws its figures",
    async (_, { run, figures: inBook }) => {
      const { result, figures } = await run({ data: "digits", quick: true });
      expect(result).not.toMatch(/\n|NaN|undefined/);
      if (inBook.length > 0) expect(Object.keys(figures)).not.toEqual([]);
      for (const [name, svg] of Object.entries(figures)) {
        expect(name).toMatch(/^[a-z0-9.-]+\.svg$/);
        expect(svg).toMatch(/^(<\?xml.*|)<svg .*<\/svg>\s*$/s);
        expect(svg).not.toMatch(/NaN|undefined/);
      }
    },
  );

  it("give the same result and figures each time", async () => {
    for (const { run } of experiments.filter(({ section }) => ["6.1.8", "7.5"].includes(section))) {
      const [a, b] = [await run({ data: "digits", quick: true }), await run({ data: "digits", quick: true })];
      expect(a).toEqual(b);
    }
  });
});

describe("the command book", () => {
  it("lists the experiments, runs those of a section, and refuses others", async () => {
    const main = new URL("main.ts", folder).pathname;
    const wrong = promisify(execFile)(process.execPath, ["--conditions=@adjoint/source", "--import", "tsx", main, "9"]);
    const refused = expect(wrong).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no experiment of section 9"),
    });
    const [list, run] = await Promise.all([runExample("book"), runExample("book", ["4.4"]), refused]);
    for (const { section, title } of experiments) expect(list.stdout).toContain(`${section.padEnd(6)} ${title}`);
    expect(run.stdout).toContain("∇f(3, 4) = (6, 8)");
    expect(readdirSync(run.folder).toSorted()).toEqual(["4.4-gradient.svg", "4.4.1-descent.svg"]);
  });
});
