/** Disks that are full or read-only, really: small ones in memory. Skipped where nothing may be mounted. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { download } from "../../../../data/src/download/download.ts";
import { runCommand } from "../../testing/run-command.ts";
import { mountSmallDisk } from "../../testing/small-disk.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-disk-"));
const disk = mountSmallDisk(join(folder, "disk"), 2 ** 20);
const spec = join(folder, "spec.json");
const layers = [
  { kind: "affine", units: 20 },
  { kind: "batchNormalization" },
  { kind: "dropout" },
  { kind: "affine", units: 10 },
];
writeFileSync(spec, JSON.stringify({ version: 1, input: [64], layers, loss: "crossEntropy" }));

afterAll(() => {
  disk?.remove();
  rmSync(folder, { recursive: true });
});

const failed = async (...args: string[]): Promise<string> => {
  const { code, stderr } = await runCommand(...args);
  expect(code).toBe(2);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return stderr.trimEnd().replaceAll(folder, "<folder>");
};

describe.skipIf(disk === null)("a disk that cannot be written to (skipped where nothing may be mounted)", () => {
  const { fill, remount, folder: place } = disk ?? { fill: async () => {}, remount() {}, folder: "" };
  const run = join(place, "run");
  const train = ["train", spec, "--epochs", "1", "--checkpoint-every", "5"];

  it("ends a run with one line when it is full, at whatever file, and the last checkpoint stands", async () => {
    const whole = join(folder, "whole");
    expect((await runCommand(...train, "--run", whole)).code).toBe(0);
    const messages = new Set<string>();
    const [full, none] = ["ENOSPC, the disk is full", "nothing was left"];
    for (let free = 0; free < 2 ** 17; free += 2 ** 13) {
      await fill(free);
      const { code, stderr } = await runCommand(...train, "--run", run);
      if (code === 0) break;
      const [line, ...more] = stderr.trimEnd().split("\n");
      expect([code, more]).toEqual([2, []]);
      expect(line).toContain(full);
      messages.add(line.replaceAll(folder, "<folder>"));
      // What there is goes on: to the same numbers where there is room, and with the same line where there is none.
      const names = readdirSync(run);
      expect(names.filter((name) => /tmp$|^lock/.test(name))).toEqual([]);
      if (names.includes("settings.json")) {
        expect(await failed("resume", run)).toContain(full);
        await fill(2 ** 18);
        expect((await runCommand("resume", run)).code).toBe(0);
        expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toBe(
          readFileSync(join(whole, "metrics.jsonl"), "utf8"),
        );
        rmSync(run, { recursive: true });
      } else messages.add(names.length === 0 ? none : names.join(" "));
    }
    expect([...messages].sort()).toMatchInlineSnapshot(`
      [
        "error: train: cannot write <folder>/disk/run/checkpoint.safetensors: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
        "error: train: cannot write <folder>/disk/run/given.json: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
        "error: train: cannot write <folder>/disk/run/lock: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
        "error: train: cannot write <folder>/disk/run/metrics.jsonl: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
        "error: train: cannot write <folder>/disk/run/report.html: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
        "nothing was left",
      ]
    `);
  });

  it("leaves files that belong together as they were, when there is room for some of them only", async () => {
    await fill(2 ** 19);
    const out = join(place, "out");
    mkdirSync(out);
    const kept: Record<string, string[]> = {
      export: ["program.py", "program.safetensors"],
      train: ["training-curve.svg", "graph.dot", "graph.svg", "graph.html"],
    };
    for (const name of Object.values(kept).flat()) writeFileSync(join(out, name), "old");
    // The program of 8 kB fits, and the curve of 7 kB; the numbers of 8 kB and the graph of 25 kB do not fit beside them.
    await fill(2 ** 13 + 2 ** 12);
    expect(await failed("export", spec, "-o", join(out, "program.py"))).toContain("program.safetensors: ENOSPC");
    expect(await failed("train", spec, "--epochs", "1", "--out", out)).toMatch(/graph\.dot: ENOSPC/);
    expect(await failed("new", join(place, "project"))).toContain("ENOSPC");
    expect(readdirSync(out).sort()).toEqual(Object.values(kept).flat().sort());
    for (const name of readdirSync(out)) expect(readFileSync(join(out, name), "utf8")).toBe("old");
    expect(readdirSync(join(place, "project"))).toEqual([]);
    rmSync(out, { recursive: true });
    rmSync(join(place, "project"), { recursive: true });
  });

  it("says so before anything is done when it is read-only, and runs there can be evaluated", async () => {
    await fill(2 ** 19);
    rmSync(run, { recursive: true, force: true });
    expect((await runCommand(...train, "--run", run)).code).toBe(0);
    const before = readdirSync(run).map((name) => readFileSync(join(run, name)));
    remount("ro");
    try {
      expect([
        await failed("resume", run, "--epochs", "2"),
        await failed(...train, "--run", join(place, "other")),
        await failed("train", spec, "--epochs", "1", "--save", join(place, "model.safetensors")),
        await failed("graph", spec, "-o", join(place, "model.svg")),
      ]).toMatchInlineSnapshot(`
        [
          "error: resume: cannot write <folder>/disk/run/lock: EROFS, the file system is read-only. Name a file on another file system.",
          "error: --run: cannot write <folder>/disk/other/spec.json: EROFS, the file system is read-only. Name a file on another file system.",
          "error: --save: cannot write <folder>/disk/model.safetensors: EROFS, the file system is read-only. Name a file on another file system.",
          "error: --output: cannot write <folder>/disk/model.svg: EROFS, the file system is read-only. Name a file on another file system.",
        ]
      `);
      expect((await runCommand("evaluate", run)).code).toBe(0);
      expect(readdirSync(run).map((name) => readFileSync(join(run, name)))).toEqual(before);
    } finally {
      remount("rw");
    }
  });

  it("ends a download with one line that names the file, and leaves nothing of it", async () => {
    const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
    const server = createServer((_, response) => {
      response.writeHead(200, { "content-length": content.length }).end(content);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const md5 = createHash("md5").update(content).digest("hex");
    const file = { name: "images.gz", bytes: content.length, md5 };
    const dir = join(place, "downloads");
    rmSync(run, { recursive: true, force: true });
    try {
      const outcomes: string[] = [];
      // Room for nothing, for a part, for the whole while it comes but not for its copy in place, and for both.
      for (const free of [0, 150_000, 450_000, 900_000]) {
        rmSync(dir, { recursive: true, force: true });
        await fill(free);
        const request = { op: "download", file, dir, mirrors: [mirror], pause: 1 };
        const outcome = await download(request).then(
          (bytes) => `${bytes.length} bytes`,
          (error: Error) => error.message.replaceAll(folder, "<folder>"),
        );
        outcomes.push(outcome, existsSync(dir) ? readdirSync(dir).join(" ") : "no folder");
      }
      expect(outcomes).toMatchInlineSnapshot(`
        [
          "download: cannot write <folder>/disk/downloads/images.gz: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
          "",
          "download: cannot write <folder>/disk/downloads/images.gz: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
          "",
          "download: cannot write <folder>/disk/downloads/images.gz: ENOSPC, the disk is full. Free some space, or name a file on another disk.",
          "",
          "300000 bytes",
          "images.gz",
        ]
      `);
      expect(readFileSync(join(dir, file.name)).equals(content)).toBe(true);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
