import { expect, it } from "vitest";
import { kindOf, shown } from "./shown.ts";
import { Tensor } from "./tensor.ts";

const circle: unknown[] = [];
circle.push(circle);
const values = [
  undefined,
  null,
  3,
  3n,
  "a",
  Symbol("s"),
  Object.create(null),
  [1, "a", [null]],
  circle,
  new Array(30).fill(0),
  new Array(20).fill(new Array(20).fill(0)),
  "x".repeat(1000),
  Promise.resolve(1),
  new Int32Array(1),
  new Tensor(new Float32Array(1), []),
  () => 3,
];

it("writes any value, short, and names its kind", () => {
  expect(values.map((value) => `${kindOf(value)}: ${shown(value)}`)).toMatchInlineSnapshot(`
    [
      "missing: undefined",
      "null: null",
      "a number: 3",
      "a bigint: 3n",
      "a string: "a"",
      "a symbol: Symbol(s)",
      "an object: an object",
      "an array: [1, "a", [null]]",
      "an array: [[[[[[[[[[[[[[[[[[[[[…]]]]]]]]]]]]]]]]]]]]]",
      "an array: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, …]",
      "an array: [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, …], …]",
      "a string: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"",
      "a Promise: a Promise",
      "an Int32Array: an Int32Array",
      "a Tensor: a Tensor",
      "a function: a function",
    ]
  `);
});
