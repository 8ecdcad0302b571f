/** Values that a component asks the worker for. */
import { useEffect, useState } from "preact/hooks";

/**
 * The answer about a subject; undefined until the first is there. When the `version` changes it is asked again, and the
 * old answer stands until then, so that nothing flickers.
 */
export function useAnswer<Answer>(ask: () => Promise<Answer>, subject: string, version: number): Answer | undefined {
  const [answer, setAnswer] = useState<{ readonly subject: string; readonly value: Answer } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void ask().then((value) => {
      if (isCurrent) setAnswer({ subject, value });
    });
    return () => {
      isCurrent = false;
    };
  }, [subject, version]);
  return answer?.subject === subject ? answer.value : undefined;
}
