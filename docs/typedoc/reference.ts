/** The reference pages and what they are made from: TypeDoc's view of the subjects, and the public names of all packages. */
import { fileURLToPath } from "node:url";
import {
  Application,
  type DeclarationReflection,
  type ProjectReflection,
  TSConfigReader,
  TypeDocReader,
} from "typedoc";
import ts from "typescript";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const root = here("../../");

/** What programs import, and the file that exports it. */
const entries: Readonly<Record<string, string>> = {
  adjoint: "packages/adjoint/src/index.ts",
  "adjoint/training": "packages/adjoint/src/training/index.ts",
  "adjoint/testing": "packages/adjoint/src/testing.ts",
  ...Object.fromEntries(
    ["tensor", "autograd", "compiler", "gradcheck", "nn", "optim", "data", "exchange", "explorer"].map((name) => [
      `@adjoint/${name}`,
      `packages/${name}/src/index.ts`,
    ]),
  ),
};

export interface Reference {
  readonly app: Application;
  readonly project: ProjectReflection;
  readonly pages: ReadonlyMap<string, DeclarationReflection>;
  /** The public names that no page documents, as `adjoint: grad`. */
  readonly withoutPage: readonly string[];
}

/** Reads the subjects, and `others` besides them. */
export async function readReference(others: readonly string[] = []): Promise<Reference> {
  const readers = [new TypeDocReader(), new TSConfigReader()];
  const app = await Application.bootstrapWithPlugins({ options: here("typedoc.json"), logLevel: "Error" }, readers);
  app.options.setValue("entryPoints", [...app.options.getValue("entryPoints"), ...others.map(here)]);
  const project = await app.convert();
  const points = app.getEntryPoints();
  if (project === undefined || points === undefined) throw new Error("TypeDoc cannot read the subjects.");
  const [{ program }] = points;
  const checker = program.getTypeChecker();
  const exportsOf = (file: ts.SourceFile | undefined): (readonly [name: string, symbol: ts.Symbol])[] => {
    const symbol = file && checker.getSymbolAtLocation(file);
    if (symbol === undefined) throw new Error("A file that exports names was not read.");
    const exported = checker.getExportsOfModule(symbol);
    return exported.map((it) => [it.name, it.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(it) : it]);
  };
  const documented = new Set(points.flatMap(({ sourceFile }) => exportsOf(sourceFile).map(([, symbol]) => symbol)));
  const withoutPage = Object.entries(entries).flatMap(([from, file]) =>
    exportsOf(program.getSourceFile(root + file))
      .filter(([, symbol]) => !documented.has(symbol))
      .map(([name]) => `${from}: ${name}`),
  );
  const pages = new Map(project.children?.map((page) => [page.name, page]));
  return { app, project, pages, withoutPage };
}

export async function writePages({ app, project }: Reference, folder: string): Promise<void> {
  app.options.setValue("out", folder);
  await app.generateOutputs(project);
}
