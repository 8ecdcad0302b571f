import { compile, variable, TwoLayerNet, MultiLayerNetExtend, SimpleConvNet, DeepConvNet, Adam, SGD, rng, constant, noGrad } from "adjoint";
const which = process.argv[2] ?? "two";
const make = () => {
  if (which === "two") { const net = new TwoLayerNet({ inputSize: 784, hiddenSize: 50, outputSize: 10, seed: 1 }); return { net, opt: new SGD(net.params, { lr: 0.1 }), shape: [100, 784] }; }
  if (which === "five") { const net = new MultiLayerNetExtend({ inputSize: 784, hiddenSizes: [100,100,100,100,100], outputSize: 10, seed: 1, useBatchNorm: true, useDropout: true, dropoutRatio: 0.2 }); return { net, opt: new SGD(net.params, { lr: 0.1 }), shape: [100, 784] }; }
  if (which === "simple") { const net = new SimpleConvNet({ seed: 1 }); return { net, opt: new Adam(net.params, { lr: 0.001 }), shape: [100, 1, 28, 28] }; }
  const net = new DeepConvNet({ seed: 1 }); return { net, opt: new Adam(net.params, { lr: 0.001 }), shape: [100, 1, 28, 28] };
};
const fnOf = ({ net, opt }: any) => (x: any, t: any) => { opt.zeroGrad(); const loss = net.loss(x, t, { train: true }); loss.backward(); opt.step(); return loss; };
const a = make(), b = make();
const eager = fnOf(a), comp = compile(fnOf(b), { engine: "wasm" });
const g = rng(3);
const x = constant(g.normal(a.shape)), t = constant(g.integers(0, 10, [100]));
let t0 = performance.now();
const l1 = eager(x, t).item(); let t1 = performance.now(); const l2 = comp(x, t).item(); let t2 = performance.now();
console.log("first", (t1 - t0).toFixed(0), "compile+first", (t2 - t1).toFixed(0), l1, l2);
for (let i = 0; i < 3; i++) console.log(eager(x, t).item(), comp(x, t).item());
const time = (f: any, ms: number) => { let n = 0; const s = performance.now(); while (performance.now() - s < ms) { f(x, t).item(); n++; } return n / (performance.now() - s) * 1000; };
const ms = Number(process.argv[3] ?? 1000);
const es: number[] = [], cs: number[] = [];
for (let r = 0; r < 5; r++) { es.push(time(eager, ms)); cs.push(time(comp, ms)); }
es.sort((p, q) => p - q); cs.sort((p, q) => p - q);
console.log(which, "eager", es[2].toFixed(1), "compiled", cs[2].toFixed(1), "ratio", (cs[2] / es[2]).toFixed(2), "best", es[4].toFixed(1), cs[4].toFixed(1));
console.log((comp as any).profile(x, t).split("\n").slice(0, 30).join("\n"));
