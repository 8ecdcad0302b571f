// A small network, its step compiled.
import { compile, matmul, rng, sub, variable } from "adjoint";

const random = rng(1);
const w1 = variable(random.normal([8, 16], { std: 0.5 }));
const w2 = variable(random.normal([16, 1], { std: 0.5 }));
const step = compile((x, t) => {
  const loss = matmul(matmul(x, w1).relu(), w2).sub(t).square().mean();
  loss.backward();
  for (const w of [w1, w2]) {
    w.assign(sub(w, w.grad.mul(0.05)));
    w.zeroGrad();
  }
  return loss;
});
const x = random.normal([32, 8]);
const t = random.normal([32, 1]);
let loss;
for (let i = 0; i < 20; i++) loss = step(x, t);
globalThis.report({ loss: loss.item() });
