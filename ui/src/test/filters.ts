// The filter language as far as tests and the invented engine of the dev server need it: terms one after the other, no
// parentheses. The engine's own reading is `query::filter`.
import type {
  FilterEditRequest,
  FilterMistake,
  FilterReading,
  FilterTerm,
  FilterText,
} from '../backend/bindings';

/** The fields by name, with what each means. */
export const FIELDS: Readonly<Record<string, string>> = {
  status: 'how the run ended',
  duration: 'how long it took',
  started: 'when it started',
  retries: 'further attempts',
  errors: 'failed steps',
  steps: 'number of steps',
  tokens: 'number of tokens',
  cost: 'US dollars',
  model: 'model that was called',
  tool: 'tool that was called',
  project: 'project',
  environment: 'environment',
  name: 'name of the run',
  source: 'file or feed',
  conversation: 'conversation',
  tag: 'your tags',
  has: 'what the run has',
  is: 'what the run is',
};

/** Reads a filter text. */
export function readFilter(filter: string): FilterReading {
  const terms: FilterTerm[] = [];
  let error: FilterMistake | null = null;
  for (const found of filter.matchAll(/(?:"(?:\\.|[^"\\])*"?|[^\s"])+/gs)) {
    const [from, text] = [found.index, found[0]];
    const [, minus = '', field, rest = ''] = /^(-?)(?:(\w+):)?(.*)$/s.exec(text) ?? [];
    if (field !== undefined && !(field in FIELDS)) {
      const message = `unknown field "${field}"; expected status, duration, model or another field`;
      error ??= { from: from + minus.length, to: from + minus.length + field.length, message };
      continue;
    }
    if (field !== undefined && rest === '') {
      error ??= { from: from + text.length, to: from + text.length, message: `expected a value of ${field}` };
      continue;
    }
    const values = field === undefined ? [rest] : (rest.match(/"(?:\\.|[^"\\])*"?|[^,]+/gs) ?? []);
    terms.push({
      from,
      to: from + text.length,
      field: field ?? null,
      negated: minus !== '',
      values: values.map(unquoted),
      is_alone: true,
    });
  }
  return { error, terms };
}

/** Changes a filter text in one field. */
export function editFilter({ filter, field, edit }: FilterEditRequest): FilterText {
  const { terms } = readFilter(filter);
  const own = terms.filter((term) => term.field === field);
  const asked = own.find((term) => !term.negated);
  const excluded = own.find(
    (term) => term.negated && edit.type === 'exclude' && term.values.includes(edit.value),
  );
  const without = (gone: FilterTerm[]) =>
    terms
      .filter((term) => !gone.includes(term))
      .map(({ from, to }) => filter.slice(from, to))
      .join(' ');
  const withTerm = (text: string, term: string) => ({ filter: text === '' ? term : `${text} ${term}` });
  switch (edit.type) {
    case 'toggle': {
      const values = asked?.values ?? [];
      const next = values.includes(edit.value)
        ? values.filter((value) => value !== edit.value)
        : [...values, edit.value];
      const rest = without(own.filter((term) => !term.negated || term.values.includes(edit.value)));
      return next.length === 0 ? { filter: rest } : withTerm(rest, `${field}:${next.map(quoted).join(',')}`);
    }
    case 'exclude':
      if (excluded) return { filter: without([excluded]) };
      return withTerm(without(asked ? [asked] : []), `-${field}:${quoted(edit.value)}`);
    case 'set':
      return withTerm(without(own), `${field}:${edit.values.map(quoted).join(',')}`);
    case 'range': {
      const ends = [
        edit.from === null ? null : `${field}:>=${edit.from}`,
        edit.below === null ? null : `${field}:<${edit.below}`,
      ].filter((end) => end !== null);
      return ends.length === 0 ? { filter: without(own) } : withTerm(without(own), ends.join(' '));
    }
    case 'clear':
      return { filter: without(own) };
  }
}

function quoted(value: string): string {
  return /^[^\s",()]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`;
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : value;
}
