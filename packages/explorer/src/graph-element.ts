/// <reference lib="dom" />
/**
 * A graph as an element of a page: the drawing of the page with its values, and buttons that go through the steps. It runs
 * in the page itself, without a frame or a worker, so that `script-src 'self'` is all that it needs.
 */
import { type Graph, type GraphData, type GraphJSON, graphFromJSON } from "@adjoint/autograd";
import { SpecError } from "@adjoint/tensor";
import type { DrawnGraph } from "./drawing/draw.ts";
import { stepAt } from "./drawing/steps.ts";
import { english, korean } from "./drawing/writing/words.ts";

const styles = `
:host { display: block; font: 14px/1.4 system-ui, sans-serif; }
[part="drawing"] { overflow: auto; }
svg { display: block; }
[part="bar"]:not([hidden]) { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
button { min-width: 2.2rem; min-height: 2.2rem; font: inherit; }
p { flex: 1 1 16rem; margin: 0; min-height: 2.8em; }`;

/** The buttons: what stands on them, and where they lead from a step. */
const moves = {
  first: { sign: "«", to: () => -1 },
  previous: { sign: "‹", to: (at: number | null, count: number) => Math.max(-1, (at ?? count) - 1) },
  next: { sign: "›", to: (at: number | null, count: number) => (at === null ? -1 : at + 1 < count ? at + 1 : null) },
  last: { sign: "»", to: () => null },
} as const;
type Move = keyof typeof moves;

/**
 * Makes `<adjoint-graph>` an element of the page. Its graph is the JSON file at `src`, or what the property `graph` is set
 * to: a Graph or its JSON. Attributes, which may change at any time:
 *
 * - `src`: the address of a graph file, as `graph.toJSON({ values: "leaves" })` gives it;
 * - `step`: the number of an op in the order of the computation, from 0, as in the address of the page; −1: before the first
 *   step; without it all steps are done;
 * - `theme`: `light` or `dark`; without it the one that the reader's system asks for;
 * - `lang`: `en` or `ko`; without it the language of the page around it;
 * - `open`: `all`, or scopes as a JSON list; `backward="false"` draws the forward pass alone.
 *
 * The buttons set `step`, and an event `step` says that they did. Heat maps of large tensors need `img-src data:` where a
 * content security policy restricts images.
 *
 * @param name  the name of the element, which has a hyphen. Does nothing where the page has it already
 * @throws SpecError where there are no elements, as in Node.js
 */
export function defineGraphElement(name = "adjoint-graph"): void {
  if (typeof customElements === "undefined") {
    throw SpecError.of("defineGraphElement", "customElements", "nothing", "a page", {
      problem: "there are no elements here",
      hint: "Call it in a page; elsewhere toSvg(graph) gives a picture.",
    });
  }
  if (customElements.get(name) === undefined) customElements.define(name, makeClass());
}

function graphOf(given: GraphData | GraphJSON): GraphData {
  return typeof (given as Partial<Graph>).run === "function" ? (given as Graph) : graphFromJSON(given as GraphJSON);
}

function makeClass(): CustomElementConstructor {
  return class GraphElement extends HTMLElement {
    static readonly observedAttributes = ["src", "step", "theme", "lang", "open", "backward"];

    #graph: GraphData | null = null;
    #drawn: DrawnGraph | null = null;
    #problem: string | null = null;
    /** Counts what is asked for, so that what comes late is thrown away. */
    #asked = 0;
    #width = 0;
    readonly #root = this.attachShadow({ mode: "open" });
    readonly #parts = this.#makeParts();
    readonly #dark = matchMedia("(prefers-color-scheme: dark)");
    readonly #show = (): void => void this.#paint();
    readonly #observer = new ResizeObserver(() => {
      if (this.clientWidth === this.#width) return;
      this.#width = this.clientWidth;
      void this.#draw();
    });

    connectedCallback(): void {
      // A style element would need a permission of its own; a sheet that is made in a script needs none.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      this.#root.adoptedStyleSheets = [sheet];
      this.#dark.addEventListener("change", this.#show);
      this.#observer.observe(this);
      void this.#load();
    }

    disconnectedCallback(): void {
      this.#dark.removeEventListener("change", this.#show);
      this.#observer.disconnect();
    }

    attributeChangedCallback(attribute: string, before: string | null, after: string | null): void {
      if (!this.isConnected || before === after) return;
      if (attribute === "src") void this.#load();
      else if (attribute === "step" || attribute === "theme") void this.#paint();
      else void this.#draw();
    }

    get graph(): GraphData | null {
      return this.#graph;
    }

    set graph(given: GraphData | GraphJSON | null) {
      this.#asked++;
      this.#take(() => (given === null ? null : graphOf(given)));
    }

    #take(read: () => GraphData | null): void {
      try {
        [this.#graph, this.#problem] = [read(), null];
      } catch (error) {
        [this.#graph, this.#problem] = [null, (error as Error).message];
      }
      void this.#draw();
    }

    async #load(): Promise<void> {
      const source = this.getAttribute("src");
      if (source === null) return;
      const asked = ++this.#asked;
      const read = await fetch(new URL(source, this.baseURI))
        .then(async (answer) => {
          if (!answer.ok) throw new Error(`${source}: ${answer.status} ${answer.statusText}`);
          const json = (await answer.json()) as GraphJSON;
          return () => graphOf(json);
        })
        .catch((error: Error) => () => {
          throw error;
        });
      if (asked === this.#asked) this.#take(read);
    }

    get #words() {
      const around = this.lang || (this.closest("[lang]") as HTMLElement | null)?.lang || "en";
      return around.startsWith("ko") ? korean : english;
    }

    #openScopes(): "all" | readonly string[] | undefined {
      const open = this.getAttribute("open");
      return open === null ? undefined : open === "all" ? open : (JSON.parse(open) as readonly string[]);
    }

    async #draw(): Promise<void> {
      const graph = this.#graph;
      const { drawGraph } = await import("./drawing/draw.ts");
      if (graph !== this.#graph) return;
      this.#drawn = null;
      if (graph !== null) {
        try {
          const open = this.#openScopes();
          const options = {
            backward: this.getAttribute("backward") !== "false",
            ...(open === undefined ? {} : { open }),
            ...(this.clientWidth > 0 ? { width: this.clientWidth } : {}),
          };
          this.#drawn = drawGraph(graph, options, this.#words);
        } catch (error) {
          this.#problem = (error as Error).message;
        }
      }
      await this.#paint();
    }

    async #paint(): Promise<void> {
      const { captionOf, showGraph } = await import("./drawing/draw.ts");
      const [drawn, words] = [this.#drawn, this.#words];
      const { drawing, bar, said, buttons } = this.#parts;
      bar.hidden = drawn === null;
      if (drawn === null) {
        drawing.textContent = this.#problem;
        return;
      }
      const at = this.#at(drawn);
      const isDark = this.getAttribute("theme") === "dark" || (!this.hasAttribute("theme") && this.#dark.matches);
      drawing.innerHTML = showGraph(drawn, { step: at, theme: isDark ? "dark" : "light" });
      bar.setAttribute("aria-label", words.stepper);
      for (const [move, button] of buttons) {
        button.setAttribute("aria-label", words[move]);
        button.disabled = move === "first" || move === "previous" ? at === -1 : move === "last" && at === null;
      }
      const { title, line } =
        at === null ? { title: "", line: "" } : at < 0 ? { title: words.atStart, line: "" } : captionOf(drawn, at);
      said.replaceChildren(title, document.createElement("br"), line);
    }

    /** The present step, from the number of an op. */
    #at({ course }: DrawnGraph): number | null {
      const given = this.getAttribute("step");
      const op = Number(given);
      if (given === null || given === "" || !Number.isInteger(op) || course.steps.length === 0) return null;
      return op < 0 ? -1 : stepAt(course, op);
    }

    #move(move: Move): void {
      if (this.#drawn === null) return;
      const { steps } = this.#drawn.course;
      const step = moves[move].to(this.#at(this.#drawn), steps.length);
      if (step === null) this.removeAttribute("step");
      else this.setAttribute("step", String(step < 0 ? -1 : steps[step].index));
      this.dispatchEvent(new Event("step", { bubbles: true }));
    }

    #makeParts() {
      const [drawing, bar, said] = ["div", "div", "p"].map((tag) => document.createElement(tag));
      [drawing.part.value, bar.part.value] = ["drawing", "bar"];
      drawing.tabIndex = 0;
      bar.setAttribute("role", "group");
      said.setAttribute("role", "status");
      const buttons = (Object.keys(moves) as Move[]).map((move) => {
        const button = document.createElement("button");
        button.textContent = moves[move].sign;
        button.dataset.move = move;
        button.addEventListener("click", () => this.#move(move));
        return [move, button] as const;
      });
      bar.append(...buttons.map(([, button]) => button), said);
      this.#root.append(drawing, bar);
      return { drawing, bar, said, buttons };
    }
  };
}
