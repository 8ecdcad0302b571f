/** The folder of downloaded files. */
import { environment, nodeModule, platform } from "../node.ts";

/**
 * The folder that an operating system sets aside for what can be fetched again: `$XDG_CACHE_HOME/adjoint` (by default
 * `~/.cache/adjoint`), `~/Library/Caches/adjoint` on macOS, `%LOCALAPPDATA%\adjoint\Cache` on Windows.
 *
 * Source: XDG Base Directory Specification 0.8; the two companies' guidelines, in the form that the env-paths library
 * gives them (the library itself imports Node's modules, which a bundle for browsers cannot).
 */
export function defaultCacheDir(op: string): string {
  const { isAbsolute, join } = nodeModule(op, "path");
  const home = nodeModule(op, "os").homedir();
  const { LOCALAPPDATA, XDG_CACHE_HOME } = environment();
  switch (platform()) {
    case "darwin":
      return join(home, "Library", "Caches", "adjoint");
    case "win32":
      return join(LOCALAPPDATA || join(home, "AppData", "Local"), "adjoint", "Cache");
    default:
      // The specification says that a relative path must be ignored.
      return join(XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(home, ".cache"), "adjoint");
  }
}
