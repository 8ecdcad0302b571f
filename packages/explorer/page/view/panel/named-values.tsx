/** The values of a folded layer that have names, with their gradients: what its ops lead to, side by side. */
import { gridOf } from "../../../src/drawing/labels.ts";
import { numberText, wideCellText } from "../../../src/drawing/painting/numbers.ts";
import { gradients, graph, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { scaleOf } from "../../state/shown.ts";
import { isKnown } from "../../state/stepping.ts";
import { nameOf } from "../../state/view.ts";
import { Scroll, Table } from "../parts.tsx";
import { Cells } from "./figures/cells.tsx";

/** The most values that are listed. */
const most = 12;
/** The most characters across in each of two tables beside each other. */
const widest = 14;

/** Whether a value can be read in a table: one number, or a few. */
function isSmall(id: number): boolean {
  return (summaries.value[id]?.value ?? null) !== null || gridOf(graph.value.nodes[id].shape) !== null;
}

function Small({ id }: { readonly id: number | undefined }) {
  const summary = id === undefined || !isKnown(id) ? null : summaries.value[id];
  if (id === undefined || summary == null) return null;
  if (summary.value !== null) return <>{numberText(summary.value)}</>;
  const { shape } = graph.value.nodes[id];
  const grid = gridOf(shape);
  if (grid === null || summary.elements === null) return null;
  return (
    <Cells node={id} elements={summary.elements} shape={shape} grid={grid} largest={scaleOf(id)} label={nameOf(id)} />
  );
}

/** How many characters the longest number of a tensor has, times its columns. */
function charactersOf(id: number | undefined): number {
  const grid = id === undefined ? null : gridOf(graph.value.nodes[id].shape);
  const elements = id === undefined ? null : summaries.value[id]?.elements;
  if (grid === null || elements == null) return 0;
  return grid.columns * Math.max(...elements.map((x) => wideCellText(x).length));
}

/** The table; nothing where no small value has a name. */
export function NamedValues({ path }: { readonly path: string }) {
  const words = text.value;
  const isInside = (scope: string): boolean => scope === path || scope.startsWith(`${path}/`);
  const named = graph.value.nodes.filter(
    ({ id, name, role, scope }) => name !== undefined && role !== "gradient" && isInside(scope) && isSmall(id),
  );
  if (named.length === 0) return null;
  // Gradients stand below the values where two tables would be wider than the panel.
  const shown = named.slice(0, most);
  const isWide = shown.some(({ id }) => Math.max(charactersOf(id), charactersOf(gradients.value.get(id))) > widest);
  return (
    <Scroll>
      <Table
        class="named"
        columns={isWide ? [words.name, `${words.value}, ${words.gradient}`] : [words.name, words.value, words.gradient]}
        rows={shown.map(({ id }) => {
          const [value, gradient] = [
            <Small key="value" id={id} />,
            <Small key="gradient" id={gradients.value.get(id)} />,
          ];
          if (!isWide) return [nameOf(id), value, gradient];
          const both = [
            value,
            <div class="gradient" key="below">
              {gradient}
            </div>,
          ];
          return [nameOf(id), both];
        })}
      />
    </Scroll>
  );
}
