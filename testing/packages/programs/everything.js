// What pages do besides: specs from text, tables, files in memory, drawings, checks, WASM where it is allowed.
import {
  build,
  decodeModel,
  encodeModel,
  gradcheck,
  graphOf,
  lineChart,
  parseModelText,
  saveModel,
  setKernels,
  summary,
  tensor,
  toDot,
  toHtml,
  toSvg,
  variable,
} from "adjoint";

/** What a promise gives, or what its error says. */
const told = (promise) => promise.then(String, (error) => `${error.name}: ${error.message}`);

let wasm = true;
try {
  setKernels("wasm");
} catch {
  wasm = false;
}
setKernels("auto");
const spec = parseModelText("version: 1\ninput: [4]\nlayers:\n  - kind: affine\n    units: 3\nloss: mse\n", {
  format: "yaml",
});
const net = build(spec, { seed: 1 });
const again = decodeModel(encodeModel(net));
const x = variable([[1, 2, 3, 4]], { name: "x" });
const graph = graphOf(net.predict(x).sum(), { backward: true });
globalThis.report({
  wasm,
  summary: summary(net).split("\n").length,
  same: String(again.predict(x)) === String(net.predict(x)),
  checked: gradcheck((y) => y.tanh(), [tensor([0.5], { dtype: "float64" })]).ok,
  dot: toDot(graph).includes("digraph"),
  html: toHtml(graph).includes("</html>"),
  chart: (await lineChart({ title: "t", xLabel: "x", yLabel: "y", series: [{ name: "a", values: [1, 2] }] })).slice(
    0,
    4,
  ),
  svg: (await toSvg(graph)).startsWith("<svg"),
  // In Node.js an error too: there is no such folder.
  file: (await told(saveModel(net, "/no/such/folder/model.safetensors"))).split(":")[0],
});
