// What a person copies of an error to report it: enough to find its cause, nothing of their traces.

/** What failed, as far as it is known. */
export interface Failed {
  /** In the words of the screen ("The trace list could not be read"). */
  what: string;
  message: string;
  /** The engine's code, or the name of the exception. */
  code: string;
  /** The command that failed, if one did. */
  command?: string | null;
  /** Where in the page it happened, if it is a fault of the page. */
  stack?: string | undefined;
}

/** Where it failed. */
export interface Surroundings {
  version: string;
  /** What the page runs in. */
  system: string;
  at: Date;
}

export function errorDetails(failed: Failed, { version, system, at }: Surroundings): string {
  const lines = [
    `TraceLLM Explorer ${version}`,
    `System: ${system}`,
    `Time: ${at.toISOString()}`,
    `What: ${withoutPrivate(failed.what)}`,
    `Code: ${failed.code}${failed.command ? ` (${failed.command})` : ''}`,
    `Message: ${withoutPrivate(failed.message)}`,
  ];
  if (failed.stack) lines.push('Where:', ...places(failed.stack));
  return lines.join('\n');
}

/** What a message says without what it quotes: texts in quotes, paths, addresses, long ids and secrets. */
export function withoutPrivate(text: string): string {
  return (
    text
      .replaceAll(/"[^"\n]*"|“[^”\n]*”|`[^`\n]*`|(?<!\p{L})'[^'\n]*'(?!\p{L})/gu, '"…"')
      .replaceAll(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<address>')
      .replaceAll(/[^\s@]+@[^\s@]+/g, '<address>')
      // With the words around a blank in a path: `/home/me/My Files/a.json` is one path.
      .replaceAll(
        /(?:[A-Za-z]:)?(?:[\\/]|~[\\/]|\.\.?[\\/])[^\n:;,"]*(?:[\\/]|\.\w)[^\s:;,"]*|[\\/]\S+/g,
        '<path>',
      )
      .replaceAll(/\S+\.(?:jsonl?|csv|db|zip|gz|zst|parquet|log|txt|html|pb)\b/gi, '<file>')
      .replaceAll(/\b(?=\w*\d)[\w-]{12,}\b/g, '<id>')
  );
}

/** The functions and places of our own files in a stack, as WebKit and Chromium write them, without addresses. */
function places(stack: string): string[] {
  return stack
    .split('\n')
    .flatMap((line) => {
      const place = /\/([\w.-]+\.[jt]sx?)[^\s:)]*(:\d+:\d+)/.exec(line);
      const name = /^\s*at ([\w$.]+) \(|^([\w$.]+)@/.exec(line);
      return place ? [`  ${name?.[1] ?? name?.[2] ?? 'at'} ${place[1]}${place[2]}`] : [];
    })
    .slice(0, 12);
}
