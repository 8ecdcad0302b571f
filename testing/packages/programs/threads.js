// A compiled function whose work threads can share: its numbers are the same to the last bit, wherever it runs.
import { compile, constant, im2col, matmul, rng } from "adjoint";

const x = constant(rng(1).uniform([10, 3, 32, 32]));
const filters = constant(rng(2).uniform([27, 40], { low: -1 }));
const step = compile(
  (images) =>
    matmul(im2col(images, 3, 3), filters)
      .tanh()
      .square()
      .sum({ axis: 0 }),
  {
    engine: "wasm",
    // Otherwise products are rounded once where the browser has the instruction for it.
    exact: true,
  },
);
// Threads start with the second run; the runs after that wait for them.
for (let i = 0; i < 2; i++) step(x);
await new Promise((resolve) => setTimeout(resolve, 500));
let y;
for (let i = 0; i < 10; i++) y = step(x);
globalThis.report({ bits: Array.from(new Int32Array(y.value.data.slice().buffer), String).join(" ") });
