// Code in the colours of its language. A chunk of its own, loaded when the first code is shown.
import bash from 'highlight.js/lib/languages/bash';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import markdown from 'highlight.js/lib/languages/markdown';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { createLowlight } from 'lowlight';
import { memo } from 'react';
import styles from './Code.module.css';

const reader = createLowlight({
  bash, cpp, csharp, css, diff, go, ini, java, javascript, json, markdown, python, ruby, rust, sql, typescript, xml, yaml,
}); // prettier-ignore

const TONES: Record<string, string | undefined> = {
  'hljs-keyword': styles.keyword, 'hljs-built_in': styles.name, 'hljs-type': styles.name, 'hljs-literal': styles.word,
  'hljs-number': styles.number, 'hljs-string': styles.string, 'hljs-regexp': styles.string, 'hljs-comment': styles.comment,
  'hljs-doctag': styles.comment, 'hljs-meta': styles.comment, 'hljs-title': styles.name, 'hljs-attr': styles.name,
  'hljs-attribute': styles.name, 'hljs-name': styles.keyword, 'hljs-selector-tag': styles.keyword,
  'hljs-selector-class': styles.name, 'hljs-symbol': styles.word, 'hljs-variable': styles.word, 'hljs-section': styles.keyword,
  'hljs-addition': styles.added, 'hljs-deletion': styles.removed, 'hljs-code': styles.string, 'hljs-property': styles.name,
}; // prettier-ignore

interface Piece {
  text: string;
  tone: string | undefined;
}

/** As much of the reader's nodes as is read here. */
interface Marked {
  type: string;
  value?: string;
  properties?: { className?: unknown };
  children?: readonly Marked[];
}

function collect(nodes: readonly Marked[], tone: string | undefined, pieces: Piece[]): Piece[] {
  for (const node of nodes) {
    if (node.type === 'text') pieces.push({ text: node.value ?? '', tone });
    else {
      const names = node.properties?.className;
      const found = Array.isArray(names) ? names.map((name) => TONES[String(name)]).find(Boolean) : undefined;
      collect(node.children ?? [], found ?? tone, pieces);
    }
  }
  return pieces;
}

interface HighlightedCodeProps {
  text: string;
  /** One of those that `domain/language` names. */
  language: string;
}

export default memo(function HighlightedCode({ text, language }: HighlightedCodeProps) {
  if (!reader.registered(language)) return text;
  return collect(reader.highlight(language, text).children as readonly Marked[], undefined, []).map(
    ({ text: part, tone }, index) =>
      tone === undefined ? (
        part
      ) : (
        <span key={index} className={tone}>
          {part}
        </span>
      ),
  );
});
