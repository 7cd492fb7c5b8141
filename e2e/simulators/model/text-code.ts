const fence = "```";

/** A realistic answer with a TypeScript and a Python block. */
export const codeText = `A debounce waits until the calls stop coming and then runs once. Here it is in TypeScript:

${fence}typescript
export function debounce<Args extends unknown[]>(run: (...args: Args) => void, waitMs: number) {
  let timer: NodeJS.Timeout | undefined;
  return (...args: Args): void => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...args), waitMs);
  };
}
${fence}

The same idea in Python, for \`asyncio\`:

${fence}python
import asyncio
from collections.abc import Awaitable, Callable


class Debounce:
    """Runs \`callback\` once, \`wait\` seconds after the last call."""

    def __init__(self, callback: Callable[[], Awaitable[None]], wait: float) -> None:
        self._callback = callback
        self._wait = wait
        self._task: asyncio.Task[None] | None = None

    def __call__(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await asyncio.sleep(self._wait)
        await self._callback()
${fence}

Both forget earlier calls on purpose. If every call must run, you want a queue instead.
`;
