/** What the page on engines says that its snippets print is what they print. */
import { testSnippets } from "./snippet-tests.ts";

testSnippets("docs/engines.md", 2);
