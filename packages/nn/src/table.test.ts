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
