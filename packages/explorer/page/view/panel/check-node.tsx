/**
 * The numerical check of the chosen node, run by the library in the worker.
 */
import { useEffect, useState } from "preact/hooks";
import { shortened } from "../../drawing/labels.ts";
import { numberText } from "../../drawing/painting/appearance.ts";
import type { CheckView } from "../../engine/check.ts";
import { engine, graph, revision } from "../../state/document.ts";
import { announce, text } from "../../state/settings.ts";
import { nameOf } from "../../state/view.ts";

type State = "idle" | "running" | { readonly found: CheckView } | { readonly problem: string };

/** The button, and what came out. */
export function CheckNode({ id }: { readonly id: number }) {
  const [state, setState] = useState<State>("idle");
  const words = text.value;
  useEffect(() => setState("idle"), [id, revision.value]);
  const run = async (): Promise<void> => {
    const node = graph.value.nodes[id];
    const names = node.op === null ? [nameOf(id)] : node.inputs.map(nameOf);
    setState("running");
    try {
      const found = await engine.check(id, names);
      setState({ found });
      announce(found.report.ok ? words.checkRight : words.checkWrong);
    } catch (error) {
      setState({ problem: (error as Error).message });
    }
  };
  return (
    <section class="check">
      <h3>{words.check}</h3>
      <p class="hint">{words.checkHint}</p>
      <button type="button" disabled={state === "running"} onClick={() => void run()}>
        {state === "running" ? words.checking : words.check}
      </button>
      {typeof state === "object" && "problem" in state && <p lang="en">{state.problem}</p>}
      {typeof state === "object" && "found" in state && <Result found={state.found} />}
    </section>
  );
}

function Result({ found: { report, text: full } }: { readonly found: CheckView }) {
  const words = text.value;
  return (
    <div class={report.ok ? "right" : "wrong"}>
      <p class="verdict">{report.ok ? `✓ ${words.checkRight}` : `✗ ${words.checkWrong}`}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="scroll" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {words.checkColumns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.inputs.map(({ name, worst, ok }) => (
              <tr key={name}>
                <th scope="row">{shortened(name, 16)}</th>
                <td>{worst === null ? "" : numberText(worst.analytic)}</td>
                <td>{worst === null ? "" : `${numberText(worst.numerical)} ± ${numberText(worst.estimate)}`}</td>
                <td>{words.verdict(ok)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {report.inputs.map(({ name, checked, directions, maxError }) => (
        <p class="hint" key={name}>
          {words.checkedEntries(shortened(name, 24), checked + directions, numberText(maxError))}
        </p>
      ))}
      <details>
        <summary>{words.report}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
        <pre tabIndex={0} lang="en">
          {full}
        </pre>
      </details>
    </div>
  );
}
