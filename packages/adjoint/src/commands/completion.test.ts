import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-completion-"));

/** Whether a shell is installed here. */
function isThere(shell: string): boolean {
  try {
    execFileSync(shell, ["-c", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout } = await runCommand("completion", shell);
    expect(code).toBe(0);
    scripts[shell] = join(folder, `adjoint.${shell}`);
    writeFileSync(scripts[shell], stdout);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What follows these words, the last of which is the beginning of one. */
const completions: Record<string, (words: readonly string[]) => string[]> = {
  bash(words) {
    const list = words.map((word) => `'${word}'`).join(" ");
    const script = `source ${scripts.bash}; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _adjoint; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines(execFileSync("bash", ["--norc", "-c", script], { encoding: "utf8" }));
  },
  fish(words) {
    const script = `source ${scripts.fish}; complete -C '${words.join(" ")}'`;
    const text = execFileSync("fish", ["--no-config", "-c", script], { encoding: "utf8", cwd: folder });
    return lines(text).map((line) => line.split("\t")[0]);
  },
};

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

describe.each(["bash", "fish"].filter(isThere))("completion in %s", (shell) => {
  const offered = (text: string): string[] => completions[shell](text.split(" "));

  it("offers commands, those inside others, options and their values", () => {
    expect(offered("adjoint ")).toEqual(expect.arrayContaining(["train", "find-lr", "data", "completion", "help"]));
    expect(offered("adjoint tr")).toEqual(["train"]);
    expect(offered("adjoint data ")).toEqual(expect.arrayContaining(["info", "fetch"]));
    expect(offered("adjoint data fetch ")).toEqual(expect.arrayContaining(["mnist", "fashion-mnist", "kmnist"]));
    expect(offered("adjoint train spec.json --optimizer ad")).toEqual(
      expect.arrayContaining(["adagrad", "adam", "adamw"]),
    );
    expect(offered("adjoint train spec.json --batch")).toEqual(["--batch-size"]);
    expect(offered("adjoint help pre")).toEqual(["predict"]);
  });

  it("offers nothing of another command", () => {
    expect(offered("adjoint evaluate --epo")).toEqual([]);
    expect(offered("adjoint data info --mirr")).toEqual([]);
  });
});

it.runIf(isThere("zsh"))("is a script that zsh loads", () => {
  const script = `autoload -U compinit; compinit -u -d ${join(folder, "dump")}; source ${scripts.zsh}; print $_comps[adjoint]`;
  expect(execFileSync("zsh", ["-f", "-c", script], { encoding: "utf8" })).toBe("_adjoint\n");
});

it("knows three shells", async () => {
  const { code, stderr } = await runCommand("completion", "tcsh");
  expect(code).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish.");
});
