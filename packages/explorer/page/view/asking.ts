/** Values that a component asks the worker for. */
import { useEffect, useState } from "preact/hooks";

/** The answer to the latest question; null until it is there. `key` says when it is another question. */
export function useAnswer<Answer>(ask: () => Promise<Answer | null>, key: string): Answer | null {
  const [answer, setAnswer] = useState<{ readonly key: string; readonly value: Answer | null } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    ask().then(
      (value) => isCurrent && setAnswer({ key, value }),
      () => isCurrent && setAnswer({ key, value: null }),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return answer === null ? null : answer.value;
}
