import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePng, loadDigits, writeIdx, writeNpz } from "@adjoint/data";
import { kernels, rng, tensor } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";
import { checkDataOptions, describeData, encodingFrom, loadData, loadSamples } from "./load-data.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const message = (work: Promise<unknown>) =>
  work.then(
    () => "nothing was thrown",
    (error: Error) => error.message.replaceAll(join(folder, "/"), ""),
  );

/** Three kinds of flowers, whose petals lie apart: 50 of each. */
function flowers(): string {
  const random = rng(1);
  const rows = ["setosa", "versicolor", "virginica"].flatMap((species, k) =>
    Array.from({ length: 50 }, () => {
      const noise = random.normal([2]).data;
      return `${(5 + k + 0.2 * noise[0]).toFixed(2)},${(1.5 + 1.7 * k + 0.2 * noise[1]).toFixed(2)},${species}`;
    }),
  );
  return `sepal,petal,species\n${rows.join("\n")}\n`;
}
// A grey image of 2 × 2 pixels: 0, 51, 102, 255.
const image = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNgMGZI+w8AAp0BmTIGOnUAAAAASUVORK5CYII=",
  "base64",
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-data-"));
  await writeFile(at("flowers.csv"), flowers());
  await writeFile(at("prices.csv"), "size,city,price\n1,a,10\n2,b,20\n3,a,30\n4,b,40\n5,a,50\n");
  await writeFile(at("rows.jsonl"), '{"a":1,"b":0}\n{"a":2,"b":1}\n{"a":3,"b":0}\n{"a":4,"b":1}\n{"a":5,"b":1}\n');
  const x = tensor([[0, 51, 102, 255]], { dtype: "int32" });
  const images = kernels.reshape(x, [1, 2, 2]);
  const label = tensor([1], { dtype: "int32" });
  await writeNpz({ x_train: images, y_train: label, x_test: images, y_test: label }, at("keras.npz"));
  const rows = rng(0).normal([10, 3]);
  await writeNpz({ x: rows, y: rng(1).normal([10]) }, at("regression.npz"), { compress: true });
  await writeNpz({ x: rows, kind: kernels.cast(tensor([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]), "int32") }, at("named.npz"));
  await writeNpz({ weights: rows }, at("weights.npz"));
  for (const name of ["cats/1", "cats/2", "cats/3", "dogs/4", "dogs/5"]) {
    await mkdir(at(join("pets", name, "..")), { recursive: true });
    await writeFile(at(`pets/${name}.png`), image);
  }
  for (const name of ["train/b/1", "train/a/1", "train/a/2", "test/b/1"]) {
    await mkdir(at(join("parts", name, "..")), { recursive: true });
    await writeFile(at(`parts/${name}.png`), image);
  }
  const { x: digits, t } = loadDigits().test;
  await mkdir(at("idx"));
  for (const part of ["train", "t10k"]) {
    const pixels = kernels.reshape(
      kernels.cast(kernels.mul(kernels.slice(digits, [{ start: 0, step: 1, length: 49 }]), tensor(0)), "int32"),
      [4, 28, 28],
    );
    await writeIdx(pixels, at(`idx/${part}-images.idx3-ubyte`), { type: "ubyte" });
    await writeIdx(kernels.slice(t, [{ start: 0, step: 1, length: 4 }]), at(`idx/${part}-labels-idx1-ubyte.gz`), {
      type: "ubyte",
    });
  }
});
afterAll(() => rm(folder, { recursive: true }));

const classes = (input: number[]) => ({ input, loss: "crossEntropy" });
const numbers = (input: number[]) => ({ input, loss: { kind: "mse" } });

describe("loadData", () => {
  it("splits a table into shares of each class, and scales by the rows to train with", async () => {
    const data = await loadData(at("flowers.csv"), classes([2]), { target: "species" });
    expect(describeData("flowers.csv", data)).toBe(
      "data: flowers.csv, 120 samples to train with and 30 to test with, of shape [2], in 3 classes (setosa, versicolor, virginica)",
    );
    for (const axis of [0, 1]) {
      const values = (data.train.x.toArray() as number[][]).map((row) => row[axis]);
      expect(values.reduce((sum, value) => sum + value, 0) / 120).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + value ** 2, 0) / 120).toBeCloseTo(1, 5);
    }
    const counts = [0, 0, 0];
    for (const label of data.test.t.toArray() as number[]) counts[label]++;
    expect(counts).toEqual([10, 10, 10]);
    expect((await loadData(at("flowers.csv"), classes([2]), { target: "species", split: 0.1 })).test.x.shape).toEqual([
      15, 2,
    ]);
    // The encoding, saved and read again, gives other rows the same numbers.
    const encoding = encodingFrom({ dataEncoding: JSON.stringify(data.encoding) }, "model");
    await writeFile(at("one.csv"), "petal,sepal\n1.5,5\n");
    const one = await loadSamples(at("one.csv"), classes([2]), { encoding: encoding! });
    expect([one.x.shape, one.t]).toEqual([[1, 2], null]);
    const raw = await loadData(at("flowers.csv"), classes([2]), { target: "species", standardize: false });
    expect(Number(kernels.min(raw.train.x).item())).toBeGreaterThan(0.5);
  });

  it("makes numbers of targets where the loss is for numbers, and classes where it is for classes", async () => {
    const data = await loadData(at("prices.csv"), numbers([3]), { target: "price" });
    expect([data.train.t.shape, data.train.t.dtype, data.encoding.classes]).toEqual([[4, 1], "float32", null]);
    expect(describeData("p", data)).toContain("of shape [3], with targets of shape [1]");
    const coded = await loadData(at("rows.jsonl"), numbers([5]), { target: "b", categories: ["a"] });
    expect(coded.train.x.shape).toEqual([4, 5]);
    const labels = await loadData(at("rows.jsonl"), classes([1]), { target: "b" });
    expect([labels.train.t.dtype, labels.encoding.classes]).toEqual(["int32", ["0", "1"]]);
    const other = await loadData(at("flowers.csv"), classes([2]), { target: "species", testData: at("flowers.csv") });
    expect([other.train.x.shape, other.test.x.shape]).toEqual([
      [150, 2],
      [150, 2],
    ]);
    expect(other.test.t.toArray()).toEqual(other.train.t.toArray());
  });

  it("reads arrays by the names that people give them, as images of 0 … 1 in the shape of the input", async () => {
    const flat = await loadData(at("keras.npz"), classes([4]));
    expect(flat.train.x.toArray()).toEqual([[0, 0.2, 0.4, 1].map(Math.fround)]);
    expect([flat.train.t.toArray(), flat.test.x.shape]).toEqual([[1], [1, 4]]);
    expect((await loadData(at("keras.npz"), classes([1, 2, 2]))).train.x.shape).toEqual([1, 1, 2, 2]);
    const real = await loadData(at("regression.npz"), numbers([3]));
    expect([real.train.x.shape, real.train.t.shape, real.test.t.shape]).toEqual([
      [8, 3],
      [8, 1],
      [2, 1],
    ]);
    const named = await loadData(at("named.npz"), classes([3]), { target: "kind" });
    expect(named.train.t.dtype).toBe("int32");
    expect(await message(loadData(at("weights.npz"), classes([3])))).toMatchInlineSnapshot(
      `"data: weights.npz has the arrays "weights"; expected arrays called x and y, or x_train, y_train, x_test, y_test. Save it by np.savez(FILE, x=…, y=…); the target may be named by --target."`,
    );
    expect(await message(loadData(at("named.npz"), classes([3])))).toMatchInlineSnapshot(
      `"data: named.npz has no targets; expected targets to learn. Name it by --target, or save it beside the samples."`,
    );
    expect(await message(loadData(at("regression.npz"), classes([3])))).toMatchInlineSnapshot(
      `"data: regression.npz has the target -1.8045567274093628 at 0, and the model's loss is for classes; expected integers from 0 on, the numbers of classes. For real numbers declare "loss": "mse"."`,
    );
  });

  it("reads folders of images, and splits them or takes the parts that are there", async () => {
    expect(decodePng(image).shape).toEqual([1, 2, 2]);
    const pets = await loadData(at("pets"), classes([4]), { split: 0.4 });
    expect(describeData("pets", pets)).toBe(
      "data: pets, 3 samples to train with and 2 to test with, of shape [4], in 2 classes (cats, dogs)",
    );
    const parts = await loadData(at("parts"), classes([3, 2, 2]));
    expect([parts.train.x.shape, parts.test.x.shape, parts.test.t.toArray()]).toEqual([
      [3, 3, 2, 2],
      [1, 3, 2, 2],
      [1],
    ]);
  });

  it("reads the files of MNIST under their other names", async () => {
    const data = await loadData(at("idx"), classes([1, 28, 28]));
    expect([data.train.x.shape, data.test.t.shape]).toEqual([[4, 1, 28, 28], [4]]);
    expect((await loadData("mnist", classes([784]), { dir: at("idx") })).train.x.shape).toEqual([4, 784]);
  });

  it("says what is wrong with a path, an option or an encoding", async () => {
    await writeFile(at("x.parquet"), "");
    await mkdir(at("nothing"), { recursive: true });
    await writeFile(at("gaps.csv"), "a,id,y\n1,,2\n2,x,3\n,x,4\n");
    await writeFile(at("mixed.csv"), "a,y\n1,2\n2,3\nx,4\n");
    await writeFile(at("index.csv"), ",a,y\n0,1,2\n1,2,3\n");
    expect([
      await message(loadData(at("gaps.csv"), numbers([2]), { target: "y" })),
      await message(loadData(at("mixed.csv"), numbers([1]), { target: "y" })),
      await message(loadData(at("index.csv"), numbers([1]), { target: "y" })),
      await message(loadData(at("none.csv"), classes([2]))),
      await message(loadData("cats", classes([2]))),
      await message(loadData(at("flowers.csv"), classes([2]))),
      await message(loadData(at("flowers.csv"), classes([2]), { target: "kind" })),
      await message(loadData(at("flowers.csv"), numbers([2]), { target: "species", testData: at("prices.csv") })),
      await message(loadData(at("x.parquet"), classes([2]))),
      await message(loadData(at("nothing"), classes([2]))),
      await message((async () => checkDataOptions("digits", { dir: "x" }))()),
      await message((async () => checkDataOptions("x.csv", { dir: "x" }))()),
      await message((async () => checkDataOptions("mnist", { split: 0.1 }))()),
      await message((async () => checkDataOptions("mnist", { standardize: false }))()),
      await message(loadData(at("nothing"), classes([2]), { ignore: ["a"] })),
      await message((async () => checkDataOptions("x.csv", { split: 0.1, testData: "y.csv" }))()),
      await message((async () => encodingFrom({ dataEncoding: '{"classes":null,"table":{"features":[{}]}}' }, "m"))()),
      await message((async () => encodingFrom({ dataEncoding: "[" }, "m"))()),
    ]).toMatchInlineSnapshot(`
      [
        "fitTable: gaps.csv, line 4, column "a": the value is missing. Pass --missing fill for the mean or the commonest, or --missing drop to leave out such rows.",
        "fitTable: mixed.csv, line 4, column "a": "x" is not a number, and 2 of the column's 3 values are. Correct it or say --categories a.",
        "fitTable: index.csv: column 1 has no name, as where pandas writes the numbers of rows; expected a name for every column. Leave it out by --ignore column1.",
        "data: there is no file or folder none.csv; expected a file, a folder, or one of digits, mnist, fashion-mnist, kmnist.",
        "data: there is no data set cats; expected a file, a folder, or one of digits, mnist, fashion-mnist, kmnist.",
        "--target: flowers.csv needs a target; expected the name of the column to learn. Name one: --target NAME. Its columns are "sepal", "petal", "species".",
        "fitTable: flowers.csv has no column "kind"; expected the name of a column. Its columns are "sepal", "petal", "species".",
        "encodeTable: prices.csv has no column "sepal"; expected the name of a column. Its columns are "size", "city", "price".",
        "data: x.parquet ends in .parquet; expected .csv, .tsv, .jsonl, .ndjson, .npz, or a folder. Save arrays with names by np.savez, tables as CSV.",
        "readImageFolder: nothing has no folders with PNG images; expected a folder of PNG images for each class. Put the images of each class in a folder with its name: cats/1.png, dogs/1.png.",
        "--data-dir: the data set digits is part of the package and is read from no folder; expected --data mnist, fashion-mnist or kmnist. Add --data mnist, or leave out --data-dir.",
        "--data-dir: x.csv is a path, and is read from no folder; expected --data mnist, fashion-mnist or kmnist. Add --data mnist, or leave out --data-dir.",
        "--split: the data set mnist has its own samples to test with; expected data without a test part. Leave out --split.",
        "--no-standardize: the data set mnist has no columns; expected the path of a table. Name a table by --data, or leave out --no-standardize.",
        "--ignore: nothing has no columns; expected the path of a table. Name a table by --data, or leave out --ignore.",
        "--split: there are two ways to choose samples to test with; expected one of the two.",
        "data: m has metadata "dataEncoding" that say nothing about data; expected what train writes.",
        "data: m has metadata "dataEncoding" that say nothing about data; expected what train writes.",
      ]
    `);
  });
});

describe("adjoint train", () => {
  it("trains on a table by its path, to what such flowers allow", async () => {
    await writeFile(
      at("flowers.json"),
      JSON.stringify({
        version: 1,
        input: [2],
        layers: [{ kind: "affine", units: 16 }, { kind: "relu" }, { kind: "affine", units: 3 }],
        loss: "crossEntropy",
      }),
    );
    const { code, stdout, stderr } = await runCommand(
      "train",
      at("flowers.json"),
      "--data",
      at("flowers.csv"),
      "--target",
      "species",
      "--epochs",
      "30",
      "--batch-size",
      "16",
      "--lr",
      "0.01",
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("120 samples to train with and 30 to test with, of shape [2], in 3 classes (setosa, ");
    expect(Number(/test accuracy ([\d.]+) %/.exec(stdout)?.[1])).toBeGreaterThan(95);
  });

  it("says in a line what is missing", async () => {
    const { code, stderr } = await runCommand("train", at("flowers.json"), "--data", at("flowers.csv"));
    expect(code).toBe(2);
    expect(stderr.replaceAll(join(folder, "/"), "")).toMatchInlineSnapshot(`
      "error: --target: flowers.csv needs a target; expected the name of the column to learn. Name one: --target NAME. Its columns are "sepal", "petal", "species".
      "
    `);
  });
});
