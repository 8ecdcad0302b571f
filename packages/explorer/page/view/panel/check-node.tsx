/** The numerical check of the chosen node, run by the library in the worker. */
import { useEffect, useRef, useState } from "preact/hooks";
import { shortened } from "../../../src/drawing/labels.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import type { CheckView } from "../../engine/check.ts";
import { graph, type RunningCheck, revision, startCheck } from "../../state/document.ts";
import { announce, text } from "../../state/settings.ts";
import { edits, nameOf } from "../../state/view.ts";
import { Button, Scroll, Table } from "../parts.tsx";

type State = "idle" | "running" | { readonly found: CheckView } | { readonly problem: string };

/** The button, and what came out. */
export function CheckNode({ id }: { readonly id: number }) {
  const [state, setState] = useState<State>("idle");
  const words = text.value;
  const running = useRef<RunningCheck | null>(null);
  // A check is of one node at its present values: it ends when another is chosen, or a leaf is changed.
  useEffect(() => {
    setState("idle");
    return () => {
      running.current?.stop();
      running.current = null;
    };
  }, [id, revision.value]);
  const run = async (): Promise<void> => {
    const node = graph.value.nodes[id];
    const names = node.op === null ? [nameOf(id)] : node.inputs.map(nameOf);
    setState("running");
    const check = startCheck(id, names, edits.value);
    running.current = check;
    try {
      const found = await check.found;
      if (running.current !== check) return;
      setState({ found });
      announce(found.report.ok ? words.checkRight : words.checkWrong);
    } catch (error) {
      if (running.current === check) setState({ problem: (error as Error).message });
    }
  };
  return (
    <section class="check">
      <h3>{words.check}</h3>
      <p class="hint">{words.checkHint}</p>
      <Button disabled={state === "running"} onClick={() => void run()}>
        {state === "running" ? words.checking : words.check}
      </Button>
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
      <Scroll>
        <Table
          columns={words.checkColumns}
          rows={report.inputs.map(({ name, worst, ok }) => [
            shortened(name, 16),
            worst === null ? "" : numberText(worst.analytic),
            worst === null ? "" : `${numberText(worst.numerical)} ± ${numberText(worst.estimate)}`,
            words.verdict(ok),
          ])}
        />
      </Scroll>
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
