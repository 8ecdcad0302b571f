// Two matrix products, trained with Adam.
import { Adam, matmul, rng, variable } from "adjoint";

const random = rng(1);
const x = random.normal([64, 32]);
const t = random.normal([64, 1]);
const w1 = variable(random.normal([32, 64], { std: 0.1 }));
const w2 = variable(random.normal([64, 1], { std: 0.1 }));
const optimizer = new Adam([w1, w2], { lr: 0.01 });
let loss;
for (let step = 0; step < 20; step++) {
  optimizer.zeroGrad();
  loss = matmul(matmul(x, w1).tanh(), w2).sub(t).square().mean();
  loss.backward();
  optimizer.step();
}
globalThis.report({ loss: loss.item() });
