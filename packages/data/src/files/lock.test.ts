import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { lockFolder } from "./lock.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "adjoint-lock-"));

/** The error of a second lock, without what differs from run to run. */
const refusal = async (folder: string): Promise<string> =>
  lockFolder("train", folder).then(
    () => "locked",
    (error) =>
      String(error.message)
        .replaceAll(folder, "<folder>")
        .replaceAll(/\d{2,}/g, "<pid>"),
  );

it("keeps a folder for one at a time, and leaves nothing behind", async () => {
  const folder = newFolder();
  const lock = await lockFolder("train", folder);
  expect(readdirSync(folder)).toEqual(["lock"]);
  expect(await refusal(folder)).toMatchInlineSnapshot(
    `"train: <folder> is in use by process <pid>; expected a folder that no other process uses. Wait for it to end, or end it: kill <pid>."`,
  );
  lock.release();
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
  (await lockFolder("train", folder)).release();
});

it("takes over from a process that died, also where another has its number now", async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((done) => child.on("close", done));
  const lock = await lockFolder("train", folder);
  const own = JSON.parse(readFileSync(join(folder, "lock"), "utf8"));
  lock.release();
  const dead = [{ ...own, pid: child.pid }, ...(own.started === null ? [] : [{ ...own, started: "1" }])];
  for (const holder of dead) {
    writeFileSync(join(folder, "lock"), JSON.stringify(holder));
    const taken = await lockFolder("train", folder);
    expect(JSON.parse(readFileSync(join(folder, "lock"), "utf8"))).toEqual(own);
    taken.release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

it("gives a dead process's folder to one of many that want it, however slow each is", async () => {
  const folder = newFolder();
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((done) => child.on("close", done));
  const lock = await lockFolder("train", folder);
  const own = JSON.parse(readFileSync(join(folder, "lock"), "utf8"));
  lock.release();
  for (const name of ["link", "readFile", "rename", "rm", "writeFile"] as const) {
    const work = fs[name] as (...args: unknown[]) => Promise<unknown>;
    vi.spyOn(fs, name).mockImplementation((async (...args: unknown[]) => {
      await new Promise((done) => setTimeout(done, 3 * Math.random()));
      return await work(...args);
    }) as never);
  }
  try {
    const dead = JSON.stringify({ ...own, pid: child.pid });
    const claim = `lock-${createHash("sha256").update(dead).digest("hex").slice(0, 8)}`;
    for (let round = 0; round < 20; round++) {
      writeFileSync(join(folder, "lock"), dead);
      // One has died while it took the folder over, in every second round.
      if (round % 2 === 1) writeFileSync(join(folder, claim), dead);
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder("train", folder)));
      const taken = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(taken).toHaveLength(1);
      expect(readdirSync(folder)).toEqual(["lock"]);
      taken[0].release();
    }
  } finally {
    vi.restoreAllMocks();
  }
});

it("leaves the locks of other computers, and what it does not understand", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "lock"), JSON.stringify({ computer: "elsewhere", pid: 123, started: null }));
  expect(await refusal(folder)).toMatchInlineSnapshot(
    `"train: <folder> is in use by process <pid> of another computer; expected a folder that no other process uses. If nothing writes there any more, remove <folder>/lock."`,
  );
  writeFileSync(join(folder, "lock"), hostname());
  expect(await refusal(folder)).toMatchInlineSnapshot(
    `"train: <folder> is in use by a process; expected a folder that no other process uses. If nothing writes there any more, remove <folder>/lock."`,
  );
});

it("says why a folder cannot be locked", async () => {
  expect(await refusal(join(newFolder(), "none")).then((text) => text.replace(/adjoint-lock-\w+/, "<name>"))).toContain(
    "ENOENT, the folder does not exist",
  );
});
