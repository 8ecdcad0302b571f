/** The nodes as a list, for those who do not see the drawing, and for everyone who searches. */
import type { GraphNode } from "@adjoint/autograd";
import { signal, useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { append } from "../../../src/drawing/append.ts";
import { completedIn } from "../../../src/drawing/homes.ts";
import { shapeText, shortened } from "../../../src/drawing/labels.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { shownAs } from "../../../src/drawing/quiet.ts";
import { firstSummaries, graph, homes, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { isKnown } from "../../state/stepping.ts";
import { edits, found, nameOf, query, reveal, selected, showsQuiet } from "../../state/view.ts";
import { showsOutline } from "../dialogs.ts";
import { Button } from "../parts.tsx";

/** How many nodes of a group are listed before "more" is asked for. */
const page = 200;
const limits = signal<ReadonlyMap<string, number>>(new Map());

function choose(id: number): void {
  void reveal(id);
  if (matchMedia("(max-width: 999px)").matches) showsOutline.value = false;
}

function Row({ node }: { readonly node: GraphNode }) {
  // Computed by itself, so that a step renders the rows alone that it changes.
  const value = useComputed(() => (isKnown(node.id) ? (summaries.value[node.id]?.value ?? null) : null)).value;
  const before = useComputed(() => firstSummaries.value[node.id]?.value ?? null).value;
  const isChosen = useComputed(() => selected.value === `n${node.id}`).value;
  const isChanged = useComputed(() => edits.value.has(node.id)).value;
  // A gradient has the shape of its value, which a reshape that is drawn as part of it gives it.
  const { shape } = graph.value.nodes[completedIn(graph.value).get(node.id) ?? node.id];
  const isNumber = node.shape.every((length) => length === 1);
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  return (
    <li ref={element}>
      <Button class={`row ${node.role}`} aria-current={isChosen} data-node={node.id} onClick={() => choose(node.id)}>
        <span class="name" title={nameOf(node.id).slice(0, 300)}>
          {shortened(nameOf(node.id), 34)}
        </span>{" "}
        {isChanged && <span class="changed">{text.value.changed}</span>}
        {value !== null && before !== null && before !== value && <del class="shape">{numberText(before, 3)}</del>}
        {value !== null ? (
          <span class="shape value">{numberText(value)}</span>
        ) : (
          <span class="shape">{isNumber ? "" : shapeText(shape)}</span>
        )}
      </Button>
    </li>
  );
}

function Group({ title, nodes }: { readonly title: string; readonly nodes: readonly GraphNode[] }) {
  const limit = limits.value.get(title) ?? page;
  return (
    <details open>
      <summary>
        {title === "" ? text.value.graph : title} <small>{nodes.length}</small>
      </summary>
      <ul>
        {nodes.slice(0, limit).map((node) => (
          <Row key={node.id} node={node} />
        ))}
        {nodes.length > limit && (
          <li>
            <Button class="row" onClick={() => (limits.value = new Map(limits.value).set(title, limit + page))}>
              … {nodes.length - limit}
            </Button>
          </li>
        )}
      </ul>
    </details>
  );
}

/** The outline, or what the search finds. */
export function Outline() {
  const words = text.value;
  const { nodes } = graph.value;
  const groups = new Map<string, GraphNode[]>();
  const isSearching = query.value.trim() !== "";
  const shown = showsQuiet.value ? null : shownAs(graph.value);
  const listed = isSearching
    ? found.value.map((id) => nodes[id])
    : nodes.filter(({ id }) => shown === null || shown[id] === id);
  for (const node of listed) {
    append(groups, nodes[homes.value[node.id]].scope, node);
  }
  return (
    <nav class="outline" aria-label={words.showOutline}>
      <label class="search">
        <span class="unseen">{words.search}</span>
        <input
          id="search"
          type="search"
          placeholder={words.search}
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found.value.length > 0) choose(found.value[0]);
          }}
        />
      </label>
      {isSearching && (
        <p role="status" class="hint">
          {found.value.length === 0 ? words.noResults : words.found(found.value.length)}
        </p>
      )}
      {[...groups].map(([scope, members]) => (
        <Group key={scope} title={scope} nodes={members} />
      ))}
    </nav>
  );
}
