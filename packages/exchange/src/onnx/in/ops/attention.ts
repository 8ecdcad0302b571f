/** Attention and rotary embeddings, as exporters write them from version 23 on. */
import { concat, constant, stack, type Variable } from "@adjoint/autograd";
import type { NodeCall } from "../nodes/call.ts";
import type { Lowerings } from "./lowering.ts";

/** x [N, T, H·D] as heads [N, H, T, D]; what has four axes has them already. */
function headsOf(node: NodeCall, x: Variable, attribute: string): Variable {
  const count = node.int(attribute);
  if (x.ndim === 4) return x;
  const [n, steps, size] = x.shape;
  if (x.ndim !== 3 || count === undefined || !(count >= 1) || size % count !== 0) {
    throw node.refuse(`has ${count ?? "no number of"} heads for ${x.ndim} axes`, { expected: "[N, T, heads · D]" });
  }
  return x.reshape([n, steps, count, size / count]).transpose([0, 2, 1, 3]);
}

/** A mask over fewer keys than there are, with those that it leaves out. */
function wholeMask(mask: Variable, keys: number): Variable {
  const left = keys - mask.shape[mask.ndim - 1];
  if (left <= 0) return mask;
  const [value, { dtype }] = [mask.dtype === "bool" ? 0 : Number.NEGATIVE_INFINITY, mask];
  const rest = constant(value, { dtype });
  return concat([mask, rest.broadcastTo([...mask.shape.slice(0, -1), left])], { axis: mask.ndim - 1 });
}

/** Which keys a query sees by its place, true or false; null where all are. Queries come `before` keys later. */
function seenBy(node: NodeCall, queries: number, keys: number, before: number | Variable): Variable | null {
  const [left, right] = [node.int("left_window_size", -1), node.int("right_window_size", -1)];
  const isCausal = node.int("is_causal", 0) !== 0;
  node.checkMade([queries, keys]);
  const rules: Variable[] = [];
  if (isCausal || left >= 0 || right >= 0) {
    const at = node.multiples(queries, 1, [queries, 1]).add(before);
    const distance = at.sub(node.multiples(keys));
    if (isCausal) rules.push(distance.ge(0));
    if (left >= 0) rules.push(distance.le(left));
    if (right >= 0) rules.push(distance.ge(-right));
  }
  return rules.length === 0 ? null : rules.reduce((a, b) => a.logicalAnd(b));
}

/** softmax(Q Kᵀ · scale + mask) V. Source: the ONNX operators, Attention. */
function attention(node: NodeCall): readonly Variable[] {
  const isFlat = node.shape(0).length === 3;
  const q = headsOf(node, node.x(0), "q_num_heads");
  let [k, v] = [1, 2].map((i) => headsOf(node, node.x(i), "kv_num_heads"));
  const [pastK, pastV, filled] = [node.optional(4), node.optional(5), node.optional(6)];
  if (pastK !== null) k = concat([pastK, k], { axis: 2 });
  if (pastV !== null) v = concat([pastV, v], { axis: 2 });
  const present = [k, v];
  const [[n, heads, queries, size], [, own, keys]] = [q.shape, k.shape];
  const scale = Math.sqrt(node.float("scale", 1 / Math.sqrt(size)));
  if (heads !== own) {
    if (heads % own !== 0) throw node.refuse(`shares ${own} heads of keys among ${heads}`);
    const groups = Int32Array.from({ length: heads }, (_, i) => Math.floor((i * own) / heads));
    const shared = node.made(groups, [heads]);
    [k, v] = [k, v].map((x) => x.indexSelect(shared, { axis: 1 }));
  }
  const softcap = node.float("softcap", 0);
  // Which dtype softmax is computed in: all of ours are those of the input.
  node.int("softmax_precision");
  const products = q.mul(scale).matmul(k.transpose([0, 1, 3, 2]).mul(scale));
  const scores = softcap > 0 ? products.div(softcap).tanh().mul(softcap) : products;
  const each = filled === null ? null : filled.reshape([n, 1, 1, 1]);
  const before = each !== null && pastK === null ? each.sub(queries) : (pastK?.shape[2] ?? 0);
  const given = node.optional(3);
  const mask = given === null ? null : wholeMask(given, keys);
  const allowed = [
    seenBy(node, queries, keys, before),
    mask?.dtype === "bool" ? mask : null,
    each === null ? null : each.sub(1).ge(node.multiples(keys)),
  ].filter((one) => one !== null);
  let bias: Variable | null = mask !== null && mask.dtype !== "bool" ? mask : null;
  if (allowed.length > 0) {
    const seen = allowed.reduce((a, b) => a.logicalAnd(b));
    bias = seen.where(bias ?? constant(0, { dtype: q.dtype }), Number.NEGATIVE_INFINITY);
  }
  const biased = bias === null ? scores : scores.add(bias);
  let shares = biased.softmax();
  if (bias !== null) {
    // A query that sees no key gets zeros.
    const isBlind = bias.max({ axis: bias.ndim - 1, keepDims: true }).eq(Number.NEGATIVE_INFINITY);
    shares = isBlind.where(0, isBlind.where(0, biased).softmax());
  }
  const y = shares.matmul(v);
  const shown = [products, scores, biased, shares][node.int("qk_matmul_output_mode", 0)];
  if (shown === undefined) throw node.refuse("shows an unknown product", { expected: "0, 1, 2 or 3" });
  return [isFlat ? y.transpose([0, 2, 1, 3]).reshape([n, queries, -1]) : y, ...present, shown];
}

/** Pairs of numbers as points, each turned by the angle of its position. Source: the ONNX operators, RotaryEmbedding. */
function rotaryEmbedding(node: NodeCall): Variable {
  const given = node.x(0);
  const x = given.ndim === 4 ? given.transpose([0, 2, 1, 3]) : given;
  const heads = node.int("num_heads", 0);
  const [n, steps] = x.shape;
  const all = given.ndim === 4 ? x : x.reshape([n, steps, heads, -1]);
  const size = all.shape[3];
  const turned = node.int("rotary_embedding_dim", 0) || size;
  if (!(turned <= size) || turned % 2 !== 0) throw node.refuse(`turns ${turned} of ${size} numbers`);
  const ids = node.optional(3);
  const [cos, sin] = [1, 2].map((i) => {
    const cache = node.x(i);
    const rows = ids === null ? cache : cache.indexSelect(ids.reshape([-1]), { axis: 0 });
    return rows.reshape([ids === null ? cache.shape[0] : n, steps, 1, turned / 2]);
  });
  const isPaired = node.int("interleaved", 0) !== 0;
  const part = all.slice({ stop: [n, steps, all.shape[2], turned] });
  const pairs = part.reshape([n, steps, all.shape[2], ...(isPaired ? [turned / 2, 2] : [2, turned / 2])]);
  const axis = isPaired ? 4 : 3;
  const [a, b] = [0, 1].map((i) =>
    pairs.indexSelect(node.made(Int32Array.of(i), [1]), { axis }).reshape([n, steps, all.shape[2], turned / 2]),
  );
  const points = stack([cos.mul(a).sub(sin.mul(b)), sin.mul(a).add(cos.mul(b))], { axis });
  const flat = points.reshape(part.shape);
  const whole = turned === size ? flat : concat([flat, all.slice({ start: [0, 0, 0, turned] })], { axis: 3 });
  return given.ndim === 4 ? whole.transpose([0, 2, 1, 3]) : whole.reshape(given.shape);
}

export const attentions: Lowerings = { Attention: attention, RotaryEmbedding: rotaryEmbedding };
