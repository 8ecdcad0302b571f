import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { writeNpz } from "@adjoint/data";
import { mnistSources } from "@adjoint/data/internal";
import { tensor } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-data-"));
// A grey image of 2 × 2 pixels.
const image = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgMGZI+w8AAp0BmTIGOnUAAAAASUVORK5CYII=",
  "base64",
);
const place = (...names: string[]): string => join(folder, ...names);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("adjoint data info", () => {
  const info = async (...args: string[]) => JSON.parse((await runCommand("data", "info", ...args, "--json")).stdout);

  it("counts the classes of a data set in both parts", async () => {
    const { samples, classes, arrays } = await info("Digits");
    expect(samples).toEqual({ train: 1437, test: 360 });
    expect(classes.train.map(({ samples: n }: { samples: number }) => n).reduce((a: number, b: number) => a + b)).toBe(
      1437,
    );
    expect(arrays[0]).toEqual({ name: "train.x", type: "float32", shape: [1437, 64], min: 0, max: 1, notFinite: 0 });
  });

  it("says of each column of a table what it holds and what is missing", async () => {
    const file = place("iris.csv");
    writeFileSync(file, "length,color,kind\n1.5,red,a\n,blue,b\n3,red,a\n4,NA,a\n");
    const { stdout, code } = await runCommand("data", "info", file, "--target", "kind");
    expect(code).toBe(0);
    expect(stdout.replaceAll(folder, "<folder>")).toMatchInlineSnapshot(`
      "<folder>/iris.csv: 4 samples
      ┌────────┬──────────┬─────────┬──────────┬─────┬─────┬─────────┬───────────────────┐
      │ column │ type     │ missing │ distinct │ min │ max │    mean │ commonest         │
      ├────────┼──────────┼─────────┼──────────┼─────┼─────┼─────────┼───────────────────┤
      │ length │ number   │       1 │        3 │ 1.5 │   4 │ 2.83333 │                   │
      │ color  │ category │       1 │        2 │     │     │         │ red (2), blue (1) │
      │ kind   │ category │         │        2 │     │     │         │ a (3), b (1)      │
      └────────┴──────────┴─────────┴──────────┴─────┴─────┴─────────┴───────────────────┘
      ┌───────┬─────────┐
      │ class │ samples │
      ├───────┼─────────┤
      │ a     │       3 │
      │ b     │       1 │
      └───────┴─────────┘
      "
    `);
    const [, { categories }] = (await info(file)).columns;
    expect(categories).toEqual([
      { name: "red", samples: 2 },
      { name: "blue", samples: 1 },
    ]);
  });

  it("lists the arrays of an .npz file, with numbers that are not finite, and the classes of its labels", async () => {
    const file = place("arrays.npz");
    const x = tensor([1, Number.NaN, -2, 5, 0, Number.POSITIVE_INFINITY]).reshape([3, 2]);
    await writeNpz({ x, y: tensor([0, 2, 2], { dtype: "int32" }) }, file);
    const { arrays, classes } = await info(file);
    expect(arrays[0]).toEqual({ name: "x", type: "float32", shape: [3, 2], min: -2, max: 5, notFinite: 2 });
    expect(classes).toEqual({
      y: [
        { name: "0", samples: 1 },
        { name: "2", samples: 2 },
      ],
    });
  });

  it("counts the images of a folder by class", async () => {
    for (const [name, n] of [
      ["cat", 2],
      ["dog", 1],
    ] as const) {
      mkdirSync(place("pets", name), { recursive: true });
      for (let i = 0; i < n; i++) writeFileSync(place("pets", name, `${i}.png`), image);
    }
    const { samples, arrays, classes } = await info(place("pets"));
    expect([samples, arrays[0].shape]).toEqual([{ all: 3 }, [3, 1, 2, 2]]);
    expect(classes.all.map(({ name, samples: n }: { name: string; samples: number }) => [name, n])).toEqual([
      ["cat", 2],
      ["dog", 1],
    ]);
  });

  it("says in a line what is not there, or cannot be read", async () => {
    const errors = [
      await runCommand("data", "info", place("none.csv")),
      await runCommand("data", "info", "minst"),
      await runCommand("data", "info", folder, "--data-dir", folder),
      await runCommand("data", "info"),
    ];
    expect(errors.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    for (const { stderr } of errors) expect(stderr.split("\n").length).toBeLessThan(4);
  });
});

describe("adjoint data fetch", () => {
  let server: Server;
  let answer: RequestListener;
  const before = mnistSources.kmnist.files;
  const idx = (shape: readonly number[], bytes: number) => {
    const head = Buffer.alloc(4 + 4 * shape.length);
    head.writeUInt32BE(0x800 + shape.length);
    for (const [i, n] of shape.entries()) head.writeUInt32BE(n, 4 + 4 * i);
    return gzipSync(Buffer.concat([head, Buffer.alloc(bytes)]));
  };
  const contents: Record<string, Buffer> = {
    "train-images-idx3-ubyte.gz": idx([2, 28, 28], 2 * 784),
    "train-labels-idx1-ubyte.gz": idx([2], 2),
    "t10k-images-idx3-ubyte.gz": idx([1, 28, 28], 784),
    "t10k-labels-idx1-ubyte.gz": idx([1], 1),
  };

  beforeAll(async () => {
    const described = Object.fromEntries(
      Object.entries(before).map(([part, { name }]) => [
        part,
        { name, bytes: contents[name].length, md5: createHash("md5").update(contents[name]).digest("hex") },
      ]),
    );
    Object.assign(mnistSources.kmnist, { files: described });
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });

  afterAll(() => {
    Object.assign(mnistSources.kmnist, { files: before });
    server.close();
  });

  const mirror = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const serve: RequestListener = ({ url = "" }, response) => response.end(contents[url.slice(1)]);

  it("downloads the files of a data set once, and trains on them", async () => {
    let asked = 0;
    answer = (request, response) => {
      asked++;
      serve(request, response);
    };
    const fetch = () => runCommand("data", "fetch", "KMNIST", "--to", folder, "--mirror", mirror());
    const [first, second] = [await fetch(), await fetch()];
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toMatch(/^kmnist: 4 files, 0\.0 MB, their sums are right, in .*kmnist\n$/);
    expect(asked).toBe(4);
    expect(readdirSync(place("kmnist")).sort()).toEqual(Object.keys(contents).sort());
    const { stdout } = await runCommand("data", "info", "kmnist", "--data-dir", place("kmnist"));
    expect(stdout).toContain("2 train samples, 1 test sample");
  });

  it("leaves nothing where a file is not what it should be, or the connection breaks", async () => {
    const to = place("wrong");
    const fetch = () => runCommand("data", "fetch", "kmnist", "--to", to, "--mirror", mirror());
    answer = (_, response) => response.end("something else");
    const wrong = await fetch();
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^error: data fetch: cannot download train-labels-idx1-ubyte\.gz: .* with MD5 .*\n$/);
    answer = (_, response) => response.writeHead(404).end();
    expect((await fetch()).stderr).toMatch(/answered 404 Not Found/);
    expect(existsSync(to) ? readdirSync(join(to, "kmnist")) : []).toEqual([]);
  });

  it("says in a line that there is no network", async () => {
    const to = place("offline");
    const { code, stdout, stderr } = await runCommand(
      "data",
      "fetch",
      "kmnist",
      "--to",
      to,
      "--mirror",
      "http://127.0.0.1:1",
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/cannot be reached \(.*\)\. Is there a network\? .*--mirror URL .*\n$/);
    expect(stderr.split("\n")).toHaveLength(2);
  });
});
