// What an invented engine finds: a filter applied, counts beside the list, completions, and places of a text.
import { BackendError } from '../src/backend';
import type {
  Facet,
  FilterCompleteRequest,
  FilterCompletions,
  FilterTerm,
  Histogram,
  Overview,
  OverviewRequest,
  Snippet,
  TraceHits,
  TraceSnippets,
  TraceSummary,
} from '../src/backend/bindings';
import { FIELDS, readFilter } from '../src/test/filters';

const FACETS = ['status', 'project', 'environment', 'model', 'tool', 'source', 'conversation', 'tag'];
const TOOLS = ['search_orders', 'web_search', 'sql_query', 'read_file', 'send_mail'];

/** The traces that a filter matches; fails where it cannot be understood. `but` leaves one field out of account. */
export function matching(traces: TraceSummary[], filter: string, but: string | null = null): TraceSummary[] {
  const { error, terms } = readFilter(filter);
  if (error) throw new BackendError({ code: 'invalid', message: error.message });
  const asked = terms.filter(({ field }) => field === null || field !== but);
  return traces.filter((trace) => asked.every((term) => holds(trace, term) !== term.negated));
}

/** The texts that a filter looks for. */
export function needlesOf(filter: string): string[] {
  const texts = readFilter(filter).terms.filter(({ field, negated }) => field === null && !negated);
  return texts.flatMap(({ values }) => values).filter((text) => text !== '');
}

function valuesOf(trace: TraceSummary, field: string): string[] {
  switch (field) {
    case 'status':
      return [trace.status];
    case 'tag':
      return trace.tags;
    case 'tool':
      return TOOLS.filter((_, at) => (trace.trace_id * 7) % (at + 2) === 0);
    case 'source':
      return [trace.source.split('/').at(-1) ?? trace.source];
    case 'has':
      return FACETS.filter((each) => valuesOf(trace, each).length > 0);
    case 'is':
      return trace.outliers.length > 0 ? ['outlier'] : [];
    case 'name':
      return [trace.name];
    default: {
      const value = trace[field as 'model' | 'project' | 'environment' | 'conversation'];
      return value === null ? [] : [value];
    }
  }
}

function numberOf(trace: TraceSummary, field: string): number | null | undefined {
  switch (field) {
    case 'duration':
      return trace.duration_ns;
    case 'started':
      return trace.start_unix_ms;
    case 'tokens':
      return trace.total_tokens;
    case 'cost':
      return trace.cost_usd;
    case 'retries':
    case 'errors':
    case 'steps':
      return trace[field];
    default:
      return undefined;
  }
}

function holds(trace: TraceSummary, { field, values }: FilterTerm): boolean {
  if (field === null) {
    const text = `${trace.name} ${trace.preview} ${trace.failure_reason}`.toLowerCase();
    return values.every((value) => text.includes(value.toLowerCase()));
  }
  const number = numberOf(trace, field);
  if (number === undefined) {
    const own = valuesOf(trace, field).map((value) => value.toLowerCase());
    return values.some((value) => own.includes(value.toLowerCase()));
  }
  return values.some((value) => {
    const [, sign = '', digits = '0', unit = ''] = /^([<>]=?)?([\d.]+)(\w*)$/.exec(value) ?? [];
    const limit = Number(digits) * ({ ms: 1e6, s: 1e9, m: 6e10 }[unit] ?? 1);
    if (number === null) return false;
    return sign === '>' ? number > limit
      : sign === '>=' ? number >= limit
      : sign === '<' ? number < limit
      : sign === '<=' ? number <= limit
      : number === limit; // prettier-ignore
  });
}

export function overviewOf(traces: TraceSummary[], request: OverviewRequest): Overview {
  const { filter, facet_values, bins } = request;
  const found = matching(traces, filter);
  return {
    revision: traces.length,
    total: found.length,
    slow: found.filter(({ duration_ns }) => (duration_ns ?? 0) >= 1.5e9).length,
    outliers: found.filter(({ outliers }) => outliers.length > 0).length,
    facets: FACETS.map((field) => facetOf(traces, filter, field, facet_values)),
    histograms: (['started', 'duration', 'tokens'] as const).map((field) =>
      histogramOf(traces, filter, field, bins),
    ),
    search: needlesOf(filter).length === 0 ? null : { searched: traces.length, traces: traces.length, is_complete: true },
  }; // prettier-ignore
}

function facetOf(traces: TraceSummary[], filter: string, field: string, most: number): Facet {
  const { terms } = readFilter(filter);
  const own = terms.filter((term) => term.field === field);
  const counts = new Map<string, number>();
  let missing = 0;
  for (const trace of matching(traces, filter, field)) {
    const values = valuesOf(trace, field);
    if (values.length === 0) missing++;
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([value, count]) => ({
      value,
      count,
      is_chosen: own.some((term) => !term.negated && term.values.includes(value)),
      is_excluded: own.some((term) => term.negated && term.values.includes(value)),
    }));
  return { field, values: values.slice(0, most), more: Math.max(0, values.length - most), missing };
}

function histogramOf(traces: TraceSummary[], filter: string, field: string, bins: number): Histogram {
  const is_logarithmic = field !== 'started';
  const all = matching(traces, filter, field);
  const found = new Set(matching(traces, filter));
  const numbers = all.map((trace) => numberOf(trace, field) ?? null);
  const known = numbers.filter((number) => number !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const edges = Array.from({ length: known.length === 0 ? 0 : bins + 1 }, (_, at) =>
    is_logarithmic ? low * (high / low) ** (at / bins) : low + (high - low) * (at / bins),
  );
  const counted = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  const [matchingCounts, others] = [[...counted], [...counted]];
  all.forEach((trace, index) => {
    const number = numbers[index];
    if (number === null || number === undefined) return;
    const bin = Math.min(bins - 1, edges.findLastIndex((edge) => edge <= number));
    const into = found.has(trace) ? matchingCounts : others;
    into[bin] = (into[bin] ?? 0) + 1;
  }); // prettier-ignore
  const own = readFilter(filter).terms.filter((term) => term.field === field);
  const limit = (sign: string) => {
    const value = own.flatMap(({ values }) => values).find((each) => each.startsWith(sign));
    return value === undefined ? null : Number(value.replace(/[<>=]+/, ''));
  };
  const [from, below] = [limit('>='), limit('<')];
  return {
    field,
    is_logarithmic,
    edges,
    matching: matchingCounts,
    others,
    unknown: [...found].filter((trace) => (numberOf(trace, field) ?? null) === null).length,
    chosen: own.length > 0 && !Number.isNaN(from) && !Number.isNaN(below) ? { from, below } : null,
  };
}

export function completionsOf(traces: TraceSummary[], request: FilterCompleteRequest): FilterCompletions {
  const { filter, cursor } = request;
  const typed = /[^\s]*$/.exec(filter.slice(0, cursor))?.[0] ?? '';
  const [, minus = '', field, started = ''] = /^(-?)(?:(\w+):(?:.*,)?)?(.*)$/.exec(typed) ?? [];
  const from = cursor - started.length;
  const fits = (label: string) => label.toLowerCase().startsWith(started.toLowerCase());
  if (field === undefined) {
    const items = Object.entries(FIELDS)
      .filter(([name]) => fits(name))
      .map(([name, detail]) => ({
        insert: `${name}:`,
        label: `${name}:`,
        detail,
        count: null,
        ends_term: false,
      }));
    return { from: cursor - typed.length + minus.length, to: cursor, items };
  }
  const counts = new Map<string, number>();
  if (FACETS.includes(field)) {
    for (const value of traces.flatMap((trace) => valuesOf(trace, field)))
      counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const items = [...counts]
    .filter(([value]) => fits(value))
    .sort((a, b) => b[1] - a[1])
    .map(([value, count]) => ({
      insert: /\s/.test(value) ? `"${value}"` : value,
      label: value,
      detail: '',
      count,
      ends_term: true,
    }));
  return { from, to: cursor, items: items.slice(0, 50) };
}

function hitsIn(trace: TraceSummary, filter: string): Snippet[] {
  const needles = needlesOf(filter);
  const texts: [string, string, string][] = [
    ['', 'name', trace.name],
    ['s1', 'input', trace.preview ?? ''],
    ['s2', 'error', trace.failure_reason ?? ''],
  ];
  return texts.flatMap(([span_id, place, text]) => {
    const marks = needles.flatMap((needle): [number, number][] => {
      const at = text.toLowerCase().indexOf(needle.toLowerCase());
      return at < 0 ? [] : [[at, at + needle.length]];
    });
    const name = span_id === '' ? trace.name : span_id === 's1' ? 'plan' : 'search_orders';
    return marks.length === 0 ? [] : [{ span_id, name, place, text, marks }];
  });
}

export function snippetsOf(traces: TraceSummary[], filter: string, ids: number[]): TraceSnippets[] {
  return ids.flatMap((trace_id) => {
    const trace = traces.find((each) => each.trace_id === trace_id);
    if (!trace) return [];
    const snippets = hitsIn(trace, filter).sort((a, b) => Number(a.place === 'name') - Number(b.place === 'name'));
    return [{ trace_id, hits: snippets.length * 3, is_cut: trace_id % 5 === 0, snippets: snippets.slice(0, 3) }];
  }); // prettier-ignore
}

export function traceHitsOf(trace: TraceSummary | undefined, filter: string): TraceHits {
  return { hits: trace ? hitsIn(trace, filter) : [], is_cut: false };
}
