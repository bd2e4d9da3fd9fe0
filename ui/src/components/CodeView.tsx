// Large text, read-only, with search (Ctrl+F) and folding. Heavy: load it lazily.
import { defaultKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
  codeFolding,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { adoptEditorStyles } from '../styles/editorSheet';

adoptEditorStyles();

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--text-muted)' },
  { tag: tags.string, color: 'var(--kind-retrieval)' },
  { tag: tags.number, color: 'var(--kind-llm)' },
  { tag: [tags.bool, tags.null], color: 'var(--kind-agent)' },
]);

const look = EditorView.theme({
  '&': {
    height: '100%',
    fontSize: 'var(--text-sm)',
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-muted)', border: 'none' },
  '.cm-panels': { backgroundColor: 'var(--surface-raised)', color: 'var(--text)' },
  '.cm-panels input, .cm-panels button': {
    background: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--border-strong)',
    borderRadius: 'var(--radius-sm)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--match)' },
  '.cm-foldPlaceholder': { background: 'var(--surface-sunken)', border: 'none', color: 'var(--text-muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--row-selected) !important',
  },
});

interface CodeViewProps {
  text: string;
  /** What it is, for the screen reader. */
  label: string;
}

export default function CodeView({ text, label }: CodeViewProps) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!frame.current) return;
    const view = new EditorView({
      parent: frame.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
          EditorView.lineWrapping,
          lineNumbers(),
          // A dot stands for what hides or turns around the text beside it.
          highlightSpecialChars(),
          json(),
          codeFolding(),
          foldGutter(),
          syntaxHighlighting(colours),
          search({ top: true }),
          highlightSelectionMatches(),
          keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap]),
          look,
        ],
      }),
    });
    return () => {
      view.destroy();
    };
  }, [text, label]);
  return <div ref={frame} style={{ height: '100%' }} />;
}
