/** Runs of sessions that leave results where they are written. */
import { expect, it } from "vitest";
import { runtime } from "./binding.ts";
import { sessionInto, withList } from "./uncopied.ts";

const floats = (name: string, length: number) => ({
  name,
  type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_value: length }] } } },
});

const negation = (length: number) => ({
  name: "graph",
  node: [{ op_type: "Neg", input: ["x"], output: ["y"] }],
  input: [floats("x", length)],
  output: [floats("y", length)],
});

it("writes results, makes no copies of them, and tells what goes wrong", () => {
  const length = 2 ** 18;
  const run = sessionInto("test", negation(length), 18, {});
  const { Tensor } = runtime("test");
  const of = (data: Float32Array) => new Tensor("float32", data, [data.length]);
  const [x, y] = [new Float32Array(length).fill(2), new Float32Array(length)];
  run({ x: of(x) }, { y: of(y) });
  expect(y.every((value) => value === -2)).toBe(true);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 10; i++) run({ x: of(x) }, { y: of(y) });
  // Ten copies would be ten megabytes.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(length);
  expect(() => run({ x: of(new Float32Array(3)) }, { y: of(y) })).toThrow(/invalid dimensions/);
});

it("asks for the list first, and for nothing else that was not there", () => {
  const { node, output, input } = withList(negation(1));
  expect(output?.map(({ name }) => name)).toEqual(["list", "y"]);
  expect(node?.map((one) => one.op_type)).toEqual(["SequenceConstruct", "Neg"]);
  expect(input?.map(({ name }) => name)).toEqual(["x"]);
});
