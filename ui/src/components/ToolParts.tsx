// What a tool was asked and what it gave, each in the way that `domain/toolView` chose for the call.
import type { ReactNode } from 'react';
import type { JsonValue } from '../backend/bindings';
import { Address } from './Address';
import { AnsiText } from './AnsiText';
import { Badge } from './Badge';
import { Code } from './Code';
import { DiffView } from './DiffView';
import { JsonTable } from './JsonTable';
import { JsonView } from './JsonView';
import { LongText } from './LongText';
import { MediaView } from './MediaView';
import { Prose } from './Prose';
import { formatCount, plural } from '../domain/format';
import { isBranch, jsonInside } from '../domain/json';
import { changeCounts, type FileChange } from '../domain/lineDiff';
import type { SearchMatch, ToolView } from '../domain/toolView';
import { visibleText } from '../domain/visibleText';
import { SearchMatches } from './SearchMatches';
import styles from './ToolParts.module.css';

type Of<V extends ToolView['view']> = Extract<ToolView, { view: V }>;

/** What the two halves of a call are called. */
export function toolTitles(view: ToolView): [asked: string, given: string] {
  switch (view.view) {
    case 'command':
      return [view.language === 'python' ? 'Code' : 'Command', 'Output'];
    case 'edit':
      return view.isFromOutput ? ['Input', 'Edit'] : ['Edit', 'Output'];
    case 'file':
      return view.isWritten ? ['File written', 'Output'] : ['File', 'Content'];
    case 'search':
      return ['Search', 'Places found'];
    case 'documents':
      return ['Query', 'Documents'];
    case 'http':
      return ['Request', 'Response'];
    case 'table':
    case 'text':
      return ['Input', 'Output'];
  }
}

/** One fact of the outcome that belongs beside the title of what was given. */
export function toolOutcome(view: ToolView): ReactNode {
  switch (view.view) {
    case 'command':
      return view.exit_code === null ? undefined : (
        <Badge tone={view.exit_code === 0 ? 'success' : 'failed'}>exit code {view.exit_code}</Badge>
      );
    case 'http':
      return view.status === null ? undefined : (
        <Badge tone={view.status < 400 ? 'success' : 'failed'}>status {view.status}</Badge>
      );
    case 'search':
      return plural(view.matches.length, 'place');
    case 'documents':
      return formatCount(view.documents.length);
    case 'table':
      return plural(view.rows.length, 'row');
    default:
      return undefined;
  }
}

/** Whether there is anything to show of what a tool was asked. */
export function isAsked(view: ToolView): boolean {
  if (view.view === 'documents') return view.query !== null || view.restInput !== null;
  if (view.view === 'table' || view.view === 'text') return view.restInput !== null;
  return view.view === 'edit' && view.isFromOutput ? view.restInput !== null : true;
}

export function ToolAsked({ view }: { view: ToolView }) {
  return (
    <div className={styles.parts}>
      <Asked view={view} />
      <Rest value={view.restInput} hasMore={view.view !== 'table' && view.view !== 'text'} />
    </div>
  );
}

export function ToolGiven({ view }: { view: ToolView }) {
  return (
    <div className={styles.parts}>
      <Given view={view} />
      {view.media.map((reference, index) => (
        <MediaView key={index} reference={reference} modality="" mime_type={null} />
      ))}
      <Rest value={view.restOutput} hasMore />
    </div>
  );
}

function Asked({ view }: { view: ToolView }) {
  switch (view.view) {
    case 'command':
      return (
        <>
          <Code text={view.command.replace(/\n$/, '')} language={view.language} label="the command" />
          {view.directory !== null && <Fact name="in">{view.directory}</Fact>}
        </>
      );
    case 'edit':
      return view.isFromOutput ? null : <Changes changes={view.changes} />;
    case 'file':
      return (
        <>
          <Fact name="file">{view.path}</Fact>
          {view.isWritten && <FileText view={view} />}
        </>
      );
    case 'search':
      return (
        <>
          <Code text={view.query} language={null} label="the pattern" />
          {view.where !== null && <Fact name="in">{view.where}</Fact>}
        </>
      );
    case 'documents':
      return view.query === null ? null : <LongText text={view.query} />;
    case 'http':
      return (
        <>
          <div className={styles.address}>
            {view.method !== null && <b>{visibleText(view.method)} </b>}
            <Address target={view.url} />
          </div>
          <Message {...view.request} />
        </>
      );
    case 'table':
    case 'text':
      return null;
  }
}

function Given({ view }: { view: ToolView }) {
  switch (view.view) {
    case 'command':
      return <Output text={view.output} />;
    case 'edit':
      return view.isFromOutput ? <Changes changes={view.changes} /> : <Output text={view.output} />;
    case 'file':
      return view.isWritten ? (
        <Output text={view.output} />
      ) : view.text === null && view.media.length === 0 && view.restOutput === null ? (
        <Nothing />
      ) : (
        <FileText view={view} />
      );
    case 'search':
      return <Matches matches={view.matches} notes={view.notes} />;
    case 'documents':
      return <Documents documents={view.documents} />;
    case 'http':
      return <Message {...view.response} />;
    case 'table':
      return <JsonTable columns={view.columns} rows={view.rows} label="Output as a table" />;
    case 'text':
      return view.text === '' ? null : <Prose text={view.text} asWritten={false} label="the output" />;
  }
}

const Nothing = () => <p className={styles.none}>No output was recorded.</p>;

function Output({ text }: { text: string | null }) {
  if (text === null) return <Nothing />;
  if (text === '') return <p className={styles.none}>Empty output.</p>;
  return <AnsiText text={text} label="the output" />;
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div className={styles.fact}>
      <span>{name}</span> <code>{visibleText(children)}</code>
    </div>
  );
}

function Changes({ changes }: { changes: readonly FileChange[] }) {
  return changes.map((change, index) => {
    const { added, removed } = changeCounts(change);
    const path = change.path ?? 'a file that is not named';
    return (
      <div key={index} className={styles.change}>
        <div className={styles.fact}>
          <code>{visibleText(path)}</code>
          {change.action === 'add' && <span> new</span>}
          {change.action === 'delete' && <span> deleted</span>}
          <span className={styles.counts}>
            <span className={styles.added}>+{formatCount(added)}</span>{' '}
            <span className={styles.removed}>−{formatCount(removed)}</span>
          </span>
        </div>
        {change.lines.length > 0 && <DiffView change={change} label={`Changes of ${path}`} />}
      </div>
    );
  });
}

function FileText({ view }: { view: Of<'file'> }) {
  const { text, notes, language, first_line, path } = view;
  return (
    <>
      {text !== null && (
        <Code text={text} language={language} first_line={first_line} label={`Content of ${path}`} />
      )}
      {notes.map((note, index) => (
        <div key={index} className={styles.note}>
          <LongText mono text={note} most={300} />
        </div>
      ))}
    </>
  );
}

function Matches({ matches, notes }: { matches: readonly SearchMatch[]; notes: readonly string[] }) {
  return (
    <>
      <SearchMatches matches={matches} />
      {notes.length > 0 && (
        <div className={styles.note}>
          <LongText mono text={notes.join('\n')} most={300} />
        </div>
      )}
    </>
  );
}

function Documents({ documents }: { documents: Of<'documents'>['documents'] }) {
  const scores = documents.map(({ score }) => score ?? 0);
  // Bars compare what is measured alike; a score below zero or above one has no length of its own.
  const most = Math.max(...scores, 1e-9);
  return (
    <ol className={styles.documents}>
      {documents.map(({ title, address, score, text, rest }, index) => (
        <li key={index} className={styles.document}>
          <div className={styles.documentHead}>
            <span className={styles.place}>{index + 1}</span>
            <b>{title === null ? <i>untitled</i> : visibleText(title)}</b>
            {score !== null && (
              <span className={styles.score}>
                <span className={styles.bar} aria-hidden="true">
                  <i style={{ width: `${Math.max(0, Math.min(1, score / most)) * 100}%` }} />
                </span>
                {Number(score.toPrecision(4))}
              </span>
            )}
          </div>
          {address !== null && (
            <div className={styles.address}>
              <Address target={address} />
            </div>
          )}
          <LongText text={text} most={280} label="the document" />
          <Rest value={rest} hasMore />
        </li>
      ))}
    </ol>
  );
}

function Message({ headers, body }: { headers: JsonValue; body: JsonValue }) {
  const unfolded = typeof body === 'string' ? jsonInside(body) : body;
  return (
    <>
      {headers !== null && (
        <div>
          <div className={styles.subhead}>Headers</div>
          <JsonView value={headers} bare />
        </div>
      )}
      {body !== null && (
        <div>
          {headers !== null && <div className={styles.subhead}>Body</div>}
          {isBranch(unfolded) ? (
            <JsonView value={body} bare />
          ) : (
            <LongText mono text={String(body)} label="the body" />
          )}
        </div>
      )}
    </>
  );
}

function Rest({ value, hasMore }: { value: JsonValue; hasMore: boolean }) {
  if (value === null) return null;
  return (
    <div className={hasMore ? styles.rest : undefined}>
      {typeof value === 'string' && !jsonInside(value) ? (
        <LongText text={value} />
      ) : (
        <JsonView value={value} bare levels={1} />
      )}
    </div>
  );
}
