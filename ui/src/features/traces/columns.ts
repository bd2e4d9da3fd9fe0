// The columns of the trace list, and which of them fit.
import type { TraceSort } from '../../backend/bindings';

export type ColumnId =
  | 'status'
  | 'name'
  | 'started'
  | 'duration'
  | 'steps'
  | 'errors'
  | 'retries'
  | 'tokens'
  | 'cost'
  | 'model'
  | 'project'
  | 'environment'
  | 'source';

export interface Column {
  id: ColumnId;
  label: string;
  /** What the header says in full. */
  title?: string;
  width_px: number;
  /** Numbers stand right. */
  numeric?: true;
  /** Clicking the header sorts by this, at first in the order that is asked for most. */
  sort?: TraceSort;
  firstDescending?: true;
}

/** In the order they stand in. The name takes what the others leave. */
export const COLUMNS: readonly Column[] = [
  { id: 'status', label: 'Status', width_px: 102, sort: 'status', firstDescending: true },
  { id: 'name', label: 'Name', width_px: 230, sort: 'name' },
  { id: 'started', label: 'Started', width_px: 110, sort: 'started', firstDescending: true },
  {
    id: 'duration',
    label: 'Duration',
    width_px: 116,
    numeric: true,
    sort: 'duration',
    firstDescending: true,
  },
  { id: 'steps', label: 'Steps', width_px: 62, numeric: true, sort: 'steps', firstDescending: true },
  {
    id: 'errors',
    label: 'Errors',
    title: 'Failed steps',
    width_px: 64,
    numeric: true,
    sort: 'errors',
    firstDescending: true,
  },
  {
    id: 'retries',
    label: 'Retries',
    title: 'Further attempts at something that was tried before',
    width_px: 70,
    numeric: true,
    sort: 'retries',
    firstDescending: true,
  },
  { id: 'tokens', label: 'Tokens', width_px: 78, numeric: true, sort: 'tokens', firstDescending: true },
  { id: 'cost', label: 'Cost', width_px: 88, numeric: true, sort: 'cost', firstDescending: true },
  { id: 'model', label: 'Model', width_px: 156, sort: 'model' },
  { id: 'project', label: 'Project', width_px: 124, sort: 'project' },
  { id: 'environment', label: 'Environment', width_px: 112, sort: 'environment' },
  { id: 'source', label: 'Source', title: 'Format, and file or feed', width_px: 190 },
];

/** Those that give way first when room is short. The rest always stay. */
const GIVING_WAY: readonly ColumnId[] = [
  'source',
  'environment',
  'project',
  'cost',
  'model',
  'tokens',
  'retries',
  'errors',
  'steps',
  'started',
];

/** Below this the status is its icon alone. */
const NARROW_PX = 560;
const STATUS_ICON_PX = 34;
const NAME_WANTS_PX = 230;
const NAME_NEEDS_PX = 150;

export interface Layout {
  columns: Column[];
  /** Widths for the style sheet's grid. */
  template: string;
  narrow: boolean;
}

/** The columns that fit into a width, all of them legible. */
export function columnsFitting(width_px: number): Layout {
  const narrow = width_px < NARROW_PX;
  const nameMin_px = narrow ? NAME_NEEDS_PX : NAME_WANTS_PX;
  const width = (column: Column) =>
    column.id === 'name' ? nameMin_px : narrow && column.id === 'status' ? STATUS_ICON_PX : column.width_px;
  const gone = new Set<ColumnId>();
  let taken_px = COLUMNS.reduce((sum, column) => sum + width(column), 0);
  for (const id of GIVING_WAY) {
    if (taken_px <= width_px) break;
    const column = COLUMNS.find((each) => each.id === id);
    if (!column) continue;
    gone.add(id);
    taken_px -= width(column);
  }
  const columns = COLUMNS.filter((column) => !gone.has(column.id));
  const template = columns
    .map((column) => (column.id === 'name' ? 'minmax(0, 1fr)' : `${width(column)}px`))
    .join(' ');
  return { columns, template, narrow };
}
