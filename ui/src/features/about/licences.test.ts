import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Licences } from '../../domain/licences';
import json from 'virtual:licences';

const { packages, texts } = JSON.parse(json) as Licences;

/** The licences that deny.toml lets in. */
function allowed(): Set<string> {
  const listed = /\nallow = \[([^\]]*)\]/.exec(readFileSync('../deny.toml', 'utf8'))?.[1] ?? '';
  return new Set([...listed.matchAll(/"([^"]+)"/g)].flatMap(([, name]) => (name ? [name] : [])));
}

/** Whether an SPDX expression can be met by these licences alone. */
function isMet(expression: string, by: ReadonlySet<string>): boolean {
  const plain = expression.replaceAll('/', ' OR ').replaceAll(/\s+/g, ' ').trim();
  const inner = /^(.*)\(([^()]*)\)(.*)$/.exec(plain);
  if (inner)
    return isMet(`${inner[1] ?? ''} ${isMet(inner[2] ?? '', by) ? 'yes' : 'no'} ${inner[3] ?? ''}`, by);
  return plain
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((name) => name.trim() === 'yes' || by.has(name.trim())));
}

it('what is built in has licences that are let in, and is listed with their texts', () => {
  const by = allowed();
  expect(by.size).toBeGreaterThan(5);
  expect(packages.length).toBeGreaterThan(200);
  expect(
    packages.filter(({ licence }) => !isMet(licence, by)).map(({ name, licence }) => `${name}: ${licence}`),
  ).toEqual([]);
  // Most bring a text; all of them are listed under their names.
  expect(packages.filter(({ texts: own }) => own.length > 0).length).toBeGreaterThan(0.8 * packages.length);
  expect(texts.every((text) => text.length > 0)).toBe(true);
  expect(packages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['rusqlite', 'tauri', 'react', 'tokio']),
  );
});

it('an expression of licences is read as it is meant', () => {
  const by = new Set(['MIT', 'Zlib']);
  for (const met of [
    'MIT',
    'GPL-3.0 OR MIT',
    'MIT/Apache-2.0',
    '(GPL-3.0 OR MIT) AND Zlib',
    'MIT AND Zlib',
  ]) {
    expect(isMet(met, by), met).toBe(true);
  }
  for (const not of ['GPL-3.0', 'MIT AND GPL-3.0', '(GPL-3.0 OR Apache-2.0) AND MIT', 'not said']) {
    expect(isMet(not, by), not).toBe(false);
  }
});
