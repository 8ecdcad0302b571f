/**
 * What does each example teach, and how curved is the loss? Derivatives as functions of functions, on a network trained
 * on real digits: the gradient of every example for itself by vmap of grad, and the largest curvature by power
 * iteration on Hessian-vector products, which never build the Hessian.
 */
import {
  grad,
  hvp,
  index,
  kernels,
  loadDigits,
  logSoftmax,
  matmul,
  mul,
  oneHot,
  relu,
  renderTable,
  rng,
  SGD,
  sub,
  sum,
  type Tensor,
  type Variable,
  variable,
  vmap,
} from "adjoint";
import { right } from "../output.ts";

const { x, t } = loadDigits().train;
const labels = oneHot(t, 10).value;
const count = x.shape[0];
const hidden = 32;
const shapes = { W1: [64, hidden], b1: [hidden], W2: [hidden, 10], b2: [10] } as const;
const sizes = Object.values(shapes).map((shape) => shape.reduce<number>((n, m) => n * m, 1));

/** The parameters as one vector: derivatives are then vectors, too. */
const generator = rng(1);
const params = variable(
  kernels.concat(
    Object.values(shapes).map((shape, i) =>
      kernels.mul(generator.normal([sizes[i]]), variable(shape.length === 2 ? Math.sqrt(2 / shape[0]) : 0).value),
    ),
    0,
  ),
  { name: "parameters" },
);

/** The cross entropy of one digit `image` [64] with its label `target` [10]. */
function loss(p: Variable, image: Variable, target: Variable): Variable {
  let start = 0;
  const [w1, b1, w2, b2] = Object.values(shapes).map((shape, i) => {
    start += sizes[i];
    return index(p, [{ start: start - sizes[i], stop: start }]).reshape(shape);
  });
  const scores = matmul(relu(matmul(image, w1).add(b1)), w2).add(b2);
  return sum(mul(logSoftmax(scores), target)).neg();
}

const each = { inAxes: [null, 0, 0] } as const;
const meanLoss = (p: Variable, images: Tensor, targets: Tensor): Variable =>
  vmap(loss, each)(p, images, targets).mean();
const rows = (all: Tensor, start: number, length: number): Tensor => kernels.slice(all, [{ start, step: 1, length }]);

/** The largest eigenvalue of the Hessian of the mean loss of 200 digits, by power iteration. */
function sharpness(): number {
  const [images, targets] = [rows(x, 0, 200), rows(labels, 0, 200)];
  let direction = variable(rng(2).normal(params.shape));
  let curvature = 0;
  for (let i = 0; i < 20; i++) {
    const product = hvp((p) => meanLoss(p, images, targets), params, direction);
    curvature = product.norm().item();
    direction = product.div(curvature);
  }
  return curvature;
}

const optimizer = new SGD([params], { lr: 0.3 });
const history: string[][] = [];
for (let epoch = 0; epoch <= 8; epoch++) {
  if (epoch % 2 === 0) {
    history.push([String(epoch), meanLoss(params, x, labels).item().toFixed(3), sharpness().toFixed(2)]);
  }
  for (let from = 0; from + 50 <= count; from += 50) {
    optimizer.zeroGrad();
    meanLoss(params, rows(x, from, 50), rows(labels, from, 50)).backward();
    optimizer.step();
  }
}
console.log(
  `1. Training ${params.size.toLocaleString("en")} parameters on ${count} digits: loss and largest curvature\n`,
);
console.log(renderTable(["epochs", "mean loss", "largest eigenvalue of the Hessian"].map(right), history));

const gradients = vmap(grad(loss), each)(params, x, labels);
const norms = gradients.norm({ axis: 1 });
const whole = grad((p) => meanLoss(p, x, labels))(params);
const difference =
  sub(gradients.mean({ axis: 0 }), whole)
    .norm()
    .item() / whole.norm().item();
console.log(`\n2. The gradient of every digit for itself: ${gradients.shape.join(" × ")} numbers`);
console.log(`   their mean differs from the gradient of the mean loss by ${difference.toExponential(1)} of it\n`);

const shades = " .:-=+*#%@";
/** A digit in characters, two for each pixel. */
function draw(image: Tensor): string[] {
  const pixels = Array.from(kernels.copy(image).data, Number);
  return Array.from({ length: 8 }, (_, row) =>
    pixels
      .slice(8 * row, 8 * row + 8)
      .map((v) => shades[Math.round(v * (shades.length - 1))].repeat(2))
      .join(""),
  );
}

const order = norms.argsort({ descending: true }).toArray() as number[];
const hardest = order.slice(0, 4);
const titles = hardest.map((i) => `a ${Number(t.at(i))}, ${index(norms, [i]).item().toFixed(1)}`);
const easiest = index(norms, [order[order.length - 1]]).item();
console.log(`3. The four that still teach most (norm of the gradient; the least is ${easiest.toExponential(1)})\n`);
console.log(titles.map((title) => title.padEnd(18)).join("  "));
const pictures = hardest.map((i) => draw(rows(x, i, 1)));
for (let row = 0; row < 8; row++) console.log(pictures.map((picture) => picture[row].padEnd(18)).join("  "));
