// What others wrote and this build carries: the packages of the page and of the program, with their licences, as a module that
// the About window loads when it is asked for (`virtual:licences`).
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import type { Licences, LicensedPackage } from './src/domain/licences';

const MODULE = 'virtual:licences';
const RESOLVED = `\0${MODULE}`;
const LICENCE_FILE = /^(un)?licen[cs]e|^copying|^notice|^copyright/i;

/** Serves `virtual:licences`: for this machine, or for what `TAURI_ENV_TARGET_TRIPLE` names. */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load: (id) =>
      id === RESOLVED ? `export default ${JSON.stringify(JSON.stringify(licencesOf(root)))}` : undefined,
  };
}

/** A package as its manifest describes it, and where it lies. */
interface Found {
  name: string;
  version: string;
  licence: string;
  address: string;
  folder: string;
}

function licencesOf(root: string): Licences {
  // Many packages have the same text, so each text stands once.
  const texts: string[] = [];
  const places = new Map<string, number>();
  const place = (text: string) => {
    const words = text.replaceAll(/\s+/g, ' ');
    const known = places.get(words);
    if (known !== undefined) return known;
    places.set(words, texts.length);
    return texts.push(text.trim()) - 1;
  };
  const packages = [...crates(root), ...npmPackages(join(root, 'ui'))]
    .map(({ folder, ...found }): LicensedPackage => ({
      ...found,
      texts: [...new Set(licenceTexts(folder).map(place))],
    }))
    .sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  return { packages, texts };
}

function licenceTexts(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => LICENCE_FILE.test(name) && statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

interface Metadata {
  packages: {
    id: string;
    name: string;
    version: string;
    license: string | null;
    repository: string | null;
    source: string | null;
    manifest_path: string;
  }[];
  resolve: { nodes: { id: string; deps: { pkg: string; dep_kinds: { kind: string | null }[] }[] }[] };
  workspace_members: string[];
}

/** The crates that are linked into the programs: not what only builds or tests them. */
function crates(root: string): Found[] {
  const target =
    process.env.TAURI_ENV_TARGET_TRIPLE ?? hostOf(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }));
  const args = [
    'metadata',
    '--format-version',
    '1',
    '--locked',
    '--features',
    'tracellm-explorer/custom-protocol',
  ];
  const metadata = JSON.parse(
    execFileSync('cargo', [...args, '--filter-platform', target], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as Metadata;
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const reached = new Set<string>();
  const open = [...metadata.workspace_members];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    for (const dep of nodes.get(id)?.deps ?? []) {
      if (dep.dep_kinds.some(({ kind }) => kind === null)) open.push(dep.pkg);
    }
  }
  return metadata.packages
    .filter(({ id, source }) => source !== null && reached.has(id))
    .map((found) => ({
      name: found.name,
      version: found.version,
      licence: found.license ?? 'not said',
      address: found.repository ?? '',
      folder: dirname(found.manifest_path),
    }));
}

function hostOf(version: string): string {
  const host = /^host: (.+)$/m.exec(version)?.[1];
  if (!host) throw new Error('rustc does not say what machine it compiles for');
  return host;
}

interface Manifest {
  name: string;
  version: string;
  license?: string;
  repository?: string | { url?: string };
  dependencies?: Record<string, string>;
}

/** The packages that the page is built from. */
function npmPackages(root: string): Found[] {
  const found = new Map<string, Found>();
  const visit = (folder: string) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    if (folder !== root) {
      if (found.has(folder)) return;
      const repository = manifest.repository;
      found.set(folder, {
        name: manifest.name,
        version: manifest.version,
        licence: manifest.license ?? 'not said',
        address: (typeof repository === 'string' ? repository : (repository?.url ?? '')).replace(
          /^git\+/,
          '',
        ),
        folder,
      });
    }
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      const place = installed(name, folder);
      if (place) visit(place);
    }
  };
  visit(root);
  return [...found.values()];
}

/** Where Node would find a package that one in `from` asks for. */
function installed(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (folder === dirname(folder)) return null;
  }
}
