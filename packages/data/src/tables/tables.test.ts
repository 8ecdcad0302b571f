import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError, type Nested } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { parseCsv } from "./csv.ts";
import { encodeCsv } from "./encode-csv.ts";
import { dropMissing, encodeTable } from "./encode-table.ts";
import { fitTable } from "./fit-table.ts";
import { parseJsonLines } from "./json-lines.ts";
import { type CsvOptions, decodeCsv, decodeJsonLines, readCsv, readJsonLines } from "./read-table.ts";

const flowers = "sepal,petal,color,species\n5.1,1.4,red,setosa\n6.2,4.5,blue,virginica\n5.5,.5e1,red,setosa\n";

describe("decodeCsv", () => {
  it("makes features of numbers and categories, and classes of the target", () => {
    const { x, t, features, classes, encoding } = decodeCsv(flowers, { target: "species" });
    expect(features).toEqual(["sepal", "petal", "color=blue", "color=red"]);
    expect([x.dtype, x.shape]).toEqual(["float32", [3, 4]]);
    expect(x.toArray()).toEqual([
      [Math.fround(5.1), Math.fround(1.4), 0, 1],
      [Math.fround(6.2), 4.5, 1, 0],
      [5.5, 5, 0, 1],
    ]);
    expect(classes).toEqual(["setosa", "virginica"]);
    expect([t?.dtype, t?.toArray()]).toEqual(["int32", [0, 1, 0]]);
    // Others are read by the encoding, after a way through JSON, also without their targets and in another order.
    const again = JSON.parse(JSON.stringify(encoding));
    const other = decodeCsv("color,petal,sepal\nblue,1,2\n", { encoding: again });
    expect([other.x.toArray(), other.t]).toEqual([[[2, 1, 1, 0]], null]);
  });

  it("makes real targets of numbers, and classes where it is asked to, in order of their values", () => {
    const text = "x,y\n1,10\n2,9\n3,10\n";
    const numbers = decodeCsv(text, { target: "y" });
    expect([numbers.t?.shape, numbers.t?.toArray(), numbers.classes]).toEqual([[3, 1], [[10], [9], [10]], null]);
    const labels = decodeCsv(text, { target: "y", task: "classes" });
    expect([labels.t?.toArray(), labels.classes]).toEqual([
      [1, 0, 1],
      ["9", "10"],
    ]);
    expect(decodeCsv(text).t).toBe(null);
  });

  it("finds header, delimiter, quotes, byte order marks and ends of lines", () => {
    const values = (text: string | Uint8Array, options?: CsvOptions) => decodeCsv(text, options).x.toArray();
    const two = [
      [1, 2],
      [3, 4],
    ];
    for (const text of [
      "1,2\n3,4",
      "a;b\r\n1;2\r\n3;4\r\n",
      "\ufeffa\tb\n1\t2\n\n3\t4\n",
      'a|"b"\n"1"|2\n 3 | "4" \n',
    ]) {
      expect(values(text)).toEqual(two);
      expect(values(new TextEncoder().encode(text))).toEqual(two);
    }
    expect(values("1,2\n3,4\n", { header: true })).toEqual([[3, 4]]);
    expect(decodeCsv("1,2\n3,4\n").features).toEqual(["column1", "column2"]);
    expect(values("a/b\n1/2\n", { delimiter: "/" })).toEqual([[1, 2]]);
    expect(parseCsv('a,b\n"x ""y"",\nz",1\n').rows).toEqual([['x "y",\nz', "1"]]);
    expect(parseCsv('a,b\n"x\ny",1\n2,3\n').lines).toEqual([3, 4]);
  });

  it("tells missing values by line and column, fills them, and drops their rows", () => {
    const text = "age,color,y\n10,red,1\n,red,2\nNA,blue,3\n20,?,4\n";
    const named = { name: "people.csv", target: "y" };
    expect(messageOf(() => decodeCsv(text, named))).toMatchInlineSnapshot(
      `"decodeCsv: people.csv, line 3, column "age": the value is missing, one of 2 in this column. Pass { missing: "fill" } for the mean or the commonest, or "drop" to leave out such rows."`,
    );
    expect(decodeCsv(text, { ...named, missing: "fill" }).x.toArray()).toEqual([
      [10, 0, 1],
      [15, 0, 1],
      [15, 1, 0],
      [20, 0, 1],
    ]);
    const dropped = decodeCsv(text, { ...named, missing: "drop" });
    expect([dropped.x.toArray(), dropped.t?.toArray()]).toEqual([[[10, 1]], [[1]]]);
    const kept = decodeCsv(text, { ...named, missing: "drop", ignore: ["color"] });
    expect(kept.x.toArray()).toEqual([[10], [20]]);
    expect(decodeCsv("a\n-1\n-999\n", { missingValues: ["-999"], missing: "fill" }).x.toArray()).toEqual([[-1], [-1]]);
    // What fills goes with the encoding.
    const { encoding } = decodeCsv(text, { ...named, missing: "fill" });
    expect(decodeCsv("age,color\n,\n", { encoding }).x.toArray()).toEqual([[15, 0, 1]]);
    expect(dropMissing(parseCsv(text)).lines).toEqual([2]);
  });

  it("scales numbers to mean 0 and deviation 1, a constant to 0", () => {
    const { x, encoding } = decodeCsv("a,b\n1,7\n3,7\n", { standardize: true });
    expect(x.toArray()).toEqual([
      [-1, 0],
      [1, 0],
    ]);
    expect(decodeCsv("a,b\n5,8\n", { encoding }).x.toArray()).toEqual([[3, 1]]);
  });

  it("says what is wrong with a file, at which line and column", () => {
    const says = (text: string | Uint8Array, options: CsvOptions = {}) =>
      messageOf(() => decodeCsv(text, { name: "my.csv", ...options }));
    const many = Array.from({ length: 60 }, (_, i) => `${i},name${i}`).join("\n");
    expect([
      says("a,b\n1,2\nx,3\n4,5\n6,7\n"),
      says(flowers, { target: "kind" }),
      says(`n,who\n${many}`),
      says("a,a\n1,2\n"),
      says(",a\n0,2\n1,3\n"),
      says("a,b\n"),
      says(""),
      says('a,b\n1,"2\n'),
      says('a,b\n1,"2"3\n'),
      says('a,b\n1,2"3"\n'),
      says("a,b\n1,2,3\n"),
      says("a,b\n1,\n2,NA\n"),
      says("y\n1\n", { target: "y" }),
      says("a,y\n1,2\n2,\n", { target: "y", missing: "fill" }),
      says(Uint8Array.of(0xff, 0xfe, 0x61, 0)),
      says(Uint8Array.of(0x61, 0x2c, 0xe9, 0x0a)),
      says(Uint8Array.of(0x61, 0x2c, 0, 0x0a)),
      says(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0)),
      says(flowers, { encoding: decodeCsv("sepal,width\n1,2\n").encoding }),
      says("a\n1\n1e39\n"),
      says("a,b\n1,2\n1,1e400\n", { target: "b" }),
      says("color\ngreen\n", { encoding: decodeCsv("color\nred\nblue\n").encoding }),
      says("a\nx\n", { encoding: decodeCsv("a\n1\n").encoding }),
    ]).toMatchInlineSnapshot(`
      [
        "decodeCsv: my.csv, line 3, column "a": "x" is not a number, and 3 of the column's 4 values are. Correct it, add it to { missingValues } if it means that there is none, or say { types: { "a": "category" } }.",
        "decodeCsv: my.csv has no column "kind"; expected the name of a column. Its columns are "sepal", "petal", "color", "species".",
        "decodeCsv: my.csv: column "who" has 60 different strings in 60 rows; expected categories that rows share. Leave it out: ignore it by { ignore: ["who"] }.",
        "decodeCsv: my.csv has two columns "a", the 1st and the 2nd; expected names that differ. Rename one of them.",
        "decodeCsv: my.csv: column 1 has no name, as where pandas writes the numbers of rows; expected a name for every column. Leave it out by { ignore: ["column1"] }, or keep it by { types: { column1: "number" } }.",
        "decodeCsv: my.csv has no rows of data; expected a row or more.",
        "decodeCsv: my.csv has no rows of data; expected a row or more.",
        "decodeCsv: my.csv, line 2: a quote is not closed before the end. Inside quotes a quote is written twice: "".",
        "decodeCsv: my.csv, line 2: characters follow a closing quote. Inside quotes a quote is written twice: "".",
        "decodeCsv: my.csv, line 2: a quote is in the middle of a cell. Write "a ""b""" for a "b".",
        "decodeCsv: my.csv, line 2: the row has 3 cells, and the rows before have another number. The delimiter is ","; if it should be another, pass { delimiter }.",
        "decodeCsv: my.csv: column "b" has no values; expected a value in every column. Leave it out: ignore it by { ignore: ["b"] }.",
        "decodeCsv: my.csv has no columns left for samples; expected a column beside the target.",
        "decodeCsv: my.csv, line 3, column "y": the value is missing. Pass { missing: "drop" } to leave out such rows.",
        "decodeCsv: my.csv is in UTF-16 (byte 0). Save it as UTF-8.",
        "decodeCsv: my.csv is not in UTF-8. Save it as UTF-8.",
        "decodeCsv: my.csv is not text: it has a zero byte (byte 2).",
        "decodeCsv: my.csv is not text: it is a zip, as numpy.savez, torch.save and Keras write (byte 0). readNpz reads .npz files, and names the others.",
        "decodeCsv: my.csv has no column "width"; expected the name of a column. Its columns are "sepal", "petal", "color", "species".",
        "decodeCsv: my.csv, line 3, column "a": "1e39" is not a number that float32 can hold.",
        "decodeCsv: my.csv, line 3, column "b": "1e400" is not a number that float32 can hold. Pass { task: "classes" } for classes.",
        "decodeCsv: my.csv, line 2, column "color": "green" is a category that the encoding does not have. It has "blue", "red".",
        "decodeCsv: my.csv, line 2, column "a": "x" is not a number.",
      ]
    `);
    expect(() => decodeCsv("a,b\n1,2\nx,3\n4,5\n6,7\n")).toThrow(DataError);
  });

  it("refuses options that make no sense", () => {
    const says = (options: object) => messageOf(() => decodeCsv(flowers, options));
    expect([
      says({ Target: "species" }),
      says({ task: "classes" }),
      says({ target: "species", task: "regression" }),
      says({ delimiter: "::" }),
      says({ types: { sepal: "float" } }),
      says({ missing: "mean" }),
      says({ encoding: decodeCsv(flowers).encoding, target: "species" }),
      says({ encoding: {} }),
      messageOf(() => decodeCsv(5 as never)),
      messageOf(() => fitTable("a,b" as never)),
      messageOf(() => encodeTable(parseCsv(flowers), 1 as never)),
    ]).toMatchInlineSnapshot(`
      [
        "decodeCsv: unknown option "Target". Did you mean "target"?",
        "decodeCsv: there is a task without a target; expected a target, too.",
        "decodeCsv: task is "regression"; expected "classes" or "numbers".",
        "decodeCsv: delimiter is "::"; expected one character, neither a quote nor the end of a line.",
        "decodeCsv: types is "float"; expected "number" or "category".",
        "decodeCsv: missing is "mean"; expected "refuse", "fill" or "drop".",
        "decodeCsv: there is an encoding, and target beside it; expected either an encoding or options about columns.",
        "decodeCsv: encoding is an object; expected an encoding. Make one by fitTable(table), or keep that of readCsv.",
        "decodeCsv: source is a number; expected a string or its bytes.",
        "fitTable: table is a string; expected a table. Make one by parseCsv(text) or parseJsonLines(text).",
        "encodeTable: encoding is a number; expected an encoding. Make one by fitTable(table), or keep that of readCsv.",
      ]
    `);
  });

  it("does not take names of objects for columns", () => {
    const { features, x } = decodeCsv("__proto__,constructor\n1,2\n");
    expect([features, x.toArray()]).toEqual([["__proto__", "constructor"], [[1, 2]]]);
    expect(() => decodeCsv("a,b\n1,2\n", { target: "toString" })).toThrow(/has no column "toString"/);
  });
});

describe("what pandas makes of a file that it wrote", () => {
  const fixture = JSON.parse(readFileSync(new URL("fixtures/pandas.json", import.meta.url), "utf8"));
  it.each(["drop", "fill"] as const)("is what decodeCsv makes of it: %s", (missing) => {
    const expected = missing === "drop" ? fixture.dropped : fixture.filled;
    const { x, t, features } = decodeCsv(fixture.text, { target: "price", missing, standardize: true });
    expect(features).toEqual(expected.features);
    const [values, wanted] = [x.toArray(), expected.x].map((rows: Nested) => (rows as number[][]).flat());
    expect(values.length).toBe(wanted.length);
    // float64 sums of 40 numbers differ by 40 · 2^-53 in another order, relative to the mean, which is up to 25
    // deviations; a rounding to float32 adds 2^-25 of values up to 4.
    const bound = 4 * 2 ** -25 + 25 * 80 * 2 ** -53;
    expect(values.findIndex((value, i) => !(Math.abs(value - wanted[i]) < bound))).toBe(-1);
    expect(t?.toArray()).toEqual(expected.t.map((value: number) => [Math.fround(value)]));
  });

  it("is written as pandas writes it", () => {
    expect(encodeCsv(parseCsv(fixture.text))).toBe(fixture.text);
  });
});

describe("writeCsv", () => {
  it("refuses what is no table, and what no reader would give back", () => {
    const of = (rows: unknown) => messageOf(() => encodeCsv({ names: ["a", "b"], rows: rows as never }));
    expect([of([[1]]), of([[1, Number.NaN]]), of([[{}, 1]]), of("rows")]).toMatchInlineSnapshot(`
      [
        "encodeCsv: row 0 has 1 cell; expected 2, one for each column.",
        "encodeCsv: row 0 has NaN in column "b"; expected a string, a finite number, or null. Write null for a missing value.",
        "encodeCsv: row 0 has an object in column "a"; expected a string, a finite number, or null. Write null for a missing value.",
        "encodeCsv: table is an object; expected { names, rows }.",
      ]
    `);
  });
});

describe("decodeJsonLines", () => {
  it("takes numbers, truth and strings for what they are", () => {
    const text = '{"a": 1.5, "zip": "10115", "ok": true}\n\n{"zip": "80331", "a": 2e1, "ok": false}\n';
    const { x, features } = decodeJsonLines(text);
    expect(features).toEqual(["a", "zip=10115", "zip=80331", "ok"]);
    expect(x.toArray()).toEqual([
      [1.5, 1, 0, 1],
      [20, 0, 1, 0],
    ]);
    expect(parseJsonLines('{"a":1}\n{"b":2}\n').rows).toEqual([
      [1, null],
      [null, 2],
    ]);
  });

  it("says what is wrong with a line", () => {
    const says = (text: string) =>
      messageOf(() => decodeJsonLines(text, { name: "my.jsonl" })).replace(/(it is not JSON: ).*; /, "$1…; ");
    expect([
      says('{"a": 1}\n{"a": }\n'),
      says('{"a": 1}\n[1, 2]\n'),
      says('{"a": [1, 2]}\n'),
      says('{"a": 1}\n{"b": 2}\n'),
      says(`{"a": ${"[".repeat(100)}${"]".repeat(100)}}`),
      says("\n"),
      says(Array.from({ length: 1000 }, (_, i) => `{"a${i}":1}`).join("\n")),
    ]).toMatchInlineSnapshot(`
      [
        "decodeJsonLines: my.jsonl, line 2: it is not JSON: …; expected an object such as { "a": 1 }.",
        "decodeJsonLines: my.jsonl, line 2: it is an array; expected an object such as { "a": 1 }.",
        "decodeJsonLines: my.jsonl, line 1: "a" is an array; expected a string, a number, true, false or null. Give each number a name of its own, or save arrays as NPY.",
        "decodeJsonLines: my.jsonl, line 2, column "a": the value is missing. Pass { missing: "fill" } for the mean or the commonest, or "drop" to leave out such rows.",
        "decodeJsonLines: my.jsonl, line 1: it has more depth than are read; expected an object such as { "a": 1 }.",
        "decodeJsonLines: my.jsonl has no rows of data; expected a row or more.",
        "decodeJsonLines: my.jsonl has 1,000 different names, most of them on few lines; expected lines with the same names.",
      ]
    `);
  });
});

describe("readCsv and readJsonLines", () => {
  it("read files, and name them in errors", async () => {
    const folder = await mkdtemp(join(tmpdir(), "adjoint-table-"));
    try {
      const [csv, json] = ["flowers.csv", "flowers.jsonl"].map((name) => join(folder, name));
      await writeFile(csv, flowers);
      await writeFile(json, '{"a":1,"b":"x"}\n');
      expect((await readCsv(csv, { target: "species" })).classes).toEqual(["setosa", "virginica"]);
      expect((await readJsonLines(json)).features).toEqual(["a", "b=x"]);
      await expect(readCsv(csv, { target: "kind" })).rejects.toThrow(`readCsv: ${csv} has no column "kind"`);
      await expect(readCsv(join(folder, "none.csv"))).rejects.toThrow(/there is no file/);
      await expect(readCsv(csv, { name: "x" } as never)).rejects.toThrow(/unknown option "name"/);
      await expect(readJsonLines(csv)).rejects.toThrow(/flowers.csv, line 1: it is not JSON/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
