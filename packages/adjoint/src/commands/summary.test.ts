import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeNpz, writeNpy, writeSafetensors } from "@adjoint/data";
import { tensor } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../testing/run-command.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "adjoint-summary-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const summary = async (name: string) => {
  const { code, stdout, stderr } = await runCommand("summary", at(name));
  return `${code}\n${stdout}${stderr}`.replaceAll(`${folder}/`, "");
};
const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);

describe("adjoint summary", () => {
  it("lists the tensors of files that are no models of ours", async () => {
    await writeSafetensors(at("other.safetensors"), { "layer.weight": x, bias: tensor(1, { dtype: "float64" }) });
    await writeNpy(x, at("x.npy"));
    writeFileSync(at("x.npz"), encodeNpz({ x, t: tensor([1, 2], { dtype: "int32" }) }, { compress: true }));
    // pickle.dumps({"W1": {"a": np.zeros(2, "f4")}, "lr": 0.5}, 2), of NumPy 1.
    const array =
      "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R" +
      "(K\x01K\x02\x85cnumpy\ndtype\nX\x02\x00\x00\x00f4K\x00K\x01\x87R(K\x03X\x01\x00\x00\x00<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb" +
      "\x89C\x08\x00\x00\x00\x00\x00\x00\x00\x00tb";
    const pickle = `\x80\x03}X\x02\x00\x00\x00W1}X\x01\x00\x00\x00a${array}ssX\x02\x00\x00\x00lrG\x3f\xe0\x00\x00\x00\x00\x00\x00s.`;
    writeFileSync(at("params.pkl"), Buffer.from(pickle, "latin1"));
    expect(await summary("other.safetensors")).toMatchInlineSnapshot(`
      "0
      ┌──────────────┬──────┬────────┬──────────┐
      │ tensor       │ type │ shape  │ elements │
      ├──────────────┼──────┼────────┼──────────┤
      │ bias         │ F64  │ []     │        1 │
      │ layer.weight │ F32  │ [2, 3] │        6 │
      └──────────────┴──────┴────────┴──────────┘
      2 tensors, 7 elements
      "
    `);
    expect(await summary("x.npz")).toMatchInlineSnapshot(`
      "0
      ┌────────┬─────────┬────────┬──────────┐
      │ tensor │ type    │ shape  │ elements │
      ├────────┼─────────┼────────┼──────────┤
      │ x      │ float32 │ [2, 3] │        6 │
      │ t      │ int32   │ [2]    │        2 │
      └────────┴─────────┴────────┴──────────┘
      2 tensors, 8 elements
      "
    `);
    expect(await summary("x.npy")).toContain("1 tensor, 6 elements");
    expect(await summary("params.pkl")).toMatchInlineSnapshot(`
      "0
      ┌────────┬─────────┬───────┬──────────┐
      │ tensor │ type    │ shape │ elements │
      ├────────┼─────────┼───────┼──────────┤
      │ W1.a   │ float32 │ [2]   │        2 │
      │ lr     │ number  │ []    │        1 │
      └────────┴─────────┴───────┴──────────┘
      2 tensors, 3 elements
      "
    `);
  });

  it("names files of other programs for what they are, with the lines that convert them", async () => {
    writeFileSync(at("old.pt"), Uint8Array.of(0x80, 2, 0x8a, 0x0a, 0x6c));
    writeFileSync(at("net.h5"), Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a));
    writeFileSync(at("net.keras"), "hello");
    expect([
      await summary("old.pt"),
      await summary("net.h5"),
      await summary("net.keras"),
      await summary("none.pt"),
    ]).toMatchInlineSnapshot(`
      [
        "2
      error: summary: old.pt is a Python pickle, as old versions of torch.save wrote (.pt); expected a spec, a saved model, .npz, .npy or .pkl. Convert it in Python: from safetensors.torch import save_file; save_file({k: v.contiguous() for k, v in torch.load("old.pt", map_location="cpu").items()}, "old.pt.safetensors").
      ",
        "2
      error: summary: net.h5 is HDF5, as Keras wrote (.h5); expected a spec, a saved model, .npz, .npy or .pkl. Convert it in Python: from safetensors.numpy import save_file; a = {}; h5py.File("net.h5").visititems(lambda n, d: a.update({n: d[()]}) if hasattr(d, "shape") else None); save_file(a, "net.h5.safetensors").
      ",
        "2
      error: summary: net.keras is text, "hello"; expected a spec, a saved model, .npz, .npy or .pkl. A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).
      ",
        "2
      error: summary: there is no file none.pt.
      ",
      ]
    `);
  });
});
