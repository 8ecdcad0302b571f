import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Tensor } from "@adjoint/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeIdx } from "../formats/idx/idx.ts";
import { loadMnist } from "./mnist.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "adjoint-mnist-"));
  vi.stubEnv("ADJOINT_DATA_DIR", undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** Images in which every pixel of the image i is i, and labels. */
function images(count: number, height = 28, width = 28): Uint8Array {
  const size = height * width;
  const data = Int32Array.from({ length: count * size }, (_, k) => Math.floor(k / size));
  return encodeIdx(new Tensor(data, [count, height, width]), { type: "ubyte" });
}
const labels = (...values: number[]) =>
  encodeIdx(new Tensor(Int32Array.from(values), [values.length]), { type: "ubyte" });

/** Writes a small data set of three images to train with and two to test with; `replace` some files, null for none. */
async function writeFiles(folder: string, replace: Record<string, Uint8Array | null> = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files: Record<string, Uint8Array | null> = {
    "train-images-idx3-ubyte.gz": gzipSync(images(3)),
    "train-labels-idx1-ubyte": labels(5, 0, 9),
    "t10k-images-idx3-ubyte": images(2),
    "t10k-labels-idx1-ubyte.gz": gzipSync(labels(7, 2)),
    ...replace,
  };
  for (const [name, bytes] of Object.entries(files)) if (bytes !== null) await writeFile(join(folder, name), bytes);
}
const message = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => error.message.replaceAll(join(dir, "/"), "").replaceAll(dir, "DIR"),
  );

describe("loadMnist from a folder", () => {
  it("gives images as rows in 0 … 1 and labels, from files with and without gzip", async () => {
    await writeFiles(dir);
    const { train, test } = await loadMnist({ dir });
    expect([train.x.shape, train.t.shape, test.x.shape, test.t.shape]).toEqual([[3, 784], [3], [2, 784], [2]]);
    expect([train.x.dtype, train.t.dtype]).toEqual(["float32", "int32"]);
    expect([train.t.toArray(), test.t.toArray()]).toEqual([
      [5, 0, 9],
      [7, 2],
    ]);
    expect([train.x.at(0, 783), train.x.at(1, 0), train.x.at(2, 783)]).toEqual(
      [0, 1, 2].map((v) => Math.fround(v / 255)),
    );
  });

  it("gives raw pixels as [N, 1, 28, 28], labels as rows with a single 1, and only the first samples when asked to", async () => {
    await writeFiles(dir);
    const options = { dir, normalize: false, flatten: false, oneHotLabel: true, trainLimit: 2, testLimit: 9 } as const;
    const { train, test } = await loadMnist(options);
    expect([train.x.shape, train.t.shape, test.x.shape]).toEqual([
      [2, 1, 28, 28],
      [2, 10],
      [2, 1, 28, 28],
    ]);
    expect(train.x.at(1, 0, 27, 27)).toBe(1);
    expect(train.t.toArray()).toEqual([
      [0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("finds the folder by ADJOINT_DATA_DIR, and never takes MNIST for another data set", async () => {
    await writeFiles(dir);
    vi.stubEnv("ADJOINT_DATA_DIR", dir);
    expect((await loadMnist()).train.t.toArray()).toEqual([5, 0, 9]);
    const elsewhere = { cacheDir: join(dir, "cache"), mirrors: [] };
    expect(await message(loadMnist({ dataset: "kmnist", ...elsewhere }))).toContain("there are no mirrors");
    await writeFiles(join(dir, "kmnist"), { "train-labels-idx1-ubyte": labels(1, 1, 1) });
    expect((await loadMnist({ dataset: "kmnist" })).train.t.toArray()).toEqual([1, 1, 1]);
  });

  it("says which file is missing, damaged or not what its name says, and where", async () => {
    const check = async (replace: Record<string, Uint8Array | null>) => {
      await rm(dir, { recursive: true });
      await writeFiles(dir, replace);
      return await message(loadMnist({ dir }));
    };
    expect(await check({ "t10k-images-idx3-ubyte": null })).toMatchInlineSnapshot(
      `"loadMnist: there is no t10k-images-idx3-ubyte.gz in DIR; expected t10k-images-idx3-ubyte.gz or t10k-images-idx3-ubyte. The folder must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each with or without .gz; leave dir out to download them."`,
    );
    expect(await message(loadMnist({ dir: join(dir, "nowhere") }))).toMatch(
      /there is no folder .*nowhere; expected a folder with the files of MNIST/,
    );
    expect(await check({ "train-labels-idx1-ubyte": labels(1, 2) })).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte has 2 labels for the 3 images of train-images-idx3-ubyte.gz (byte 4). The two files are not of the same data set."`,
    );
    expect(await check({ "train-labels-idx1-ubyte": labels(1, 2, 10) })).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte has the label 10 (byte 10)."`,
    );
    expect(await check({ "train-labels-idx1-ubyte": images(3) })).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte does not hold labels: it has 3 axes of type ubyte, and labels have 1 axis of type ubyte (byte 2)."`,
    );
    expect(await check({ "t10k-images-idx3-ubyte": images(2, 28, 27) })).toMatchInlineSnapshot(
      `"loadMnist: t10k-images-idx3-ubyte has images of 28 × 27 pixels, not 28 × 28 (byte 8)."`,
    );
    expect(await check({ "t10k-images-idx3-ubyte": images(2).subarray(0, 800) })).toMatchInlineSnapshot(
      `"loadMnist: t10k-images-idx3-ubyte ends after 1 of 2 images (byte 800)."`,
    );
    const floats = encodeIdx(new Tensor(new Float32Array(3), [3]));
    expect(await check({ "train-labels-idx1-ubyte": floats })).toMatchInlineSnapshot(
      `"loadMnist: train-labels-idx1-ubyte does not hold labels: it has 1 axis of type float, and labels have 1 axis of type ubyte (byte 2)."`,
    );
    expect(await check({ "train-images-idx3-ubyte.gz": gzipSync(images(3)).subarray(0, 40) })).toContain(
      "is cut off within its gzip data (byte 40, compressed)",
    );
  });
});

describe("loadMnist by download", () => {
  it("refuses what is not the published file and leaves the cache empty", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url as string);
      response.end(gzipSync(labels(1, 2, 3)));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    try {
      const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sub`;
      const text = await message(loadMnist({ cacheDir: dir, mirrors: [mirror] }));
      expect(text).toContain(`cannot download train-labels-idx1-ubyte.gz: ${mirror}/train-labels-idx1-ubyte.gz gave`);
      expect(text).toContain("not d53e105ee54ea40749a09fcbcd1e9432");
      expect(asked).toEqual(["/sub/train-labels-idx1-ubyte.gz"]);
      expect(await readdir(join(dir, "mnist"))).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("passes its signal on", async () => {
    const reason = new Error("enough");
    const work = loadMnist({ cacheDir: dir, mirrors: [], signal: AbortSignal.abort(reason) });
    await expect(work).rejects.toBe(reason);
  });
});

describe("loadMnist", () => {
  it("refuses unknown options, data sets and limits", async () => {
    await expect(loadMnist({ normalise: true } as never)).rejects.toThrow('unknown option "normalise"');
    expect(await message(loadMnist({ dataset: "emnist" as never }))).toMatchInlineSnapshot(
      `"loadMnist: dataset is "emnist"; expected "mnist", "fashion-mnist" or "kmnist". Did you mean "kmnist"?"`,
    );
    expect(await message(loadMnist({ trainLimit: 0 }))).toMatchInlineSnapshot(
      `"loadMnist: trainLimit is 0; expected an integer ≥ 1, a number of samples. Leave it out for all samples."`,
    );
  });
});
