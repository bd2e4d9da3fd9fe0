// Which programming language a text is in, as far as its name or its beginning tells.

const BY_ENDING: Record<string, string> = {
  bash: 'bash', c: 'cpp', cc: 'cpp', cpp: 'cpp', cs: 'csharp', css: 'css', diff: 'diff', go: 'go', h: 'cpp', hpp: 'cpp',
  htm: 'xml', html: 'xml', java: 'java', js: 'javascript', json: 'json', jsonl: 'json', jsx: 'javascript',
  markdown: 'markdown', md: 'markdown', mjs: 'javascript', patch: 'diff', py: 'python', pyi: 'python', rb: 'ruby',
  rs: 'rust', scss: 'css', sh: 'bash', sql: 'sql', svg: 'xml', toml: 'ini', ini: 'ini', ts: 'typescript',
  tsx: 'typescript', xml: 'xml', yaml: 'yaml', yml: 'yaml', zsh: 'bash',
}; // prettier-ignore

const BY_NAME: Record<string, string> = {
  'c++': 'cpp', console: 'bash', 'c#': 'csharp', golang: 'go', python3: 'python', shell: 'bash', 'shell-session': 'bash',
}; // prettier-ignore

const KNOWN = new Set(Object.values(BY_ENDING));

/** The language of a code fence (`py`, `Python`, `console`); `null` if it is none that can be coloured. */
export function languageNamed(name: string): string | null {
  const low = name.toLowerCase();
  return (KNOWN.has(low) ? low : undefined) ?? own(BY_NAME, low) ?? own(BY_ENDING, low) ?? null;
}

/** The language of a file by its name's ending. */
export function languageOfPath(path: string): string | null {
  return own(BY_ENDING, /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '') ?? null;
}

// Names come from traces; `constructor` must not find what every object has.
const own = (table: Record<string, string>, key: string) =>
  Object.hasOwn(table, key) ? table[key] : undefined;
