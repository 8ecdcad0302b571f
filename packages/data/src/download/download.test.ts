import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@adjoint/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { download } from "./download.ts";
import type { DownloadProgress, RemoteFile } from "./request.ts";

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 31) % 251);
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const file: RemoteFile = { name: "images.gz", bytes: content.length, md5: md5(content) };

/** The partial file of a process that does not run: no system gives a process such a number. */
const abandoned = "images.gz.999999999-0.part";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let base: string;
let dir: string;
/** What each folder of the server does with a request for the file. */
let handlers: Record<string, Handler>;
/** The folder and the range of each request. */
let asked: string[];
/** How much of the file has been received and written. */
let received: number;

beforeEach(async () => {
  handlers = {};
  asked = [];
  received = 0;
  dir = await mkdtemp(join(tmpdir(), "adjoint-download-"));
  server = createServer((request, response) => {
    const [, folder, name] = (request.url as string).split("/");
    asked.push(`${folder}${request.headers.range === undefined ? "" : ` ${request.headers.range}`}`);
    expect(name).toBe(file.name);
    handlers[folder](request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true });
});

/** Answers with `bytes`, honouring ranges. */
const serve =
  (bytes: Uint8Array): Handler =>
  (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (from === 0) response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    else {
      const headers = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
      response.writeHead(206, headers).end(bytes.subarray(from));
    }
  };
/**
 * Sends the beginning of `bytes` and breaks the connection when that has been received, the first `times` times; then serves
 * them whole.
 */
const breakOff = (bytes: Uint8Array, length: number, times = Number.POSITIVE_INFINITY): Handler => {
  let count = 0;
  return (request, response) => {
    if (count++ >= times) return serve(bytes)(request, response);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(from === 0 ? 200 : 206, {
      "content-length": bytes.length - from,
      ...(from === 0 ? {} : { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    received = from;
    response.write(bytes.subarray(from, from + length));
    const timer = setInterval(() => received >= from + length && response.destroy(), 5);
    response.on("close", () => clearInterval(timer));
  };
};
const refuse =
  (status: number): Handler =>
  (_, response) => {
    response.writeHead(status).end("no");
  };

const fetchFile = (
  folders: string[],
  more: { signal?: AbortSignal; onProgress?: (p: DownloadProgress) => void; pause?: number } = {},
) =>
  download({
    op: "loadMnist",
    file,
    dir,
    mirrors: folders.map((folder) => `${base}/${folder}/`),
    pause: 5,
    ...more,
    onProgress: (progress) => {
      received = progress.received;
      more.onProgress?.(progress);
    },
  });
const message = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => {
      expect(error).toBeInstanceOf(DataError);
      return error.message.replaceAll(base, "http://server");
    },
  );

describe("download", () => {
  it("fetches a file once, tells how far it is, and then takes it from the cache", async () => {
    handlers = { a: serve(content) };
    const steps: DownloadProgress[] = [];
    expect(Buffer.compare(await fetchFile(["a"], { onProgress: (step) => steps.push(step) }), content)).toBe(0);
    expect(steps.at(-1)).toEqual({ file: "images.gz", url: `${base}/a/images.gz`, received: 200_000, total: 200_000 });
    expect(steps.map((step) => step.received)).toEqual(steps.map((step) => step.received).toSorted((a, b) => a - b));
    expect(Buffer.compare(await fetchFile(["a"]), content)).toBe(0);
    expect(asked).toEqual(["a"]);
    expect(await readdir(dir)).toEqual(["images.gz"]);
    expect(Buffer.compare(await readFile(join(dir, "images.gz")), content)).toBe(0);
  });

  it("asks once when several want the same file at the same time", async () => {
    handlers = { a: serve(content) };
    const all = await Promise.all([fetchFile(["a"]), fetchFile(["a"]), fetchFile(["a"])]);
    expect(all.map(md5)).toEqual([file.md5, file.md5, file.md5]);
    expect(asked).toEqual(["a"]);
  });

  it("refuses a file with another checksum, naming address, expected and found, and leaves nothing", async () => {
    const other = content.map((byte, i) => (i === 100_000 ? byte ^ 1 : byte));
    handlers = { a: serve(other) };
    const error = await fetchFile(["a"]).catch((error: DataError) => error);
    expect(error).toMatchObject({ expected: `MD5 ${file.md5}`, received: `MD5 ${md5(other)}` });
    expect(await message(fetchFile(["a"]))).toMatchInlineSnapshot(
      `"loadMnist: cannot download images.gz: http://server/a/images.gz gave 200,000 bytes with MD5 f4a5e9c3b144fe48231c6a37f4c69f86, not 89b60e4e5788948a2cc4dd5278a752ad. Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR."`,
    );
    expect(await readdir(dir)).toEqual([]);
  });

  it("refuses a file that is too short with no word of it, and one that never ends", async () => {
    handlers = { short: serve(content.subarray(0, 1000)) };
    expect(await message(fetchFile(["short"]))).toMatchInlineSnapshot(
      `"loadMnist: cannot download images.gz: http://server/short/images.gz gave 1,000 bytes with MD5 d676565de2976219305a8e7e6698b024, not 89b60e4e5788948a2cc4dd5278a752ad. Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR."`,
    );
    handlers = {
      endless: (_, response) => {
        response.writeHead(200);
        const more = () => {
          if (response.destroyed) return;
          if (response.write(content)) setImmediate(more);
          else response.once("drain", more);
        };
        more();
      },
    };
    expect(await message(fetchFile(["endless"]))).toMatch(/endless\/images.gz gave more than 200,000 bytes/);
    expect(await readdir(dir)).toEqual([]);
  });

  it("goes to the next mirror when one does not have the file, has a wrong one or is down", async () => {
    handlers = { gone: refuse(404), broken: refuse(503), wrong: serve(content.toReversed()), good: serve(content) };
    expect(md5(await fetchFile(["gone", "broken", "wrong", "good"]))).toBe(file.md5);
    expect(asked).toEqual(["gone", "broken", "wrong", "good"]);
    expect(await readdir(dir)).toEqual(["images.gz"]);
  });

  it("lists what each mirror answered when none has it", async () => {
    handlers = { gone: refuse(404), broken: refuse(500) };
    expect(await message(fetchFile(["gone", "broken"]))).toMatchInlineSnapshot(
      `"loadMnist: cannot download images.gz: http://server/gone/images.gz answered 404 Not Found; http://server/broken/images.gz answered 500 Internal Server Error. Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR."`,
    );
    expect(await message(fetchFile([]))).toMatchInlineSnapshot(
      `"loadMnist: cannot download images.gz: there are no mirrors. Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR."`,
    );
    const nobody = { op: "loadMnist", file, dir, mirrors: ["http://127.0.0.1:1"] };
    expect(await message(download(nobody))).toMatch(/1\/images.gz cannot be reached \(.+\)/);
    expect(await readdir(dir)).toEqual([]);
  });

  it("goes on where a dropped connection stopped", async () => {
    handlers = { a: breakOff(content, 60_000, 2) };
    expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    expect(asked).toEqual(["a", "a bytes=60000-", "a bytes=120000-"]);
    expect(await readdir(dir)).toEqual(["images.gz"]);
  });

  it("gives up an address that drops every connection, and goes on with the next from there", async () => {
    handlers = { a: breakOff(content, 10_000), b: serve(content) };
    expect(md5(await fetchFile(["a", "b"]))).toBe(file.md5);
    expect(asked.at(-1)).toBe("b bytes=40000-");
    await rm(join(dir, "images.gz"));
    expect(await message(fetchFile(["a"]))).toContain("broke off after 40,000 of 200,000 bytes");
    expect(await readdir(dir)).toEqual([]);
  });

  it("starts again when a server ignores ranges, has no such range or sends another one", async () => {
    const ranges: Handler[] = [
      (_, response) => response.writeHead(200).end(content),
      refuse(416),
      (_, response) => response.writeHead(206, { "content-range": "bytes 5-199999/200000" }).end(content.subarray(5)),
      (_, response) => response.writeHead(206).end(content),
    ];
    for (const answer of ranges) {
      await writeFile(join(dir, abandoned), content.subarray(0, 1000));
      handlers = { a: (request, response) => (request.headers.range ? answer : serve(content))(request, response) };
      expect(md5(await fetchFile(["a"]))).toBe(file.md5);
      expect(await readdir(dir)).toEqual(["images.gz"]);
      await rm(join(dir, "images.gz"));
    }
  });

  it("resumes what a killed process left, and fetches the whole file when that was damaged", async () => {
    handlers = { a: serve(content) };
    const part = join(dir, abandoned);
    await writeFile(part, content.subarray(0, 150_000));
    expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    for (const left of [new Uint8Array(1000), new Uint8Array(200_000), new Uint8Array(300_000)]) {
      await rm(join(dir, "images.gz"));
      await writeFile(part, left);
      expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    }
    expect(asked).toEqual(["a bytes=150000-", "a bytes=1000-", "a", "a", "a"]);
    expect(await readdir(dir)).toEqual(["images.gz"]);
  });

  it("leaves alone the partial file of a process that still runs", async () => {
    handlers = { a: serve(content) };
    const other = `images.gz.${process.ppid}-0.part`;
    await writeFile(join(dir, other), content.subarray(0, 1000));
    expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    expect(asked).toEqual(["a"]);
    expect((await readdir(dir)).toSorted()).toEqual(["images.gz", other].toSorted());
  });

  it("removes what killed processes left when the file is in the cache", async () => {
    handlers = { a: serve(content) };
    await fetchFile(["a"]);
    await writeFile(join(dir, abandoned), content.subarray(0, 1000));
    await writeFile(join(dir, "other.gz.999999999-0.part"), content.subarray(0, 1000));
    await fetchFile(["a"]);
    expect(await readdir(dir)).toEqual(["images.gz", "other.gz.999999999-0.part"]);
  });

  it("writes through no link that lies where its partial file might be", async () => {
    handlers = { a: serve(content) };
    const victim = join(dir, "victim");
    await writeFile(victim, "mine");
    await symlink(victim, join(dir, `images.gz.${process.pid}-0.part`));
    await symlink(victim, join(dir, abandoned));
    expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    expect(await readFile(victim, "utf8")).toBe("mine");
  });

  it("does not let the words of a server command the terminal", async () => {
    const evil = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () =>
        socket.end("HTTP/1.1 503 \u001b[31m\u001b]0;owned\u0007 no\r\ncontent-length: 0\r\n\r\n"),
      );
    });
    await new Promise<void>((resolve) => {
      evil.listen(0, "127.0.0.1", resolve);
    });
    const mirrors = [`http://127.0.0.1:${(evil.address() as AddressInfo).port}`];
    const text = await message(download({ op: "loadMnist", file, dir, mirrors }));
    evil.close();
    expect(text).toContain("images.gz");
    expect(text).not.toMatch(/\p{Cc}/u);
  });

  it("gives up a server that answers nothing or drips, and goes to the next", async () => {
    handlers = {
      silent: () => {},
      stalls: (_, response) => response.writeHead(200).write(content.subarray(0, 1000)),
      drips: (_, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(content.subarray(0, 1)), 20);
        response.on("close", () => clearInterval(drip));
      },
      good: serve(content),
    };
    const mirrors = ["silent", "stalls", "drips"].map((folder) => `${base}/${folder}/`);
    const text = await message(download({ op: "loadMnist", file, dir, mirrors, patience: 200 }));
    expect(text.replaceAll(/sent (\d+ bytes|nothing)/g, "was silent")).toMatchInlineSnapshot(
      `"loadMnist: cannot download images.gz: http://server/silent/images.gz was silent in 0.2 s; http://server/stalls/images.gz was silent in 0.2 s; http://server/drips/images.gz was silent in 0.2 s. Name other mirrors with { mirrors }, or a folder that holds the files with { dir } or ADJOINT_DATA_DIR."`,
    );
    expect(await readdir(dir)).toEqual([]);
    // Time enough for a good one on a busy machine.
    const two = [mirrors[0], `${base}/good`];
    expect(md5(await download({ op: "loadMnist", file, dir, mirrors: two, patience: 2000 }))).toBe(file.md5);
  });

  it("replaces a file in the cache that has become damaged", async () => {
    handlers = { a: serve(content) };
    await writeFile(join(dir, "images.gz"), content.subarray(1));
    expect(md5(await fetchFile(["a"]))).toBe(file.md5);
    expect(md5(await readFile(join(dir, "images.gz")))).toBe(file.md5);
  });

  it("stops when its signal aborts, before, during and between attempts, and leaves nothing", async () => {
    const reason = new Error("enough");
    await expect(fetchFile(["a"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(asked).toEqual([]);

    handlers = { slow: (_, response) => response.writeHead(200).write(content.subarray(0, 1000)) };
    const during = new AbortController();
    const work = fetchFile(["slow"], { signal: during.signal, onProgress: () => during.abort(reason) });
    await expect(work).rejects.toBe(reason);

    const between = new AbortController();
    const drop = breakOff(content, 10_000);
    handlers = {
      drops: (request, response) => {
        drop(request, response);
        response.on("close", () => setTimeout(() => between.abort(reason), 100));
      },
    };
    const waiting = fetchFile(["drops"], { pause: 600_000, signal: between.signal });
    await expect(waiting).rejects.toBe(reason);
    expect(asked.filter((folder) => folder === "drops")).toHaveLength(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it("passes on what onProgress throws, and leaves nothing", async () => {
    handlers = { a: serve(content) };
    const stop = () => {
      throw new Error("no screen");
    };
    await expect(fetchFile(["a"], { onProgress: stop })).rejects.toThrow("no screen");
    expect(await readdir(dir)).toEqual([]);
  });
});
