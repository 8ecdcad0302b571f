import { join } from "node:path";
import { loadDigits, loadModel } from "adjoint";
import { expect, it } from "vitest";
import { pythonPath, runPython } from "../../packages/exchange/src/testing/python.ts";
import { runExample } from "../run-example.ts";

it("writes DeepConvNet's step, which learns on eight devices", async () => {
  const { stdout, folder } = await runExample("eight-devices");
  expect(stdout).toContain(
    `    conv1 = convolve(x, state["conv1.weight"], pad=(1, 1)) + state["conv1.bias"][:, None, None]`,
  );
  if (pythonPath === null) return;
  const [, command] = /^ {2}python (.*)$/m.exec(stdout) as unknown as [string, string];
  const env = { XLA_FLAGS: "--xla_force_host_platform_device_count=8" };
  const printed = await runPython(command.split(" "), { cwd: folder, env });
  const losses = [...printed.matchAll(/loss (\S+)/g)].map(([, loss]) => Number(loss));
  expect(losses.length).toBe(60);
  // Dropout of scores, the book's, keeps losses high: accuracy tells. It is 0.88; guessing gives 0.1.
  const net = await loadModel(join(folder, "trained.safetensors"));
  const { x, t } = loadDigits({ flatten: false }).test;
  expect(net.accuracy(x, t)).toBeGreaterThan(0.7);
});
