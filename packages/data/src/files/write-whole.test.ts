import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DataError } from "@adjoint/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { readWhole } from "./read-whole.ts";
import { temporaryBeside } from "./temporary.ts";
import { isSameFile, tryToWrite, writeTogether, writeWhole } from "./write-whole.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "adjoint-write-"));
});

const at = (name: string): string => join(dir, name);
/** What an error says, without the folder of this test. */
const problemOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was thrown",
    (error) => {
      expect(error).toBeInstanceOf(DataError);
      return error.message.replaceAll(dir, "<dir>");
    },
  );
/** The temporary file of a process that does not run: no system gives a process such a number. */
const abandoned = (name: string): string =>
  temporaryBeside("test", at(name), "tmp").replace(`-${process.pid}-`, "-999999999-");

describe("writeWhole", () => {
  it("writes bytes and text, and replaces a file with its permissions kept", async () => {
    await writeWhole("test", at("a"), new Uint8Array([1, 2]));
    await writeWhole("test", at("b"), "né");
    expect([[...readFileSync(at("a"))], readFileSync(at("b"), "utf8")]).toEqual([[1, 2], "né"]);
    chmodSync(at("a"), 0o640);
    await writeWhole("test", at("a"), "new");
    expect([readFileSync(at("a"), "utf8"), statSync(at("a")).mode & 0o777]).toEqual(["new", 0o640]);
    expect(readdirSync(dir).sort()).toEqual(["a", "b"]);
  });

  it("writes what a link leads to, and keeps the link", async () => {
    mkdirSync(at("far"));
    writeFileSync(at("far/old"), "old");
    symlinkSync("far/old", at("link"));
    symlinkSync("far/new", at("dangling"));
    symlinkSync("circle", at("circle"));
    await writeWhole("test", at("link"), "1");
    await writeWhole("test", at("dangling"), "2");
    expect(["link", "dangling"].map((name) => lstatSync(at(name)).isSymbolicLink())).toEqual([true, true]);
    expect(["far/old", "far/new"].map((name) => readFileSync(at(name), "utf8"))).toEqual(["1", "2"]);
    expect(await problemOf(writeWhole("test", at("circle"), ""))).toContain("cannot write <dir>/circle: ELOOP");
    expect(readdirSync(at("far")).sort()).toEqual(["new", "old"]);
  });

  it("gives its temporary files names that differ and are short enough for any file's name", async () => {
    const [one, other] = [temporaryBeside("test", at("x"), "tmp"), temporaryBeside("test", at("x"), "tmp")];
    expect(one).not.toBe(other);
    const longest = "é".repeat(127);
    await writeWhole("test", at(longest), "x");
    expect(readFileSync(at(longest), "utf8")).toBe("x");
    expect(await problemOf(writeWhole("test", at("é".repeat(128)), "x"))).toMatch(/ENAMETOOLONG, the name is too long/);
  });

  it("removes what dead writers left in the folder, and nothing else", async () => {
    const kept = ["x.tmp", "m.adjoint.tmp", basename(temporaryBeside("test", at("m"), "tmp"))];
    // Of another computer, whose processes cannot be seen from here.
    const elsewhere = `m.adjoint-00000000-999999999-${"0".repeat(16)}.tmp`;
    const part = basename(abandoned("m")).replace(/tmp$/, "part");
    const link = basename(abandoned("link"));
    symlinkSync(at("x.tmp"), at(link));
    for (const name of [...kept, elsewhere, part]) writeFileSync(at(name), "");
    for (const name of ["m", "m", "other"]) writeFileSync(abandoned(name), "");
    const old = elsewhere.replace(/0{16}/, "1".repeat(16));
    writeFileSync(at(old), "");
    utimesSync(at(old), 0, 0);
    await writeWhole("test", at("m"), "done");
    expect(readdirSync(dir).sort()).toEqual([...kept, elsewhere, part, link, "m"].sort());
  });

  it("says what is wrong with a place, what to do, and leaves everything as it was", async () => {
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "");
    const problems = [
      await problemOf(writeWhole("test", at("folder"), "x")),
      await problemOf(writeWhole("test", at("nowhere/x"), "x")),
      await problemOf(writeWhole("test", at("file/x"), "x")),
      await problemOf(writeWhole("test", "/dev/null", "x")),
    ];
    expect(problems).toMatchInlineSnapshot(`
      [
        "test: cannot write <dir>/folder: EISDIR, it is a folder. Name a file.",
        "test: cannot write <dir>/nowhere/x: ENOENT, the folder does not exist. Make the folder first, or name a file in one that exists.",
        "test: cannot write <dir>/file/x: ENOTDIR, a part of the path is a file, not a folder. Name a file in a folder that exists.",
        "test: cannot write /dev/null: it is a device, a pipe or a socket; expected a regular file.",
      ]
    `);
    expect(readdirSync(dir).sort()).toEqual(["file", "folder"]);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

describe("writeTogether", () => {
  it("writes all of the files, or changes none of them", async () => {
    writeFileSync(at("a"), "old");
    mkdirSync(at("folder"));
    const files = [
      { path: at("a"), content: "new" },
      { path: at("b"), content: "new" },
    ];
    const refused = [...files, { path: at("folder"), content: "new" }];
    expect(await problemOf(writeTogether("test", refused))).toContain("cannot write <dir>/folder: EISDIR");
    expect(readFileSync(at("a"), "utf8")).toBe("old");
    expect(readdirSync(dir).sort()).toEqual(["a", "folder"]);
    await writeTogether("test", files);
    expect(["a", "b"].map((name) => readFileSync(at(name), "utf8"))).toEqual(["new", "new"]);
    expect(readdirSync(dir).sort()).toEqual(["a", "b", "folder"]);
  });
});

describe("tryToWrite", () => {
  it("finds out what writeWhole would refuse, and makes nothing", async () => {
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "old");
    await tryToWrite("test", at("new"), true);
    await tryToWrite("test", at("file"), true);
    await tryToWrite("test", at("to/be/made"), true);
    expect(await problemOf(tryToWrite("test", at("to/be/made"), false))).toContain("ENOENT, the folder does not exist");
    expect(await problemOf(tryToWrite("test", at("folder"), true))).toContain("EISDIR, it is a folder. Name a file.");
    expect(await problemOf(tryToWrite("test", at("file/x"), true))).toContain("ENOTDIR");
    expect(await problemOf(tryToWrite("test", at("file/x/y"), true))).toContain("ENOTDIR");
    expect(readdirSync(dir).sort()).toEqual(["file", "folder"]);
    expect(readFileSync(at("file"), "utf8")).toBe("old");
  });
});

it("isSameFile sees through links and relative paths", async () => {
  writeFileSync(at("a"), "");
  writeFileSync(at("b"), "");
  symlinkSync(at("a"), at("link"));
  expect(await isSameFile("test", at("a"), at("link"))).toBe(true);
  expect(await isSameFile("test", at("a"), join(dir, "x", "..", "a"))).toBe(true);
  expect(await isSameFile("test", at("a"), at("b"))).toBe(false);
  expect(await isSameFile("test", at("missing"), at("missing"))).toBe(false);
});

describe("readWhole", () => {
  it("reads files, and neither folders, devices nor what is longer than asked for", async () => {
    writeFileSync(at("a"), "12345");
    expect(new TextDecoder().decode(await readWhole("test", at("a"), 5))).toBe("12345");
    const problems = [
      await problemOf(readWhole("test", at("a"), 4)),
      await problemOf(readWhole("test", dir)),
      await problemOf(readWhole("test", at("b"))),
      await problemOf(readWhole("test", "/dev/zero")),
    ];
    expect(problems).toMatchInlineSnapshot(`
      [
        "test: cannot read <dir>/a: it has 5 bytes; expected at most 4. Name another file.",
        "test: cannot read <dir>: EISDIR, it is a folder. Name a file.",
        "test: there is no file <dir>/b.",
        "test: cannot read /dev/zero: it is a device, a pipe or a socket; expected a regular file.",
      ]
    `);
  });
});
