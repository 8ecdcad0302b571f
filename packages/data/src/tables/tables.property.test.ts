import fc from "fast-check";
import { expect, it } from "vitest";
import { parseCsv } from "./csv.ts";
import { encodeCsv } from "./encode-csv.ts";
import { decodeCsv } from "./read-table.ts";

/** A cell as RFC 4180 writes it: quotes around it, and doubled in it. */
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const cell = fc.string({ unit: fc.constantFrom(..."ab1,;\t|\"'\n \u00e9\u{1f600}") }).map((text) => text.trim());

it("parseCsv gives the cells that were written, whatever is in them, with any delimiter and end of line", () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 4 })
        .chain((width) =>
          fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
        ),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n"),
      (rows, delimiter, end) => {
        const names = rows[0].map((_, i) => `n${i}`);
        const text = [names, ...rows].map((row) => row.map(quoted).join(delimiter)).join(end);
        const table = parseCsv(text, { delimiter, missingValues: [], header: true });
        expect(table.names).toEqual(names);
        expect(table.rows).toEqual(rows);
      },
    ),
  );
});

it("parseCsv gives the cells that encodeCsv wrote, missing ones too", () => {
  const any = fc.oneof(
    cell.filter((text) => text !== ""),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constant(null),
  );
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 4 })
        .chain((width) =>
          fc.array(fc.array(any, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
        ),
      (rows) => {
        const names = rows[0].map((_, i) => `n${i}`);
        const table = parseCsv(encodeCsv({ names, rows }), { delimiter: ",", missingValues: [""], header: true });
        expect(table.rows).toEqual(rows.map((row) => row.map((one) => (one === null ? null : String(one)))));
      },
    ),
  );
});

it("decodeCsv gives the numbers that were written, rounded to float32", () => {
  const number = fc.double({ min: -1e30, max: 1e30, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 }), (rows) => {
      const { x } = decodeCsv(`a,b\n${rows.map((row) => row.join(",")).join("\n")}`);
      // -0 is written without its sign.
      expect(x.toArray()).toEqual(rows.map((row) => row.map((value) => Math.fround(Number(String(value))))));
    }),
  );
});
