import { expect, it } from "vitest";
import { renderTable } from "./table.ts";

it("lines up columns, numbers to the right, without colours of its own", () => {
  const table = renderTable(
    [{ title: "layer" }, { title: "parameters", align: "right" }],
    [
      ["affine1", "1,300"],
      ["relu1", "0"],
    ],
  );
  expect(table).toMatchInlineSnapshot(`
    "┌─────────┬────────────┐
    │ layer   │ parameters │
    ├─────────┼────────────┤
    │ affine1 │      1,300 │
    │ relu1   │          0 │
    └─────────┴────────────┘"
  `);
});

it("keeps lines straight around wide characters and cells of several lines", () => {
  const table = renderTable(
    [{ title: "층" }, { title: "n", align: "right" }],
    [
      ["합성곱\nconv", "10"],
      ["é", "9"],
    ],
  );
  expect(table).toMatchInlineSnapshot(`
    "┌────────┬────┐
    │ 층     │  n │
    ├────────┼────┤
    │ 합성곱 │ 10 │
    │ conv   │    │
    │ é      │  9 │
    └────────┴────┘"
  `);
});
