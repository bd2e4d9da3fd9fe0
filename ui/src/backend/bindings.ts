// Generated from src-tauri/engine/src/api by `make bindings`. Do not edit.
import type { TextColumn } from './columns';

/** Any JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/**
 * What a caller can do something about. A code exists only if one does.
 */
export type Code = "invalid" | "not_found" | "cancelled" | "unknown_format" | "io" | "corrupt" | "newer_store" | "locked" | "disk_full" | "internal";

/**
 * Why a command failed.
 */
export type ApiError = { 
/**
 * What the caller may act on.
 */
code: Code, 
/**
 * A sentence for the person.
 */
message: string, };

/**
 * A command without a request.
 */
export type Nothing = Record<symbol, never>;

/**
 * What a span is.
 */
export type SpanKind = "other" | "agent" | "llm" | "tool" | "retrieval" | "embedding" | "rerank" | "chain" | "guardrail" | "evaluator" | "wait";

/**
 * How a span ended.
 */
export type SpanStatus = "unset" | "ok" | "error" | "open";

/**
 * How a trace ended. Ordered by how much attention it wants.
 */
export type TraceStatus = "success" | "warning" | "failed" | "running" | "lost";

/**
 * Where a number comes from. Every number on screen can say which.
 */
export type Provenance = "measured" | "reported" | "derived" | "estimated" | "truncated";

/**
 * How the tries of one operation relate.
 */
export type AttemptRelation = "retry" | "fallback" | "hedge";

/**
 * What became of an operation that was tried more than once.
 */
export type AttemptOutcome = "recovered" | "gaveup" | "abandoned" | "trying";

/**
 * Why a step failed, as far as its error tells.
 */
export type FailureCause = "unknown" | "ratelimit" | "timeout" | "server" | "network" | "validation" | "tool" | "truncated" | "refused" | "cancelled";

/**
 * Why the person is told of a run that is followed.
 */
export type Alert = "slow" | "failed";

/**
 * What went into a step, what came out, and how it was asked for.
 */
export type Content = { 
/**
 * Input that is not a conversation: tool arguments, a query, a chain's inputs. JSON in strings is unfolded.
 */
input: JsonValue | null, 
/**
 * Output that is not a conversation.
 */
output: JsonValue | null, 
/**
 * The conversation sent to a model, system prompt first.
 */
input_messages: Array<Message>, 
/**
 * What the model answered.
 */
output_messages: Array<Message>, 
/**
 * Tools offered to the model.
 */
tools: Array<ToolDefinition>, 
/**
 * Request parameters (temperature, maximum tokens, …) and response facts (finish reason, response id), in the order
 * of the source.
 */
parameters: Array<Parameter>, 
/**
 * The errors of this step: its own and those of its exception events.
 */
errors: Array<ErrorDetail>, };

/**
 * One message of a conversation.
 */
export type Message = { 
/**
 * `system`, `user`, `assistant`, `tool`, or as the source has it.
 */
role: string, 
/**
 * The speaker's name, where given.
 */
name: string | null, 
/**
 * Its parts, in order.
 */
parts: Array<MessagePart>, 
/**
 * Why the model stopped, on an answer.
 */
finish_reason: string | null, };

/**
 * A part of a message.
 */
export type MessagePart = { "type": "text", 
/**
 * The text.
 */
text: string, } | { "type": "reasoning", 
/**
 * The text.
 */
text: string, } | { "type": "tool_call", 
/**
 * The call's id.
 */
id: string | null, 
/**
 * The tool's name.
 */
name: string, 
/**
 * Its arguments, unfolded from JSON where they are JSON.
 */
arguments: JsonValue, } | { "type": "tool_result", 
/**
 * The id of the call answered.
 */
id: string | null, 
/**
 * The result, unfolded from JSON where it is JSON.
 */
result: JsonValue, 
/**
 * Whether the source marks it as an error.
 */
is_error: boolean, } | { "type": "media", 
/**
 * `image`, `audio`, `file`, …
 */
modality: string, 
/**
 * MIME type, where given.
 */
mime_type: string | null, 
/**
 * A `data:` URL, a remote URL shown as text, or an id.
 */
reference: string, } | { "type": "other", 
/**
 * The part's JSON.
 */
value: JsonValue, };

/**
 * A tool offered to a model.
 */
export type ToolDefinition = { 
/**
 * Its name.
 */
name: string, 
/**
 * What it says it does.
 */
description: string | null, 
/**
 * The schema of its arguments.
 */
parameters: JsonValue | null, };

/**
 * A named value.
 */
export type Parameter = { 
/**
 * Its name, without the convention's prefix.
 */
name: string, 
/**
 * Its value.
 */
value: JsonValue, };

/**
 * One error.
 */
export type ErrorDetail = { 
/**
 * Its class or code (`TimeoutError`, `429`).
 */
kind: string | null, 
/**
 * What it says.
 */
message: string, 
/**
 * Its stack trace.
 */
stack: string | null, };

/**
 * What is running, and on what.
 */
export type AppInfo = { 
/**
 * The app's version.
 */
version: string, 
/**
 * The database file.
 */
store_path: string, 
/**
 * It is the one that opens where none is named.
 */
is_default_store: boolean, 
/**
 * Its size, write-ahead log included.
 */
store_bytes: number, 
/**
 * What happened at opening that the person should know (a damaged file set aside, …).
 */
notes: Array<string>, 
/**
 * What the person asked for before it was opened, and that has gone well (a restore).
 */
news: Array<string>, 
/**
 * Where the app writes its log, if it has ever written one.
 */
log_folder: string | null, };

/**
 * One format that is read.
 */
export type FormatInfo = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name on screen.
 */
label: string, };

/**
 * The table of prices that costs are worked out from where a source reports none.
 */
export type PriceInfo = { 
/**
 * The date of the table, as it says itself.
 */
dated: string, 
/**
 * Models with a price.
 */
models: number, 
/**
 * Of those, how many the person's own file gives.
 */
own_models: number, 
/**
 * Where the person's own file lies, whether or not it is there.
 */
own_path: string, 
/**
 * Whether it is there.
 */
has_own: boolean, };

/**
 * What the person may set. Stored in the database.
 */
export type Settings = { 
/**
 * A trace this long is slow.
 */
slow_ms: number, 
/**
 * A trace this long is worth a warning.
 */
slow_warning_ms: number, 
/**
 * Colours.
 */
theme: Theme, 
/**
 * Tell of a followed run that failed.
 */
alert_failed: boolean, 
/**
 * Tell of a followed run that takes this long; `null` for never.
 */
alert_slow_ms: number | null, 
/**
 * A followed run of which nothing was heard for this long, from a sender that comes and goes, is lost.
 */
lost_after_ms: number, 
/**
 * How much is kept; what is over that goes, the oldest first.
 */
retention: Retention, 
/**
 * What is masked beside secrets.
 */
masking: MaskingRules, };

/**
 * Which colours to use.
 */
export type Theme = "system" | "light" | "dark";

/**
 * Files and folders to import.
 */
export type ImportStart = { 
/**
 * Absolute paths. Folders are walked.
 */
paths: Array<string>, };

/**
 * Text to import, as from the clipboard.
 */
export type ImportText = { 
/**
 * What it is called on screen.
 */
name: string, 
/**
 * The text.
 */
text: string, };

/**
 * Names an import.
 */
export type ImportRef = { 
/**
 * Its id.
 */
import_id: number, };

/**
 * Where an import stands. Imports of this run of the app, newest first, are kept until dismissed.
 */
export type ImportStatus = { 
/**
 * Its id.
 */
import_id: number, 
/**
 * Where it stands.
 */
state: ImportState, 
/**
 * What is imported, in one line (a file's name, "3 files").
 */
title: string, 
/**
 * Bytes read so far, as on disk.
 */
bytes_done: number, 
/**
 * Bytes to read, as on disk.
 */
bytes_total: number, 
/**
 * Files finished.
 */
files_done: number, 
/**
 * Files to read.
 */
files_total: number, 
/**
 * What came of it so far, all files together.
 */
counts: ImportCounts, 
/**
 * Problems met so far, all files together.
 */
problems: number, 
/**
 * Each file, in order of reading. At most 1,000; `files_total` says how many there are.
 */
files: Array<FileStatus>, 
/**
 * How long it has taken.
 */
elapsed_ms: number, 
/**
 * The trace in it, once it has ended, if it is only one.
 */
trace_id: number | null, };

/**
 * The state of an import or of one of its files.
 */
export type ImportState = "waiting" | "running" | "done" | "cancelled" | "failed";

/**
 * What an import brought.
 */
export type ImportCounts = { 
/**
 * Different traces in the input.
 */
traces: number, 
/**
 * Of those, new ones.
 */
traces_added: number, 
/**
 * Spans in the input, repeats included.
 */
spans: number, 
/**
 * Of those, new ones.
 */
spans_added: number, 
/**
 * Known spans that the input knew more of.
 */
spans_updated: number, 
/**
 * Spans that were already there.
 */
spans_unchanged: number, };

/**
 * One file of an import.
 */
export type FileStatus = { 
/**
 * Its path, or its name where it has no path.
 */
path: string, 
/**
 * Where it stands.
 */
state: ImportState, 
/**
 * The format found (a [`FormatInfo`] id).
 */
format: string | null, 
/**
 * What came of it.
 */
counts: ImportCounts, 
/**
 * Error spans in it.
 */
errors: number, 
/**
 * Retries in its traces.
 */
retries: number, 
/**
 * Tokens of its traces; `null` if none of them says.
 */
tokens: number | null, 
/**
 * Problems met.
 */
problems: number, 
/**
 * Why it failed, or a remark ("536 metric payloads left out").
 */
message: string | null, 
/**
 * How its records were read, if it is of no known format.
 */
mapping: RecordGuess | null, };

/**
 * Sets how records of no known format are read: those that have these fields, from now on.
 */
export type MappingSet = { 
/**
 * The mapping. A role with an empty path is no field; one that is not named is guessed.
 */
mapping: RecordMapping, 
/**
 * A source to read again by it, as its [`FileStatus::path`] names it. What it gave before goes.
 */
path: string | null, };

/**
 * How a source of no known format was read, and what else there was to choose from.
 */
export type RecordGuess = { 
/**
 * The mapping in use.
 */
mapping: RecordMapping, 
/**
 * Whether a person set it, for this file or for another of this shape.
 */
is_confirmed: boolean, 
/**
 * The fields of the first records.
 */
fields: Array<FoundField>, };

/**
 * How records of one shape are read.
 */
export type RecordMapping = { 
/**
 * The fields that are known; at most one a role.
 */
fields: Array<MappedField>, 
/**
 * The unit of the field that is the duration.
 */
duration_unit: DurationUnit, };

/**
 * One field and what it is.
 */
export type MappedField = { 
/**
 * What it is.
 */
role: FieldRole, 
/**
 * The keys that lead to it, outermost first; none if no field is that.
 */
path: Array<string>, };

/**
 * A field met in the first records of a source.
 */
export type FoundField = { 
/**
 * The keys that lead to it.
 */
path: Array<string>, 
/**
 * Some of its values, cut short.
 */
samples: Array<string>, };

/**
 * What a field of a record can be.
 */
export type FieldRole = "trace" | "id" | "parent" | "name" | "kind" | "start" | "end" | "duration" | "status" | "error" | "input" | "output" | "model";

/**
 * The unit of a duration.
 */
export type DurationUnit = "seconds" | "milliseconds" | "microseconds" | "nanoseconds";

/**
 * Asks for the problems of an import.
 */
export type ProblemListRequest = { 
/**
 * Which import.
 */
import_id: number, 
/**
 * Skip this many.
 */
offset: number, 
/**
 * Give at most this many (1,000 at most).
 */
limit: number, };

/**
 * Some problems of an import.
 */
export type ProblemList = { 
/**
 * How many there are in all.
 */
total: number, 
/**
 * Those asked for. At most 1,000 a file are kept; the rest are counted.
 */
items: Array<ProblemItem>, };

/**
 * One problem.
 */
export type ProblemItem = { 
/**
 * The file.
 */
path: string, 
/**
 * Byte offset in the unpacked file.
 */
byte: number, 
/**
 * Line, from 1, where lines mean something.
 */
line: number | null, 
/**
 * What was found, and what would be accepted.
 */
reason: string, };

/**
 * A live source: what it is, and whether it is on.
 */
export type SourceConfig = { 
/**
 * Its id: that of its kind for those that are always there, else one of its own.
 */
id: string, 
/**
 * Whether it is on.
 */
enabled: boolean, 
/**
 * What it is.
 */
kind: SourceKind, };

/**
 * What a live source is, with what it needs.
 */
export type SourceKind = { "type": "feed_socket", 
/**
 * Where, if not at the usual place.
 */
path: string | null, } | { "type": "feed_tcp", 
/**
 * The port.
 */
port: number, 
/**
 * What a sender must say first; made up when the source is first turned on.
 */
token: string, } | { "type": "feed_client", 
/**
 * A socket's path, or `host:port` on this machine.
 */
address: string, } | { "type": "otlp_http", 
/**
 * The port.
 */
port: number, } | { "type": "otlp_grpc", 
/**
 * The port.
 */
port: number, } | { "type": "trace_llm", 
/**
 * Its address; `None` to look on the ports where it usually listens.
 */
url: string | null, } | { "type": "trace_llm_database", 
/**
 * The file.
 */
path: string, } | { "type": "file", 
/**
 * The file.
 */
path: string, } | { "type": "folder", 
/**
 * The folder.
 */
path: string, };

/**
 * Where a live source stands.
 */
export type SourceState = "off" | "starting" | "listening" | "connected" | "retrying" | "failed";

/**
 * A live source: how it is set up and how it fares.
 */
export type SourceStatus = { 
/**
 * How it is set up.
 */
config: SourceConfig, 
/**
 * It is always listed; removing it sets it up as at first.
 */
is_built_in: boolean, 
/**
 * Where it stands.
 */
state: SourceState, 
/**
 * Where it listens, or what it is connected to; while it is off, where it would be.
 */
address: string | null, 
/**
 * What went wrong last, and what to do.
 */
message: string | null, 
/**
 * Until it is tried again.
 */
retry_in_ms: number | null, 
/**
 * Senders connected now.
 */
connections: number, 
/**
 * Spans in a second, over the last few.
 */
spans_per_s: number, 
/**
 * Bytes in a second, over the last few.
 */
bytes_per_s: number, 
/**
 * New traces since the program started.
 */
traces: number, 
/**
 * Spans since the program started, repeats included.
 */
spans: number, 
/**
 * Bytes since the program started.
 */
bytes: number, 
/**
 * Spans that were received and could not be taken.
 */
dropped: number, 
/**
 * Things that could not be read as they stand.
 */
problems: number, 
/**
 * What was recognised and left out, in words ("12 metric payloads").
 */
skipped: string | null, 
/**
 * When something was received last.
 */
heard_unix_ms: number | null, };

/**
 * Names a live source.
 */
export type SourceRef = { 
/**
 * Its id.
 */
id: string, };

/**
 * Asks for the last problems of a live source.
 */
export type SourceProblemsRequest = { 
/**
 * The source's id.
 */
id: string, 
/**
 * Give at most this many (1,000 at most), the last first.
 */
limit: number, };

/**
 * Something on this machine that could be followed. Offered, never taken without asking.
 */
export type SourceSuggestion = { 
/**
 * What it is ("Claude Code sessions").
 */
label: string, 
/**
 * Where.
 */
location: string, 
/**
 * The source that it would be.
 */
kind: SourceKind, 
/**
 * It is followed already.
 */
is_followed: boolean, };

/**
 * How to reach this app, for the page to show to copy.
 */
export type FeedAddresses = { 
/**
 * The feed socket.
 */
socket: string, 
/**
 * What `OTEL_EXPORTER_OTLP_ENDPOINT` has to be, if OTLP over HTTP is on.
 */
otlp_http: string | null, 
/**
 * The same for gRPC.
 */
otlp_grpc: string | null, };

/**
 * Runs of a made-up agent to send to the feed socket.
 */
export type DemoStart = { 
/**
 * How many runs, one after another.
 */
runs: number, 
/**
 * What decides their course; the same gives the same runs.
 */
seed: number | null, };

/**
 * Asks how the runs of the last while fared.
 */
export type MonitorRequest = { 
/**
 * The last so many milliseconds; `null` for all.
 */
window_ms: number | null, 
/**
 * Only traces that match, as in [`TraceListRequest::filter`].
 */
filter: string, 
/**
 * How many of the latest runs to give (100 at most).
 */
latest: number, 
/**
 * In how many buckets of time to count (120 at most).
 */
buckets: number, };

/**
 * How the runs of a while fared.
 */
export type Monitor = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Runs that started in it.
 */
runs: number, 
/**
 * Of those, still running.
 */
running: number, 
/**
 * Ended well, warnings included.
 */
succeeded: number, 
/**
 * Ended well after something in them failed.
 */
warnings: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Lost: their end was never seen.
 */
lost: number, 
/**
 * Succeeded of those that ended, 0 to 1; `null` if none has.
 */
success_rate: number | null, 
/**
 * Failed steps.
 */
errors: number, 
/**
 * Retries.
 */
retries: number, 
/**
 * Mean duration of those that ended.
 */
mean_ns: number | null, 
/**
 * Median duration of those that ended.
 */
p50_ns: number | null, 
/**
 * The duration that 95 of 100 of those that ended stay under.
 */
p95_ns: number | null, 
/**
 * Tokens; `null` if none of them says.
 */
tokens: number | null, 
/**
 * Cost in US dollars; `null` if none of them says.
 */
cost_usd: number | null, 
/**
 * Runs started in a minute, over the window or since the first run in it.
 */
runs_per_minute: number | null, 
/**
 * Counts over time, from the first bucket to now.
 */
buckets: Array<MonitorBucket>, 
/**
 * The latest runs.
 */
latest: Array<TraceSummary>, };

/**
 * The runs that started in a stretch of time.
 */
export type MonitorBucket = { 
/**
 * When it begins.
 */
start_unix_ms: number, 
/**
 * Runs that started in it.
 */
runs: number, 
/**
 * Of those, failed or lost.
 */
failed: number, 
/**
 * Median duration of those that ended.
 */
p50_ns: number | null, };

/**
 * Says that the person has looked.
 */
export type AlertsSeen = { 
/**
 * At this trace; `null` for all.
 */
trace_id: number | null, };

/**
 * A filter text.
 */
export type FilterText = { 
/**
 * The text, as in `docs/query.md`.
 */
filter: string, };

/**
 * How a filter text is understood.
 */
export type FilterReading = { 
/**
 * What can't be understood; `null` if all can.
 */
error: FilterMistake | null, 
/**
 * Its conditions, in the order written, as far as it could be read.
 */
terms: Array<FilterTerm>, };

/**
 * A place in a filter text that can't be understood.
 */
export type FilterMistake = { 
/**
 * Where it begins.
 */
from: number, 
/**
 * Where it ends; at least one further, but for the end of the text.
 */
to: number, 
/**
 * What is wrong there and what was expected.
 */
message: string, };

/**
 * One condition of a filter text.
 */
export type FilterTerm = { 
/**
 * Where it begins, its minus sign or `not` included.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * Its field by its first name; `null` for text to look for.
 */
field: string | null, 
/**
 * Whether it must not hold.
 */
negated: boolean, 
/**
 * Its alternatives, without quotes.
 */
values: Array<string>, 
/**
 * Whether it stands by itself, and so must hold: not inside parentheses or an `or`.
 */
is_alone: boolean, };

/**
 * Asks what could be written at a place.
 */
export type FilterCompleteRequest = { 
/**
 * The text.
 */
filter: string, 
/**
 * Where the cursor stands.
 */
cursor: number, };

/**
 * What could be written at a place.
 */
export type FilterCompletions = { 
/**
 * Where what an item is put in the place of begins.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * The best first; 50 at most.
 */
items: Array<FilterCompletion>, };

/**
 * One thing that could be written.
 */
export type FilterCompletion = { 
/**
 * What to put there, with quotes where they are needed.
 */
insert: string, 
/**
 * What it is on screen.
 */
label: string, 
/**
 * What it means, in a few words; empty where the label says it.
 */
detail: string, 
/**
 * How many of all traces have it; `null` for fields and operators.
 */
count: number | null, 
/**
 * Whether the term is whole with it; after a field more must follow.
 */
ends_term: boolean, };

/**
 * Asks for a filter text changed in one condition, everything else left as typed.
 */
export type FilterEditRequest = { 
/**
 * The text.
 */
filter: string, 
/**
 * The field.
 */
field: string, 
/**
 * What to do.
 */
edit: FilterEdit, };

/**
 * A change of the conditions on one field.
 */
export type FilterEdit = { "type": "toggle", 
/**
 * The value, without quotes.
 */
value: string, } | { "type": "exclude", 
/**
 * The value, without quotes.
 */
value: string, } | { "type": "set", 
/**
 * The alternatives, as typed: an operator may stand before a number. Texts without quotes.
 */
values: Array<string>, } | { "type": "range", 
/**
 * The smallest value inside; `null` for none.
 */
from: number | null, 
/**
 * The first value outside; `null` for none.
 */
below: number | null, } | { "type": "clear" };

/**
 * Asks for the counts beside the list.
 */
export type OverviewRequest = { 
/**
 * Only traces that match, as in `TraceListRequest.filter`.
 */
filter: string, 
/**
 * How many values of each facet to give (200 at most), the most frequent first.
 */
facet_values: number, 
/**
 * In how many bins to count (200 at most).
 */
bins: number, };

/**
 * The counts beside the list.
 */
export type Overview = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Traces that match.
 */
total: number, 
/**
 * Of those, slower than the threshold of the settings.
 */
slow: number, 
/**
 * Of those, out of the ordinary for their task.
 */
outliers: number, 
/**
 * Status, project, environment, model, tool, source, conversation, tag, in this order.
 */
facets: Array<Facet>, 
/**
 * Start time, duration, tokens, in this order.
 */
histograms: Array<Histogram>, 
/**
 * How far the search has come, if the filter has text to look for.
 */
search: SearchState | null, };

/**
 * How many of the matching traces have which value of a field. What the filter itself asks of the field is left out of
 * account, so that other values can be seen and added.
 */
export type Facet = { 
/**
 * The field by its name in filters.
 */
field: string, 
/**
 * The most frequent first; those that the filter names stand among them whatever their number.
 */
values: Array<FacetValue>, 
/**
 * Values that are not given.
 */
more: number, 
/**
 * Traces without any value.
 */
missing: number, };

/**
 * One value of a facet.
 */
export type FacetValue = { 
/**
 * The value.
 */
value: string, 
/**
 * Traces that have it.
 */
count: number, 
/**
 * The filter asks for it.
 */
is_chosen: boolean, 
/**
 * The filter asks for traces without it.
 */
is_excluded: boolean, };

/**
 * How the traces spread over a number. Bin `i` counts values from `edges[i]` up to `edges[i + 1]`; the last one includes its end.
 */
export type Histogram = { 
/**
 * The field by its name in filters: `started` (milliseconds since the Unix epoch), `duration` (nanoseconds), `tokens`.
 */
field: string, 
/**
 * Whether bins grow by a factor rather than by a step.
 */
is_logarithmic: boolean, 
/**
 * One more than bins; empty where no trace has a value.
 */
edges: Array<number>, 
/**
 * Traces that match.
 */
matching: Array<number>, 
/**
 * Traces that do not match, but would but for what the filter asks of this field.
 */
others: Array<number>, 
/**
 * Matching traces without a value.
 */
unknown: number, 
/**
 * What the filter asks of this field as one interval, if it does so in that way.
 */
chosen: HistogramRange | null, };

/**
 * A part of a histogram.
 */
export type HistogramRange = { 
/**
 * Its beginning; `null` if it is open.
 */
from: number | null, 
/**
 * Its end; `null` if it is open.
 */
below: number | null, };

/**
 * How far the search for the text of a filter has come. It goes on by itself; ask again for more.
 */
export type SearchState = { 
/**
 * Traces that were looked at, or ruled out by the index.
 */
searched: number, 
/**
 * Traces in the store.
 */
traces: number, 
/**
 * Whether all were; until then there may be more matches than are given.
 */
is_complete: boolean, };

/**
 * How far the index of texts has come. What is not in it yet is searched all the same, only slower.
 */
export type IndexState = { 
/**
 * Traces in the index.
 */
indexed: number, 
/**
 * Traces in the store.
 */
traces: number, 
/**
 * Bytes it takes in the database.
 */
bytes: number, 
/**
 * Whether it is being worked on.
 */
is_working: boolean, };

/**
 * Asks where the text of a filter stands in some traces.
 */
export type SnippetsRequest = { 
/**
 * The filter; what it asks for beside texts does not matter.
 */
filter: string, 
/**
 * The traces (100 at most).
 */
trace_ids: Array<number>, };

/**
 * Where a text stands in a trace.
 */
export type TraceSnippets = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * How often the text stands in it.
 */
hits: number, 
/**
 * There are more than were counted.
 */
is_cut: boolean, 
/**
 * The first hits, three at most.
 */
snippets: Array<Snippet>, };

/**
 * One place where a text stands.
 */
export type Snippet = { 
/**
 * The step's id in the source; empty for the run itself.
 */
span_id: string, 
/**
 * The step's name, or the run's.
 */
name: string, 
/**
 * In what it stands: `name`, `input`, `output`, `error`, or the attribute's name.
 */
place: string, 
/**
 * What stands around it, in one line.
 */
text: string, 
/**
 * Where in `text` it stands: begin and end of each hit.
 */
marks: Array<[number, number]>, };

/**
 * Asks for all places of a text in one trace.
 */
export type TraceHitsRequest = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * The filter whose texts are looked for.
 */
filter: string, 
/**
 * Only in this step, by its id in the source; empty for the run itself, `null` for all of the trace.
 */
span_id: string | null, };

/**
 * The places of a text in one trace.
 */
export type TraceHits = { 
/**
 * In the order of the steps; 1,000 at most.
 */
hits: Array<Snippet>, 
/**
 * There are more.
 */
is_cut: boolean, };

/**
 * Asks which steps of one trace hold a text, a piece at a time.
 */
export type TraceFindRequest = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * The filter whose texts are looked for; one of them is enough.
 */
filter: string, 
/**
 * Where to go on: 0, then `looked` of the answer before.
 */
from: number, };

/**
 * Some of the steps that hold a text.
 */
export type FoundSteps = { 
/**
 * Their ids in the source, in no order, some twice; empty for the run itself.
 */
span_ids: Array<string>, 
/**
 * Texts that were looked through so far. Names and errors are looked through first of all.
 */
looked: number, 
/**
 * Texts in the trace; all were looked through where `looked` is as many.
 */
total: number, };

/**
 * Asks what the matching runs come to.
 */
export type InsightsRequest = { 
/**
 * Only traces that match, as in `TraceListRequest.filter`.
 */
filter: string, 
/**
 * In how many stretches of time to count (200 at most).
 */
buckets: number, 
/**
 * How many rows of each breakdown to give (100 at most).
 */
rows: number, };

/**
 * What the matching runs come to.
 */
export type Insights = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * All of them together.
 */
total: RunFigures, 
/**
 * Over time, from the first start to the last, in equal stretches.
 */
over_time: Array<InsightsBucket>, 
/**
 * By project, environment and task (project and name of the run).
 */
by_project: Array<RunBreakdown>, 
/**
 * By environment.
 */
by_environment: Array<RunBreakdown>, 
/**
 * By task: the name of the run.
 */
by_task: Array<RunBreakdown>, 
/**
 * By model, over its calls.
 */
models: Array<CallBreakdown>, 
/**
 * By tool, over its calls; the slowest first by the duration that 95 of 100 calls stay under.
 */
tools: Array<CallBreakdown>, 
/**
 * Why steps failed, alike errors together, the most frequent first.
 */
failures: Array<FailureCluster>, 
/**
 * Failed steps whose error is not told apart any more; they are in no cluster.
 */
failures_left_out: number, };

/**
 * Figures of some runs. `null` where none of them says.
 */
export type RunFigures = { 
/**
 * Runs.
 */
runs: number, 
/**
 * Succeeded, warnings included.
 */
succeeded: number, 
/**
 * Of those, with a warning.
 */
warnings: number, 
/**
 * Failed.
 */
failed: number, 
/**
 * Lost.
 */
lost: number, 
/**
 * Still running.
 */
running: number, 
/**
 * Succeeded of those that ended, 0 to 1.
 */
success_rate: number | null, 
/**
 * Mean duration of those that ended.
 */
mean_ns: number | null, 
/**
 * The duration that half of those that ended stay under.
 */
p50_ns: number | null, 
/**
 * That 95 of 100 stay under.
 */
p95_ns: number | null, 
/**
 * That 99 of 100 stay under.
 */
p99_ns: number | null, 
/**
 * Steps.
 */
steps: number, 
/**
 * Failed steps.
 */
errors: number, 
/**
 * Retries.
 */
retries: number, 
/**
 * Runs with a retry.
 */
retried_runs: number, 
/**
 * Time lost to failed attempts and the pauses after them.
 */
waste_ns: number | null, 
/**
 * Prompt tokens.
 */
input_tokens: number | null, 
/**
 * Answer tokens.
 */
output_tokens: number | null, 
/**
 * All tokens.
 */
tokens: number | null, 
/**
 * Cost in US dollars.
 */
cost_usd: number | null, };

/**
 * The runs that started in a stretch of time.
 */
export type InsightsBucket = { 
/**
 * When it begins.
 */
start_unix_ms: number, 
/**
 * When it ends.
 */
end_unix_ms: number, 
/**
 * Its runs.
 */
figures: RunFigures, 
/**
 * The filter that they and no others match.
 */
filter: string, };

/**
 * The runs that have a value in common.
 */
export type RunBreakdown = { 
/**
 * The value; `null` for runs without one.
 */
value: string | null, 
/**
 * Those runs.
 */
figures: RunFigures, 
/**
 * The filter that they and no others match.
 */
filter: string, };

/**
 * The calls of one tool or model.
 */
export type CallBreakdown = { 
/**
 * Its name.
 */
value: string, 
/**
 * Calls.
 */
calls: number, 
/**
 * Calls that failed.
 */
failed: number, 
/**
 * Runs that call it.
 */
runs: number, 
/**
 * The duration of all calls together.
 */
total_ns: number, 
/**
 * The duration that half of the calls stay under, to 2 %.
 */
p50_ns: number | null, 
/**
 * That 95 of 100 stay under, to 2 %.
 */
p95_ns: number | null, 
/**
 * The longest.
 */
max_ns: number | null, 
/**
 * Tokens of its calls.
 */
tokens: number | null, 
/**
 * Cost of its calls in US dollars.
 */
cost_usd: number | null, 
/**
 * The filter that the runs that call it match.
 */
filter: string, };

/**
 * Errors that are alike but for numbers, ids and quoted values.
 */
export type FailureCluster = { 
/**
 * What they have in common; `…` stands for what differs.
 */
pattern: string, 
/**
 * Failed steps.
 */
errors: number, 
/**
 * Runs with such a step.
 */
runs: number, 
/**
 * Of those, failed runs.
 */
failed_runs: number, 
/**
 * One of them, whole.
 */
example: string, 
/**
 * When the last of those runs started.
 */
last_unix_ms: number | null, 
/**
 * The filter that those runs match.
 */
filter: string, };

/**
 * That a number of a run is out of the ordinary for its task: runs of the same project and name.
 */
export type Outlier = { 
/**
 * Which number: `duration` (nanoseconds), `tokens`, `cost` (US dollars), `steps` or `retries`.
 */
measure: string, 
/**
 * The number.
 */
value: number, 
/**
 * The median of the task's runs.
 */
median: number, 
/**
 * Above this a run is out of the ordinary.
 */
limit: number, 
/**
 * How many robust standard deviations it lies above the median; `null` where the runs do not vary at all.
 */
score: number | null, 
/**
 * How many ended runs that was worked out from.
 */
runs: number, };

/**
 * Asks what the matching runs tried more than once.
 */
export type RetryReportRequest = { 
/**
 * Only traces that match, as in `TraceListRequest.filter`.
 */
filter: string, 
/**
 * In how many stretches of time to count (200 at most).
 */
buckets: number, 
/**
 * How many rows of each breakdown to give (100 at most).
 */
rows: number, };

/**
 * What the matching runs tried more than once.
 */
export type RetryReport = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Runs that match, with and without.
 */
runs: number, 
/**
 * Those with an operation that was tried more than once.
 */
retried_runs: number, 
/**
 * All together.
 */
total: RetryFigures, 
/**
 * Of those, operations that another model or tool took over.
 */
fallbacks: number, 
/**
 * Of those, calls that were sent twice at once.
 */
hedges: number, 
/**
 * By tool, model or step; those that cost most time first.
 */
by_name: Array<RetriedName>, 
/**
 * By why the first try that failed did so; the most frequent first.
 */
by_cause: Array<RetryCause>, 
/**
 * Runs that were tried again as a whole, in their conversations; not among the figures above.
 */
runs_again: RunsAgain, 
/**
 * Over time, from the first start to the last, in equal stretches.
 */
over_time: Array<RetryBucket>, 
/**
 * The runs that lost most time.
 */
worst: Array<TraceSummary>, };

/**
 * Figures of operations that were tried more than once.
 */
export type RetryFigures = { 
/**
 * Operations.
 */
operations: number, 
/**
 * Tries.
 */
attempts: number, 
/**
 * Went well in the end.
 */
recovered: number, 
/**
 * Failed, and what asked for them too.
 */
gave_up: number, 
/**
 * Failed, and the run went on.
 */
abandoned: number, 
/**
 * Not ended.
 */
trying: number, 
/**
 * Of those that ended, the part that went well, 0 to 1.
 */
success_rate: number | null, 
/**
 * Time lost: failed tries and the pauses between.
 */
waste_ns: number, 
/**
 * Tokens lost, where known.
 */
waste_tokens: number | null, 
/**
 * Cost of what was lost in US dollars, where known.
 */
waste_cost_usd: number | null, };

/**
 * The operations of one tool, model or step.
 */
export type RetriedName = { 
/**
 * Its name.
 */
value: string, 
/**
 * What it is.
 */
kind: SpanKind, 
/**
 * Its runs.
 */
runs: number, 
/**
 * Its figures.
 */
figures: RetryFigures, 
/**
 * The filter that those runs match.
 */
filter: string, };

/**
 * Runs that were tried again as a whole: the next run of a conversation, asked the same after the one before had failed.
 */
export type RunsAgain = { 
/**
 * The matching runs that are one of several tries.
 */
runs: number, 
/**
 * Of the whole runs, with tries that do not match. Lost is the time of the failed runs, not what lay between.
 */
figures: RetryFigures, 
/**
 * The filter that those runs match.
 */
filter: string, };

/**
 * The operations whose first failure had one cause.
 */
export type RetryCause = { 
/**
 * The cause.
 */
cause: FailureCause, 
/**
 * Their figures.
 */
figures: RetryFigures, 
/**
 * The filter that runs with a try that failed for this match.
 */
filter: string, };

/**
 * The runs that started in a stretch of time.
 */
export type RetryBucket = { 
/**
 * When it begins.
 */
start_unix_ms: number, 
/**
 * When it ends.
 */
end_unix_ms: number, 
/**
 * What they tried more than once.
 */
figures: RetryFigures, 
/**
 * The filter that they and no others match.
 */
filter: string, };

/**
 * Some traces: those named, or all that match a filter.
 */
export type TraceSelection = { 
/**
 * These; without effect where there is a filter.
 */
trace_ids: Array<number>, 
/**
 * All that match, as in `TraceListRequest.filter`; the empty text is every trace.
 */
filter: string | null, };

/**
 * Sets what the person says of some traces.
 */
export type TraceMark = { 
/**
 * Which.
 */
selection: TraceSelection, 
/**
 * Whether they have a star; `null` leaves it.
 */
starred: boolean | null, 
/**
 * Tags to add, of at most 64 characters. A trace has at most 32.
 */
add_tags: Array<string>, 
/**
 * Tags to take away.
 */
remove_tags: Array<string>, 
/**
 * Their note, of at most 10,000 characters; empty takes it away, `null` leaves it.
 */
note: string | null, };

/**
 * How many traces were changed.
 */
export type TraceCount = { 
/**
 * Traces.
 */
traces: number, };

/**
 * A tag in use.
 */
export type TagCount = { 
/**
 * The tag.
 */
tag: string, 
/**
 * Traces that have it.
 */
traces: number, };

/**
 * What was deleted together.
 */
export type Deletion = { 
/**
 * Names it. 0 where there was nothing to delete.
 */
deletion_id: number, 
/**
 * Its traces.
 */
traces: number, 
/**
 * When.
 */
deleted_unix_ms: number, 
/**
 * From then on it can't be brought back.
 */
purge_unix_ms: number, 
/**
 * The name of one of its traces.
 */
example: string, };

/**
 * Names a deletion.
 */
export type DeletionRef = { 
/**
 * Its id.
 */
deletion_id: number, };

/**
 * How much is kept; `null` for no limit. Starred and running traces always are.
 */
export type Retention = { 
/**
 * Traces that began at most so many days ago.
 */
days: number | null, 
/**
 * So many gigabytes (of a thousand million bytes) of the database, without the free room in it.
 */
gigabytes: number | null, 
/**
 * So many traces.
 */
traces: number | null, };

/**
 * What limits would take away now.
 */
export type RetentionPreview = { 
/**
 * Traces that would go.
 */
traces: number, 
/**
 * Traces in the store.
 */
total: number, 
/**
 * About how many bytes those that would go take.
 */
bytes: number, };

/**
 * What the limits took away last.
 */
export type RetentionRemoved = { 
/**
 * When.
 */
at_unix_ms: number, 
/**
 * How many traces.
 */
traces: number, };

/**
 * What the store takes on disk.
 */
export type StorageInfo = { 
/**
 * Bytes of the database file and of its write-ahead log.
 */
database_bytes: number, 
/**
 * Of those, free for what comes next; compacting gives them back to the disk.
 */
free_bytes: number, 
/**
 * Traces, without deleted ones.
 */
traces: number, 
/**
 * Deleted traces that are still there.
 */
deleted_traces: number, 
/**
 * About how many bytes these take.
 */
deleted_bytes: number, 
/**
 * By source, the largest first; 500 at most.
 */
sources: Array<StorageSource>, 
/**
 * Sources that are not given.
 */
more_sources: number, 
/**
 * What the limits took away last; `null` if they never did.
 */
removed: RetentionRemoved | null, 
/**
 * The database is being compacted.
 */
is_compacting: boolean, };

/**
 * What the traces of one source take.
 */
export type StorageSource = { 
/**
 * Path, name or address.
 */
location: string, 
/**
 * `file`, `text`, or the kind of a live source.
 */
kind: string, 
/**
 * Its format (a `FormatInfo` id).
 */
format: string, 
/**
 * Traces that came from it first.
 */
traces: number, 
/**
 * Their steps.
 */
steps: number, 
/**
 * About how many bytes they take: an estimate, since traces share compressed blocks.
 */
bytes: number, };

/**
 * What compacting brought.
 */
export type Compacted = { 
/**
 * Bytes of the database before.
 */
before_bytes: number, 
/**
 * And after.
 */
after_bytes: number, };

/**
 * A field whose values can be called something else.
 */
export type LabelField = "project" | "environment";

/**
 * A project or an environment, and what the person says of it.
 */
export type LabelItem = { 
/**
 * Which of the two.
 */
field: LabelField, 
/**
 * The value, as sources give it.
 */
value: string, 
/**
 * What it is called instead; values that are called alike are shown as one. `null` for its own name.
 */
shown_as: string | null, 
/**
 * Its traces are left out of lists, unless the filter names the field.
 */
is_hidden: boolean, 
/**
 * Traces that have it.
 */
traces: number, };

/**
 * Says what a project or an environment is called, and whether it is left out.
 */
export type LabelSet = { 
/**
 * Which of the two.
 */
field: LabelField, 
/**
 * The value, as sources give it.
 */
value: string, 
/**
 * What it is called instead, at most 200 characters; `null` or its own name for that.
 */
shown_as: string | null, 
/**
 * Its traces are left out of lists.
 */
is_hidden: boolean, };

/**
 * A filter with a name.
 */
export type SavedFilter = { 
/**
 * Its id.
 */
id: number, 
/**
 * Its name.
 */
name: string, 
/**
 * The filter text.
 */
filter: string, 
/**
 * What the list is sorted by with it.
 */
sort: TraceSort, 
/**
 * Largest, latest or last first.
 */
descending: boolean, };

/**
 * Saves a filter.
 */
export type SavedFilterSave = { 
/**
 * The one to change; `null` for a new one.
 */
id: number | null, 
/**
 * Its name, at most 80 characters.
 */
name: string, 
/**
 * The filter text.
 */
filter: string, 
/**
 * What the list is sorted by with it.
 */
sort: TraceSort, 
/**
 * Largest, latest or last first.
 */
descending: boolean, };

/**
 * Names a saved filter.
 */
export type SavedFilterRef = { 
/**
 * Its id.
 */
id: number, };

/**
 * An order of saved filters.
 */
export type SavedFilterOrder = { 
/**
 * Their ids; those that are not named come last.
 */
ids: Array<number>, };

/**
 * What an export has written. Not the answer of a command: hosts write exports (`api::export`), since the page names no paths.
 */
export type Exported = { 
/**
 * Traces.
 */
traces: number, 
/**
 * Their steps.
 */
steps: number, 
/**
 * Bytes.
 */
bytes: number, 
/**
 * What was masked as it was written, beside what was masked before; the most frequent first.
 */
masked: Array<MaskedKind>, 
/**
 * Steps, and runs, that are damaged in the store and were left out, or their content was.
 */
damaged: number, };

/**
 * What is masked beside secrets, which always are.
 */
export type MaskingRules = { 
/**
 * E-mail addresses too.
 */
masks_emails: boolean, 
/**
 * The person's own patterns, at most 50, tried in this order.
 */
patterns: Array<MaskingPattern>, };

/**
 * A pattern of the person's own.
 */
export type MaskingPattern = { 
/**
 * What stands in its masks: 1 to 40 letters, digits, spaces, dots, dashes and underscores.
 */
name: string, 
/**
 * A regular expression in the syntax of the `regex` crate, at most 1,000 bytes.
 */
pattern: string, };

/**
 * Tries rules on a text; nothing is stored.
 */
export type MaskingTry = { 
/**
 * The rules.
 */
rules: MaskingRules, 
/**
 * At most 100,000 bytes of it are looked at.
 */
text: string, };

/**
 * What rules make of a text.
 */
export type MaskingTried = { 
/**
 * Of each pattern, why it can't be used; `null` where it can.
 */
problems: Array<string | null>, 
/**
 * The text, masked by those that can.
 */
text: string, 
/**
 * What was masked.
 */
masked: Array<MaskedKind>, };

/**
 * How often something of a kind was masked.
 */
export type MaskedKind = { 
/**
 * As masks say it: `bearer-token`, `email`, the name of a pattern.
 */
kind: string, 
/**
 * How often.
 */
count: number, };

/**
 * How far the masking of what is stored already is, or how it ended.
 */
export type MaskStoredStatus = { 
/**
 * It is under way.
 */
is_running: boolean, 
/**
 * All is looked through; the database is being written anew, so that nothing of it is left in the file.
 */
is_compacting: boolean, 
/**
 * Blocks of content and traces that were looked through, of `total`.
 */
done: number, 
/**
 * All there are.
 */
total: number, 
/**
 * What was masked so far.
 */
masked: Array<MaskedKind>, 
/**
 * It went through to its end.
 */
has_finished: boolean, 
/**
 * Why it did not; `null` while it runs, and where it did.
 */
error: string | null, };

/**
 * Asks for a window of the trace list.
 */
export type TraceListRequest = { 
/**
 * Filter text, as `docs/query.md` has it: `status:failed duration:>=1.5s (tool:search or has:retry) "free text"`.
 * Empty: everything.
 */
filter: string, 
/**
 * Sorted by.
 */
sort: TraceSort, 
/**
 * Largest, latest or last first.
 */
descending: boolean, 
/**
 * Skip this many.
 */
offset: number, 
/**
 * Give at most this many (1,000 at most).
 */
limit: number, };

/**
 * What the trace list can be sorted by.
 */
export type TraceSort = "started" | "duration" | "status" | "name" | "steps" | "errors" | "retries" | "tokens" | "cost" | "model" | "project" | "environment" | "conversation" | "relevance";

/**
 * A window of the trace list.
 */
export type TraceList = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Traces that match the filter.
 */
total: number, 
/**
 * Traces in the store but those of hidden projects and environments.
 */
total_unfiltered: number, 
/**
 * How far the search has come, if the filter has text to look for.
 */
search: SearchState | null, 
/**
 * The window.
 */
items: Array<TraceSummary>, };

/**
 * A trace in one row. `null` means: not known, never zero.
 */
export type TraceSummary = { 
/**
 * Its id in this store.
 */
trace_id: number, 
/**
 * Its id in the source.
 */
key: string, 
/**
 * The format it came in.
 */
format: string, 
/**
 * File or feed it came from.
 */
source: string, 
/**
 * Name of the run, else of its root step.
 */
name: string, 
/**
 * The start of the prompt.
 */
preview: string | null, 
/**
 * How it ended.
 */
status: TraceStatus, 
/**
 * Why it failed, in one line.
 */
failure_reason: string | null, 
/**
 * When it started.
 */
start_unix_ms: number | null, 
/**
 * How long it took; while running, up to the last thing seen.
 */
duration_ns: number | null, 
/**
 * Where start and duration come from.
 */
time_provenance: Provenance, 
/**
 * Steps.
 */
steps: number, 
/**
 * Failed steps.
 */
errors: number, 
/**
 * Further attempts at something that was tried before.
 */
retries: number, 
/**
 * Where the number of retries comes from.
 */
retries_provenance: Provenance, 
/**
 * Time lost to failed attempts and the pauses after them.
 */
retry_waste_ns: number | null, 
/**
 * Prompt tokens.
 */
input_tokens: number | null, 
/**
 * Answer tokens.
 */
output_tokens: number | null, 
/**
 * All tokens.
 */
total_tokens: number | null, 
/**
 * Where the token counts come from.
 */
tokens_provenance: Provenance, 
/**
 * Cost in US dollars.
 */
cost_usd: number | null, 
/**
 * Where the cost comes from: reported, or derived from a table of prices.
 */
cost_provenance: Provenance, 
/**
 * The model (the one with the most calls, where there are several).
 */
model: string | null, 
/**
 * Project.
 */
project: string | null, 
/**
 * Environment.
 */
environment: string | null, 
/**
 * Conversation.
 */
conversation: string | null, 
/**
 * When a live source last told of it; `null` if none ever did.
 */
heard_unix_ms: number | null, 
/**
 * Why the person should look at it, until they have.
 */
alert: Alert | null, 
/**
 * The person has marked it with a star.
 */
starred: boolean, 
/**
 * The person's tags, in alphabetical order.
 */
tags: Array<string>, 
/**
 * The person's note.
 */
note: string | null, 
/**
 * What of it is out of the ordinary for its task.
 */
outliers: Array<Outlier>, 
/**
 * How many traces of the store are of its conversation; 0 if it is of none.
 */
conversation_runs: number, 
/**
 * Which of them it is by start, from 1; 0 if it is of none.
 */
conversation_place: number, };

/**
 * Names a trace.
 */
export type TraceRef = { 
/**
 * Its id in this store.
 */
trace_id: number, };

/**
 * The execution tree of a trace, as columns: entry `i` of each array belongs to row `i`. Rows are in display order, each
 * parent before its children, children by start.
 */
export type SpanTree = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * The trace's start: zero of the `*_ns` columns. `null` if no step has a time.
 */
start_unix_ms: number | null, 
/**
 * From the first start to the last end.
 */
total_ns: number, 
/**
 * What the `*_ns` columns mean.
 */
clock: TraceClock, 
/**
 * Texts that `name` and `model` point into.
 */
strings: TextColumn, 
/**
 * The step's id in the source; empty for row 0 where that row is the run itself (`run_row`).
 */
span_id: TextColumn, 
/**
 * Name, index into `strings`.
 */
name: Uint32Array, 
/**
 * [`SpanKind`] code.
 */
kind: Uint8Array, 
/**
 * [`SpanStatus`] code.
 */
status: Uint8Array, 
/**
 * Row of the parent, -1 for a root.
 */
parent: Int32Array, 
/**
 * Depth, 0 for a root.
 */
depth: Uint16Array, 
/**
 * Rows below it, at any depth; they follow it directly.
 */
descendants: Uint32Array, 
/**
 * Start.
 */
start_ns: Float64Array, 
/**
 * Duration; -1 while open or where no end is known.
 */
duration_ns: Float64Array, 
/**
 * Tokens, -1 where none are given. Of this step alone.
 */
tokens: Float64Array, 
/**
 * Cost in US dollars, -1 where none is known. Of this step alone.
 */
cost_usd: Float64Array, 
/**
 * Tokens of this step and everything below it, counted once where a step repeats what is below it; -1 for none.
 */
below_tokens: Float64Array, 
/**
 * Cost of this step and everything below it, counted so, too; -1 for none.
 */
below_cost_usd: Float64Array, 
/**
 * Model, index into `strings`, -1 for none.
 */
model: Int32Array, 
/**
 * Which attempt of its group it is, from 1; 0 if in none.
 */
attempt: Uint16Array, 
/**
 * Index into `groups`, -1 if in none.
 */
group: Int32Array, 
/**
 * `SpanFlags` bits: 1 truncated, 2 time derived, 4 parent inferred, 8 orphan, 16 cycle cut, 32 outside parent,
 * 64 pending, 128 negative duration, 256 masked, 512 laid out in order, 1024 cost derived,
 * 2048 id shared with another step, 4096 time adjusted.
 */
flags: Uint32Array, 
/**
 * Whether row 0 is the run itself, as the source describes it, rather than a step.
 */
run_row: boolean, 
/**
 * Groups of attempts at one operation.
 */
groups: Array<AttemptGroup>, 
/**
 * Failed steps of a run that goes on of which the next try is awaited, by row; each may be the last of a group, or alone.
 */
awaited: Array<AwaitedTry>, 
/**
 * Steps that a person has taken out of the group that they were found in.
 */
apart_rows: Array<number>, 
/**
 * The row under which steps stand whose parent is not in the trace: no step, and the last of its depth. Its `span_id` is
 * one that no step has, its times are those of all below it.
 */
orphan_row: number | null, 
/**
 * What is odd about the shape, the worst first.
 */
remarks: Array<Remark>, };

/**
 * Something odd about the shape of a trace.
 */
export type Remark = { 
/**
 * What it is about.
 */
about: RemarkAbout, 
/**
 * Steps (or roots, cycles, ids) concerned; 0 for what is about the trace as a whole.
 */
steps: number, 
/**
 * The same for the person, with the reason, in whole sentences ("12 of 14,032 steps have no parent: …").
 */
text: string, };

/**
 * What a remark is about, the worst first.
 */
export type RemarkAbout = "cycles" | "orphans" | "negative_durations" | "shared_ids" | "outside_parents" | "roots" | "no_starts" | "no_ends" | "truncated" | "times_adjusted" | "parents_unknown" | "times_unknown" | "masked";

/**
 * Why steps of a trace stand where they do.
 */
export type TraceShape = { 
/**
 * Parents that are not in the trace, those that most steps name first. At most 200.
 */
missing_parents: Array<MissingParent>, 
/**
 * How many there are.
 */
missing_parents_total: number, 
/**
 * Cycles of parents. At most 100.
 */
cycles: Array<ParentCycle>, };

/**
 * A parent that is not in the trace.
 */
export type MissingParent = { 
/**
 * Its id, as steps name it.
 */
parent_id: string, 
/**
 * How many steps name it.
 */
steps: number, 
/**
 * One of them, the first.
 */
span_id: string, };

/**
 * Steps that are each other's parents.
 */
export type ParentCycle = { 
/**
 * The ids of the steps: the one that it was cut at, then its parent, that one's parent and so on. At most 100.
 */
span_ids: Array<string>, 
/**
 * How many they are.
 */
total: number, };

/**
 * How far clocks of a trace seem to be apart.
 */
export type ClockSkew = { 
/**
 * The person has asked for adjusted times.
 */
is_adjusted: boolean, 
/**
 * Steps that move when times are adjusted.
 */
steps: number, 
/**
 * What moves together, the largest offset first. At most 50.
 */
shifts: Array<ShiftedSteps>, 
/**
 * How many there are.
 */
shifts_total: number, };

/**
 * Steps that move together.
 */
export type ShiftedSteps = { 
/**
 * The uppermost step.
 */
span_id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * By how much; later if above 0.
 */
offset_ns: number, 
/**
 * How many steps.
 */
steps: number, };

/**
 * Sets whether a trace is shown with its times adjusted. What is stored, and what lists say, stays as recorded.
 */
export type ClockAdjust = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * Whether.
 */
is_adjusted: boolean, };

/**
 * Sets what the person says of a step.
 */
export type StepMark = { 
/**
 * Its trace.
 */
trace_id: number, 
/**
 * Its id.
 */
span_id: string, 
/**
 * Whether it is pinned; `null` leaves it.
 */
pinned: boolean | null, 
/**
 * A note, of at most 20,000 characters; empty takes it away, `null` leaves it.
 */
note: string | null, };

/**
 * What the person says of a step.
 */
export type StepMarkItem = { 
/**
 * Its id.
 */
span_id: string, 
/**
 * When it was pinned; `null` if it is not.
 */
pinned_unix_ms: number | null, 
/**
 * The note.
 */
note: string | null, 
/**
 * The step as it stands; `null` if it is not in the trace any more.
 */
step: MarkedStep | null, };

/**
 * A step that something is said of.
 */
export type MarkedStep = { 
/**
 * Name.
 */
name: string, 
/**
 * Kind.
 */
kind: SpanKind, 
/**
 * How it ended.
 */
status: SpanStatus, };

/**
 * Corrects which steps of a trace are attempts at one operation.
 */
export type AttemptCorrect = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * What to correct.
 */
change: AttemptChange, };

/**
 * One correction.
 */
export type AttemptChange = { "type": "apart", 
/**
 * The steps that are taken out.
 */
span_ids: Array<string>, 
/**
 * A step of the group, by which what was taken out of it is brought back.
 */
group_span_id: string, } | { "type": "join", 
/**
 * The step.
 */
span_id: string, 
/**
 * The other one.
 */
with_span_id: string, } | { "type": "as_detected", 
/**
 * The steps: all of a group, or one that was taken out.
 */
span_ids: Array<string>, } | { "type": "restore", 
/**
 * What a correction gave as `before`.
 */
corrections: Array<StepCorrection>, };

/**
 * What is said of one step.
 */
export type StepCorrection = { 
/**
 * Its id.
 */
span_id: string, 
/**
 * A step of the group that it was taken out of; `null` if it was not.
 */
apart_from: string | null, 
/**
 * The operation that it is an attempt at: the same for steps that were joined.
 */
operation: string | null, };

/**
 * A correction was made.
 */
export type AttemptCorrected = { 
/**
 * All that was said of the trace's steps before, to undo it with.
 */
before: Array<StepCorrection>, };

/**
 * What the times of a trace mean.
 */
export type TraceClock = "measured" | "laid_out" | "order_only";

/**
 * Attempts at one operation.
 */
export type AttemptGroup = { 
/**
 * Rows of the attempts, in order.
 */
rows: Array<number>, 
/**
 * How they were recognised, for the person ("the source numbers its attempts").
 */
signal: string, 
/**
 * How sure that is, 0 to 1.
 */
confidence: number, 
/**
 * A person had a say in which rows these are.
 */
by_hand: boolean, 
/**
 * How the attempts relate.
 */
relation: AttemptRelation, 
/**
 * What became of the operation.
 */
outcome: AttemptOutcome, 
/**
 * Index of the group in one of whose attempts this one lies.
 */
within: number | null, 
/**
 * Why each attempt failed; `null` for one that did not.
 */
causes: Array<FailureCause | null>, 
/**
 * Time lost: failed attempts and the pauses after them.
 */
waste_ns: number, 
/**
 * Tokens of the attempts that failed, with all below them.
 */
waste_tokens: number | null, 
/**
 * Cost of the same, in US dollars.
 */
waste_cost_usd: number | null, 
/**
 * The pause before each attempt (0 before the first).
 */
gap_ns: Array<number>, 
/**
 * Whether that pause is as the source says it would wait, rather than measured.
 */
gap_reported: Array<boolean>, };

/**
 * The next try of a failed step, which has not begun.
 */
export type AwaitedTry = { 
/**
 * The step that failed.
 */
row: number, 
/**
 * When the next try is due, as the source said when the step failed.
 */
until_ns: number, };

/**
 * The card at the top of a trace: each number with where it comes from.
 */
export type TraceDetail = { 
/**
 * The row of the list.
 */
summary: TraceSummary, 
/**
 * Facts to show, in order.
 */
facts: Array<Fact>, 
/**
 * Which try it is of a run that was tried again in its conversation; of any other, nothing.
 */
tries?: RunTries, 
/**
 * Content of the run itself, where the source has such (prompt and response).
 */
content: Content | null, 
/**
 * All else the source says of the run.
 */
attributes: JsonValue | null, 
/**
 * What was cut in content and attributes.
 */
long_texts: Array<LongText>, };

/**
 * Which try of a run a trace is, in its conversation.
 */
export type RunTries = { 
/**
 * From 1.
 */
number: number, 
/**
 * How many there are.
 */
of: number, 
/**
 * The tries in order: at most 20 around this one.
 */
tries: Array<RunTry>, };

/**
 * A try of a run.
 */
export type RunTry = { 
/**
 * Its trace.
 */
trace_id: number, 
/**
 * Its number, from 1.
 */
number: number, 
/**
 * How it ended.
 */
status: TraceStatus, };

/**
 * One number or word of the summary card.
 */
export type Fact = { 
/**
 * What it is ("Latency").
 */
label: string, 
/**
 * Its value as text, formatted ("2.41 s").
 */
value: string, 
/**
 * Where it comes from.
 */
provenance: Provenance, 
/**
 * How exactly, in a sentence ("stored as `latency` by the source; the steps span 2.38 s").
 */
explanation: string, };

/**
 * Names a step.
 */
export type StepRef = { 
/**
 * The trace's id in this store.
 */
trace_id: number, 
/**
 * The step's id in the source.
 */
span_id: string, };

/**
 * All there is to know of one step.
 */
export type StepDetail = { 
/**
 * Its id in the source.
 */
span_id: string, 
/**
 * Its parent's id in the source.
 */
parent_id: string | null, 
/**
 * Name.
 */
name: string, 
/**
 * Kind.
 */
kind: SpanKind, 
/**
 * Status.
 */
status: SpanStatus, 
/**
 * The error in one line.
 */
error: string | null, 
/**
 * Start.
 */
start_unix_ms: number | null, 
/**
 * Duration; `null` while open.
 */
duration_ns: number | null, 
/**
 * Where its times come from.
 */
time_provenance: Provenance, 
/**
 * Model.
 */
model: string | null, 
/**
 * Prompt tokens.
 */
input_tokens: number | null, 
/**
 * Answer tokens.
 */
output_tokens: number | null, 
/**
 * Of the prompt tokens, read from a cache.
 */
cache_read_tokens: number | null, 
/**
 * Of the answer tokens, spent on reasoning.
 */
reasoning_tokens: number | null, 
/**
 * All tokens.
 */
total_tokens: number | null, 
/**
 * Where the token counts come from.
 */
tokens_provenance: Provenance, 
/**
 * Cost in US dollars.
 */
cost_usd: number | null, 
/**
 * Where the cost comes from: reported, or derived from a table of prices.
 */
cost_provenance: Provenance, 
/**
 * Attempt number as the source gives it.
 */
attempt: number | null, 
/**
 * `SpanFlags` bits, as in [`SpanTree::flags`].
 */
flags: number, 
/**
 * Input, output, messages, errors.
 */
content: Content, 
/**
 * Events, in order.
 */
events: Array<StepEvent>, 
/**
 * Links to other spans.
 */
links: Array<StepLink>, 
/**
 * Attributes, verbatim.
 */
attributes: JsonValue, 
/**
 * Attributes of the resource and scope and other fields of the record.
 */
origin: JsonValue, 
/**
 * The stored payload as JSON.
 */
raw: JsonValue, 
/**
 * What was cut above: strings of more than 256 KiB, lists that have no room in the reply.
 */
long_texts: Array<LongText>, 
/**
 * Size of the stored payload.
 */
raw_bytes: number, };

/**
 * A point in time inside a step.
 */
export type StepEvent = { 
/**
 * Since the step's start.
 */
offset_ns: number | null, 
/**
 * Name.
 */
name: string, 
/**
 * Attributes, verbatim.
 */
attributes: JsonValue, };

/**
 * A reference to another step.
 */
export type StepLink = { 
/**
 * The other trace's id in its source.
 */
trace_key: string, 
/**
 * The other step's id in its source.
 */
span_id: string, 
/**
 * That trace's id in this store, if it is here.
 */
trace_id: number | null, 
/**
 * Attributes, verbatim.
 */
attributes: JsonValue, };

/**
 * What a moment of a run went into. Of steps that run at once, those of the earlier part here take the moment: what works
 * goes before what waits, and what waits before an agent in which nothing else runs.
 */
export type TimePart = "model" | "tool" | "retrieval" | "human" | "throttled" | "backoff" | "own" | "idle";

/**
 * Where the time of a run went: its budget by parts, and its critical path. Both are of one reading of the trace; steps are
 * named by id, since rows are those of another reading.
 */
export type RunTime = { 
/**
 * Whether the source gives any times; else everything below is empty.
 */
has_times: boolean, 
/**
 * The time of the run: from the first start to the last end, or up to now while steps are open.
 */
total_ns: number, 
/**
 * When this was so; `null` for a run that does not go on.
 */
as_of_unix_ms: number | null, 
/**
 * What goes on at that moment in a run that goes on: with every moment that passes, this part grows by as much.
 */
growing: TimePart | null, 
/**
 * Ids of the steps that are named below, which are indices into this; empty for the run itself.
 */
step_ids: Array<string>, 
/**
 * The parts that have any time, in the order of precedence. Their `wall_ns` and their `critical_ns` each add up to `total_ns`.
 */
parts: Array<TimeShare>, 
/**
 * What operations lost that were tried more than once.
 */
attempts: Array<AttemptWaste>, 
/**
 * What decided how long the run took.
 */
path: CriticalPath, };

/**
 * One part of a run's time.
 */
export type TimeShare = { 
/**
 * Which part.
 */
part: TimePart, 
/**
 * Moments of the run that went to it. Of steps that run at once the first part in the order of precedence takes the moment.
 */
wall_ns: number, 
/**
 * How much of the critical path is its.
 */
critical_ns: number, 
/**
 * The steps' own times (while nothing ran below them) added up: more than `wall_ns` where several ran at once.
 */
work_ns: number, 
/**
 * Steps, and pauses before further tries, that have own time in it.
 */
count: number, 
/**
 * The longest of these, the longest first, as indices into `step_ids`; of a pause, the try that it leads to.
 */
steps: Array<number>, 
/**
 * Their own times.
 */
own_ns: Array<number>, 
/**
 * Where the part comes from.
 */
provenance: Provenance, 
/**
 * What counts as this part, in a sentence.
 */
explanation: string, };

/**
 * What a group of attempts lost: where its figures (`AttemptGroup`) come from, and how much lies on the critical path, which
 * is always derived. Of more than 10,000 groups, those that lost most time.
 */
export type AttemptWaste = { 
/**
 * The group's first attempt, index into `step_ids`.
 */
first_step: number, 
/**
 * Where the time lost comes from.
 */
time_provenance: Provenance, 
/**
 * How much of the attempts that were lost is on the path.
 */
critical_failed_ns: number, 
/**
 * How much of the pauses is.
 */
critical_pause_ns: number, 
/**
 * Where the tokens lost come from.
 */
tokens_provenance: Provenance, 
/**
 * Tokens of the lost attempts that the path goes through, with all below them.
 */
critical_tokens: number | null, 
/**
 * Where the cost of what was lost comes from.
 */
cost_provenance: Provenance, 
/**
 * Cost of the lost attempts that the path goes through, in US dollars.
 */
critical_cost_usd: number | null, };

/**
 * The critical path, as columns: stretches in order of time, none overlapping. Where none are left out, each begins where the
 * one before ends, and together they are the time of the run.
 */
export type CriticalPath = { 
/**
 * The step whose own time it is, index into `step_ids`; -1 while nothing ran that the run waited for. Of a pause, the try that
 * it leads to.
 */
step: Array<number>, 
/**
 * [`TimePart`] code.
 */
part: Array<number>, 
/**
 * Start, since the start of the trace.
 */
start_ns: Array<number>, 
/**
 * End.
 */
end_ns: Array<number>, 
/**
 * How many stretches are left out, the shortest ones.
 */
left_out: number, 
/**
 * How long these are in all.
 */
left_out_ns: number, };

/**
 * The conversations of a run, without their texts.
 */
export type ConversationOutline = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Conversations, by their first calls: the run's own, those of its sub-agents, and such as ran side by side.
 */
threads: Array<ConversationThread>, 
/**
 * Why there are none.
 */
empty_reason: string | null, };

/**
 * One conversation.
 */
export type ConversationThread = { 
/**
 * Whose it is: the agent's name; the run's where no agent is told of.
 */
name: string, 
/**
 * The agent's step.
 */
agent_span_id: string | null, 
/**
 * The step of the tool that started the agent.
 */
called_by_span_id: string | null, 
/**
 * How many agents are above this one.
 */
depth: number, 
/**
 * The steps of its model calls, in order.
 */
span_ids: Array<string>, 
/**
 * Which of them failed, by place in `span_ids`, or have a tool that failed after them; ascending.
 */
failed: Array<number>, };

/**
 * Asks for some turns of a conversation.
 */
export type RunConversationRequest = { 
/**
 * The trace's id in this store.
 */
trace_id: number, 
/**
 * Which of [`ConversationOutline::threads`].
 */
thread: number, 
/**
 * Skip this many turns.
 */
offset: number, 
/**
 * Give at most this many (50 at most).
 */
limit: number, };

/**
 * Some turns of a conversation.
 */
export type RunConversation = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * How many turns the conversation has.
 */
total: number, 
/**
 * Those asked for, in order.
 */
turns: Array<ConversationTurn>, };

/**
 * One model call: what it was told that it had not been told before, and what it answered.
 */
export type ConversationTurn = { 
/**
 * The call's step.
 */
span_id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * The model.
 */
model: string | null, 
/**
 * How it ended.
 */
status: SpanStatus, 
/**
 * Why it failed, in one line, or why what was said in it can't be read.
 */
error: string | null, 
/**
 * Start, since the trace's.
 */
start_ns: number | null, 
/**
 * Duration; `null` while open.
 */
duration_ns: number | null, 
/**
 * From its start to the first token of the answer.
 */
first_token_ns: number | null, 
/**
 * Prompt tokens.
 */
input_tokens: number | null, 
/**
 * Answer tokens.
 */
output_tokens: number | null, 
/**
 * Of the prompt tokens, read from a cache.
 */
cache_read_tokens: number | null, 
/**
 * All tokens.
 */
total_tokens: number | null, 
/**
 * Where the counts come from.
 */
tokens_provenance: Provenance, 
/**
 * Cost in US dollars.
 */
cost_usd: number | null, 
/**
 * Where the cost comes from.
 */
cost_provenance: Provenance, 
/**
 * Why the model stopped.
 */
finish_reason: string | null, 
/**
 * Request parameters, the short ones: temperature, maximum tokens, …
 */
parameters: Array<Parameter>, 
/**
 * Tools offered; what they are is in the step.
 */
tools: number, 
/**
 * They are others than in the call before.
 */
tools_changed: boolean, 
/**
 * Messages of instructions at the beginning of the request.
 */
system_messages: number, 
/**
 * The instructions, where they are others than in the call before.
 */
system: Array<TurnMessage>, 
/**
 * What became of the history.
 */
history: TurnHistory, 
/**
 * What is new in the request, in order; the instructions aside.
 */
added: Array<TurnMessage>, 
/**
 * The answer.
 */
answer: Array<TurnMessage>, 
/**
 * New messages that are not given, for there are very many; they are in the step.
 */
left_out: number, };

/**
 * How a call goes on with what was said before.
 */
export type TurnRelation = "begins" | "continues" | "again" | "appends" | "replaces";

/**
 * What became of the answer of the call before.
 */
export type AnswerBefore = "none" | "kept" | "changed" | "left_out";

/**
 * What became of the history in a call.
 */
export type TurnHistory = { 
/**
 * How the call goes on.
 */
relation: TurnRelation, 
/**
 * The call that it goes on from.
 */
before_span_id: string | null, 
/**
 * Messages in common with that call's request, instructions aside.
 */
kept: number, 
/**
 * Places of the messages that are gone, among the messages of that call's request.
 */
removed: Array<number>, 
/**
 * How long those were.
 */
removed_characters: number, 
/**
 * How many of the new ones stand in their place.
 */
in_their_place: number, 
/**
 * Messages of which the content is another now.
 */
edited: number, 
/**
 * What became of the answer before.
 */
answer: AnswerBefore, 
/**
 * The step in which the source says that the history was compacted.
 */
compacted_span_id: string | null, };

/**
 * Why a message is shown.
 */
export type MessageOrigin = "system" | "added" | "edited" | "answer_changed" | "answer";

/**
 * A message of a turn.
 */
export type TurnMessage = { 
/**
 * Why it is shown.
 */
origin: MessageOrigin, 
/**
 * Its place among the messages of the request, or of the answer.
 */
place: number, 
/**
 * What was said; long texts end early.
 */
message: Message, 
/**
 * For each part that ends early, or is left out, its whole size in bytes; 0 for the others.
 */
whole_bytes: Array<number>, 
/**
 * For each part that calls a tool, or is its result, the step of the tool, as far as it is known.
 */
tools: Array<TurnTool | null>, };

/**
 * A step in which a tool did what a model asked for.
 */
export type TurnTool = { 
/**
 * The step.
 */
span_id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * How it ended.
 */
status: SpanStatus, 
/**
 * Why it failed, in one line.
 */
error: string | null, 
/**
 * Duration; `null` while open.
 */
duration_ns: number | null, };

/**
 * Asks for the link to a trace, to a step of it, or to it beside another run.
 */
export type LinkRequest = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * The step's id in the source; `null` or empty for the trace as a whole.
 */
span_id: string | null, 
/**
 * The run that stands beside it, as B, where the link is to both; `null` for a link to the trace alone.
 */
compared_with: ComparedStep | null, };

/**
 * A link: `tracellm://trace/<key>/step/<span id>?format=<identity>` or `tracellm://compare/<key of A>/<key of B>?format-a=…`,
 * the same in every store that has the traces.
 */
export type Link = { 
/**
 * The text.
 */
link: string, };

/**
 * The second run of a link to two of them side by side.
 */
export type ComparedStep = { 
/**
 * The run.
 */
trace_id: number, 
/**
 * Its step that is looked at, empty for the run itself; `null` if none is, or only the other run has it.
 */
span_id: string | null, };

/**
 * Where a link leads in this store.
 */
export type LinkTarget = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * The step's id in the source; `null` for the trace as a whole. Of two runs, the one that is looked at in this one.
 */
span_id: string | null, 
/**
 * The run that stands beside it, as B; `null` where the link is to a trace alone.
 */
compared_with: ComparedStep | null, 
/**
 * What of the link does not lead anywhere, as a sentence; `null` if all of it does.
 */
remark: string | null, };

/**
 * Which two runs.
 */
export type CompareRequest = { 
/**
 * Trace A, that which the other is held against.
 */
a: number, 
/**
 * Trace B.
 */
b: number, };

/**
 * Two runs, aligned. The columns have a row a pair, in an order in which both trees can be read from the top down: a pair
 * comes after that of its parent, and before what follows below the same parent.
 */
export type Comparison = { 
/**
 * The store's revision this was read at.
 */
revision: number, 
/**
 * Run A.
 */
a: ComparedRun, 
/**
 * Run B.
 */
b: ComparedRun, 
/**
 * Row of the step in A's tree, -1 if only B has it.
 */
row_a: Int32Array, 
/**
 * Row of the step in B's tree, -1 if only A has it.
 */
row_b: Int32Array, 
/**
 * The pair under which this one stands, -1 for a root.
 */
parent: Int32Array, 
/**
 * Depth of the pair, 0 for a root.
 */
depth: Uint16Array, 
/**
 * [`PairRelation`] code.
 */
relation: Uint8Array, 
/**
 * Bits of what differs: 1 name, 2 model, 4 status, 8 input in substance, 16 input in wording, 32 output in substance,
 * 64 output in wording, 128 tries, 256 how it failed in both. Of a pair with one step, 0, unless it is the row of a
 * run that the other's format has none of: then what differs between the runs. A model that all calls have changed to is told
 * of the runs alone.
 */
difference: Uint16Array, 
/**
 * How sure it is that these two are the same step, 0 to 1; 1 where a person has said so.
 */
sureness: Float64Array, 
/**
 * Of a step that only one run has: the pair of the step that it does over again, -1 if of none.
 */
repeats: Int32Array, 
/**
 * Of a try before the last one, of all below it, and of pauses between tries: the pair of the last try, which stands for
 * the operation; -1 for all others. Tries that stand together in their run are below that pair.
 */
try_of: Int32Array, 
/**
 * 1 where the pair is a difference of the runs. There are as many differences as there are such pairs: whatever counts
 * or walks differences goes by this. It is one if the two steps differ in name, model, status, tries, in the substance of
 * input or output, or in their place in the order of the run, or if one run alone has the step, with all below it.
 * Wording, ids, times, tokens, costs, pauses, levels that one format alone has, and what is awaited are none.
 */
is_difference: Uint8Array, 
/**
 * 1 where one run alone has the step so far: the other is under way, and may still come to it.
 */
is_awaited: Uint8Array, 
/**
 * 1 where a person has said that these two belong together.
 */
by_hand: Uint8Array, 
/**
 * Steps that a person has said are not the same.
 */
apart: Array<ApartSteps>, 
/**
 * The first difference that is another decision: another tool, other arguments, another answer in substance, another
 * status, or a step that one of them alone has. `null` where the runs do the same, though they may still differ in names,
 * models or numbers of tries.
 */
first_difference: number | null, 
/**
 * The differences, that which explains most first; the first 500.
 */
differences: Array<RunDifference>, 
/**
 * Steps in which both did the same, and which took notably longer or less, or cost more or less: that which explains most
 * first, the first 500. They are no differences.
 */
drifts: Array<RunDifference>, 
/**
 * What differs, in plain words, to be read one after another.
 */
summary: Array<string>, 
/**
 * What was not compared, and why.
 */
remarks: Array<string>, };

/**
 * One of two runs.
 */
export type ComparedRun = { 
/**
 * Its line in the list.
 */
summary: TraceSummary, 
/**
 * Its tree.
 */
tree: SpanTree, };

/**
 * A step of A and one of B that a person has said are not the same.
 */
export type ApartSteps = { 
/**
 * The step of A; empty for the run itself.
 */
a_span_id: string, 
/**
 * The step of B.
 */
b_span_id: string, };

/**
 * How the two steps of a pair stand to each other.
 */
export type PairRelation = "matched" | "moved" | "only_a" | "only_b";

/**
 * A pair in which the runs differ, and what that explains of how the runs came out.
 */
export type RunDifference = { 
/**
 * The pair it is about.
 */
pair: number, 
/**
 * Where it stands: "step 3", "step 3 of A, 4 of B", "the run itself".
 */
place: string, 
/**
 * What differs, in words, with the first value that changed where it is short.
 */
sentence: string, 
/**
 * How much longer B took for it; below 0 for less, 0 where it is less than 0.1 ms. Of a difference with all that is below it,
 * as its row shows it; of a step that did the same without, as the sentence then says.
 */
time_ns: number, 
/**
 * Tokens that B used more for it.
 */
tokens: number, 
/**
 * Cost of B above that of A for it, in US dollars.
 */
cost_usd: number, 
/**
 * Whether one of the runs failed here and the other did not.
 */
is_status: boolean, };

/**
 * Which pair of steps to tell apart; of one that only one run has, the other is `null`.
 */
export type StepDifferenceRequest = { 
/**
 * Trace A.
 */
a: number, 
/**
 * Trace B.
 */
b: number, 
/**
 * Step of A.
 */
a_span_id: string | null, 
/**
 * Step of B.
 */
b_span_id: string | null, 
/**
 * What is no difference.
 */
ignore: Ignored, };

/**
 * What is no difference between two texts.
 */
export type Ignored = { 
/**
 * UUIDs, long hex numbers, ids of calls.
 */
ids: boolean, 
/**
 * Timestamps.
 */
times: boolean, 
/**
 * White space.
 */
whitespace: boolean, };

/**
 * What differs between two steps, part by part.
 */
export type StepDifference = { 
/**
 * The parts of either, in the order in which they are read.
 */
parts: Array<PartDifference>, };

/**
 * What differs in a part of two steps: an input, a message, an answer, the parameters.
 */
export type PartDifference = { 
/**
 * What part it is: "Input", "Message 3, user", "Answer".
 */
title: string, 
/**
 * Whether there is nothing in it that differs.
 */
is_same: boolean, 
/**
 * Lines that differ, with some around them.
 */
lines: Array<DiffLine>, 
/**
 * Why some of it was not compared.
 */
remark: string | null, };

/**
 * A line of a difference; of two JSON values, a line of them as they are written out, A's order of keys first, a text of several
 * lines line by line between triple quotes.
 */
export type DiffLine = { 
/**
 * How the two sides stand to each other.
 */
change: LineChange, 
/**
 * Lines that are the same and not listed, here; 0 on a line that is listed.
 */
skipped: number, 
/**
 * The line in A, in pieces; `null` where A has none.
 */
a: Array<DiffPiece> | null, 
/**
 * The line in B, in pieces; `null` where B has none.
 */
b: Array<DiffPiece> | null, };

/**
 * What became of a line.
 */
export type LineChange = "same" | "changed" | "removed" | "added";

/**
 * A piece of a line.
 */
export type DiffPiece = { 
/**
 * Its text.
 */
text: string, 
/**
 * Whether the other side does not have it.
 */
differs: boolean, };

/**
 * Two steps that a person says are the same, or are not.
 */
export type PairSet = { 
/**
 * Trace A.
 */
a: number, 
/**
 * Trace B.
 */
b: number, 
/**
 * Step of A.
 */
a_span_id: string, 
/**
 * Step of B.
 */
b_span_id: string, 
/**
 * What they are.
 */
pairing: Pairing, };

/**
 * What a person says of two steps.
 */
export type Pairing = "forced" | "broken" | "detected";

/**
 * With what a run may be compared: other runs of its task.
 */
export type CompareCandidates = { 
/**
 * The task, or where there is none the name, by which runs belong together.
 */
task: string, 
/**
 * How many other runs it has.
 */
runs: number, 
/**
 * The run of it that a person holds the others against; it may be the run itself.
 */
baseline: TraceSummary | null, 
/**
 * The run before.
 */
previous: TraceSummary | null, 
/**
 * The last one before that went well.
 */
last_good: TraceSummary | null, 
/**
 * The one of those that went well that took neither long nor short.
 */
median: TraceSummary | null, };

/**
 * A run that others of its task are held against.
 */
export type BaselineSet = { 
/**
 * The run.
 */
trace_id: number, 
/**
 * Whether it is; another of its task is then none any more.
 */
is_baseline: boolean, };

/**
 * Which runs, and against which.
 */
export type RunMatrixRequest = { 
/**
 * The runs, in the order in which they are shown; at most 50.
 */
trace_ids: number[], 
/**
 * The one whose steps make the rows; the first where this is none of them.
 */
reference: number | null, };

/**
 * The steps of one task by runs of it.
 */
export type RunMatrix = { 
/**
 * The runs.
 */
runs: Array<TraceSummary>, 
/**
 * Which of them the others are held against.
 */
reference: number, 
/**
 * A row a step that any of them has; an operation that was tried again is one.
 */
rows: Array<MatrixRow>, 
/**
 * Rows that are not listed: rows that are the same in all runs first, the last of them.
 */
left_out: number, 
/**
 * How many of these vary; 0 unless more rows vary than are listed at all.
 */
left_out_varying: number, 
/**
 * What was not compared, and why.
 */
remarks: Array<string>, };

/**
 * One step, in all of the runs.
 */
export type MatrixRow = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its kind.
 */
kind: SpanKind, 
/**
 * Its depth.
 */
depth: number, 
/**
 * What each run has of it, in the order of the runs; `null` where it does not.
 */
cells: Array<MatrixCell | null>, 
/**
 * Whether it is a difference of any run from the one that they are held against, or a part of one (see
 * [`Comparison::is_difference`]).
 */
varies: boolean, };

/**
 * One step of one run.
 */
export type MatrixCell = { 
/**
 * The step; empty for the run itself.
 */
span_id: string, 
/**
 * How it ended.
 */
status: SpanStatus, 
/**
 * How long it took, from the start of the first try to the end of the last; `null` where that is not known.
 */
duration_ns: number | null, 
/**
 * Tokens of it and all below it.
 */
tokens: number | null, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * Bits of what differs from the run that it is held against, as in [`Comparison::difference`].
 */
difference: number, };

/**
 * A comparison to be saved as a file.
 */
export type ComparisonSave = { 
/**
 * Trace A.
 */
a: number, 
/**
 * Trace B.
 */
b: number, 
/**
 * As what.
 */
form: ComparisonForm, 
/**
 * What is no difference between texts.
 */
ignore: Ignored, };

/**
 * What a comparison is saved as.
 */
export type ComparisonForm = "html" | "json";

/**
 * What was saved.
 */
export type ComparisonSaved = { 
/**
 * How large it is.
 */
bytes: number, 
/**
 * What was masked as the file was written, beside what was masked before; the most frequent first.
 */
masked: Array<MaskedKind>, };

/**
 * What a store holds.
 */
export type StoreSummary = { 
/**
 * The file.
 */
path: string, 
/**
 * Its bytes, its write-ahead log included.
 */
bytes: number, 
/**
 * Traces, without deleted ones.
 */
traces: number, 
/**
 * Their steps.
 */
steps: number, 
/**
 * When the newest of them began; `null` if there is none with a time.
 */
newest_unix_ms: number | null, 
/**
 * It is of an older version, and is brought up to date when it is opened.
 */
is_older: boolean, 
/**
 * What is damaged in it, in a sentence; `null` if nothing is, or it was not looked for.
 */
damage: string | null, };

/**
 * Names a store.
 */
export type StoreRef = { 
/**
 * Its file, an absolute path.
 */
path: string, };

/**
 * A store that was open before.
 */
export type RecentStore = { 
/**
 * The file.
 */
path: string, 
/**
 * It is the one that opens where none is named.
 */
is_default: boolean, 
/**
 * Why it can't be opened now; `null` if it can, as far as that is seen without opening it.
 */
trouble: string | null, };

/**
 * What a copy is at.
 */
export type CopyStage = "copying" | "checking";

/**
 * How far a copy is.
 */
export type CopyProgress = { 
/**
 * What it is at.
 */
stage: CopyStage, 
/**
 * Bytes written, or checked, so far.
 */
done_bytes: number, 
/**
 * About how many it will be.
 */
total_bytes: number, };

/**
 * A backup that was written.
 */
export type BackupWritten = { 
/**
 * The file.
 */
path: string, 
/**
 * Its bytes.
 */
bytes: number, 
/**
 * Traces in it.
 */
traces: number, 
/**
 * How long it took, the check included.
 */
elapsed_ms: number, 
/**
 * What was damaged in the store already, in a sentence; `null` if nothing was.
 */
damage: string | null, };

/**
 * A backup that was checked, beside the store whose place it would take.
 */
export type BackupOffer = { 
/**
 * The backup.
 */
backup: StoreSummary, 
/**
 * The store as it is now.
 */
present: StoreSummary, };

/**
 * A text, list or object that was cut in a reply. What is shown of it ends with `mark`.
 */
export type LongText = { 
/**
 * Where it stands, as in [`TextRef::place`].
 */
place: string, 
/**
 * What its start ends with in the reply: unlike everything in the payload, and fit to be read by a person. Of a list it
 * is the last item, of an object the last key.
 */
mark: string, 
/**
 * Bytes of the whole text as UTF-8; `null` for a list or object.
 */
bytes: number | null, 
/**
 * Entries of the whole list or object; `null` for a text.
 */
items: number | null, };

/**
 * Names a text of a step, or of the run itself.
 */
export type TextRef = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * The step's id in the source; `null` for what is said of the run itself.
 */
span_id: string | null, 
/**
 * A JSON pointer (RFC 6901): `/raw/…` into the stored payload, `/content/…` into the content as it would be if nothing
 * were cut. A string is its text; anything else is its JSON, as stored. `/raw` is the whole payload.
 */
place: string, };

/**
 * Asks for a stretch of a text.
 */
export type TextReadRequest = { 
/**
 * Which text.
 */
text: TextRef, 
/**
 * Where it begins; inside a character, at the character's start.
 */
from_byte: number, 
/**
 * Give at most this many bytes (4 MiB at most), and at least one character.
 */
limit_bytes: number, };

/**
 * A stretch of a text.
 */
export type TextStretch = { 
/**
 * The stretch.
 */
text: string, 
/**
 * Where it begins.
 */
from_byte: number, 
/**
 * Where it ends, and the next begins.
 */
to_byte: number, 
/**
 * Size of the whole text.
 */
total_bytes: number, };

/**
 * Asks for rows of a text that is broken after so many characters.
 */
export type TextRowsRequest = { 
/**
 * Which text.
 */
text: TextRef, 
/**
 * Longer lines are broken after so many characters (20 to 1,000).
 */
columns: number, 
/**
 * The first row wanted, from 0; without effect where a byte is given.
 */
first_row: number, 
/**
 * The row that this byte stands in comes first.
 */
at_byte: number | null, 
/**
 * Give at most this many rows (1,000 at most).
 */
rows: number, };

/**
 * Rows of a text.
 */
export type TextRowPage = { 
/**
 * The number of the first one given, from 0.
 */
first_row: number, 
/**
 * The rows, in order.
 */
rows: Array<TextRow>, 
/**
 * Rows of the whole text at this width.
 */
total_rows: number, 
/**
 * Lines of the whole text.
 */
total_lines: number, 
/**
 * Size of the whole text.
 */
total_bytes: number, };

/**
 * One row: a line, or a piece of a line that was broken.
 */
export type TextRow = { 
/**
 * Where it begins.
 */
from_byte: number, 
/**
 * The number of its line, from 1.
 */
line: number, 
/**
 * It goes on with a line that began in a row before.
 */
continues: boolean, 
/**
 * What stands in it, without the line's end.
 */
text: string, };

/**
 * Looks for a text in a long text, a stretch at a time.
 */
export type TextFindRequest = { 
/**
 * Which text.
 */
text: TextRef, 
/**
 * What is looked for (1,000 characters at most). Capitals make no difference.
 */
needle: string, 
/**
 * Where to begin: 0, then [`TextPlaces::next_byte`].
 */
from_byte: number, };

/**
 * Where a text was found.
 */
export type TextPlaces = { 
/**
 * Begin and end of each place in turn, in bytes of the text; 20,000 numbers at most.
 */
places: Array<number>, 
/**
 * How far it has been looked; the next call goes on here.
 */
next_byte: number, 
/**
 * The end has been reached.
 */
is_complete: boolean, 
/**
 * Size of the whole text.
 */
total_bytes: number, };

/**
 * What is to be saved as a file. The host asks the person where to, or hands it to the browser as a download.
 */
export type TextSave = { 
/**
 * A text in the store; `null` where the text itself is given.
 */
place: TextRef | null, 
/**
 * The text, where it is short enough for the page to have it whole.
 */
text: string | null, 
/**
 * A `data:` URL or base64, of which the bytes are saved that it stands for.
 */
is_media: boolean, 
/**
 * The MIME type of media that is no `data:` URL, as far as it is known.
 */
mime_type: string | null, };

/**
 * A file that was written.
 */
export type TextSaved = { 
/**
 * Its size.
 */
bytes: number, 
/**
 * What was masked as it was written, beside what was masked before; the most frequent first.
 */
masked: Array<MaskedKind>, };

/**
 * Says that something changed; the page asks again for what it shows. At most ten a second.
 */
export type Notice = { 
/**
 * The store's revision: grows with every commit.
 */
revision: number, 
/**
 * Traces touched since the last notice; some may be missing if `many_traces`.
 */
traces: Array<number>, 
/**
 * More traces were touched than are named.
 */
many_traces: boolean, 
/**
 * The state of an import changed.
 */
imports: boolean, 
/**
 * The state or the counts of a live source changed.
 */
sources: boolean, 
/**
 * A search has found more, or the index of texts has come further.
 */
search: boolean, 
/**
 * The database is lost, or is there again: the notes of `app_info` are others.
 */
store: boolean, 
/**
 * Followed runs that the person should look at; of very many the first.
 */
alerts: Array<RunAlert>, };

/**
 * A followed run that the person should look at.
 */
export type RunAlert = { 
/**
 * The trace.
 */
trace_id: number, 
/**
 * Its name.
 */
name: string, 
/**
 * Why.
 */
alert: Alert, 
/**
 * Why it failed, in one line.
 */
reason: string | null, };

/** Words by stored code. */
export const SPAN_KINDS = ['other', 'agent', 'llm', 'tool', 'retrieval', 'embedding', 'rerank', 'chain', 'guardrail', 'evaluator', 'wait'] as const;

/** Words by stored code. */
export const SPAN_STATUSES = ['unset', 'ok', 'error', 'open'] as const;

/** Words by stored code. */
export const PAIR_RELATIONS = ['matched', 'moved', 'only_a', 'only_b'] as const;

/** Words by stored code. */
export const TIME_PARTS = ['model', 'tool', 'retrieval', 'human', 'throttled', 'backoff', 'own', 'idle'] as const;

/** Every command: what it takes and what it gives. */
export interface Contract {
  app_info: { request: Nothing; response: AppInfo };
  format_list: { request: Nothing; response: Array<FormatInfo> };
  price_info: { request: Nothing; response: PriceInfo };
  prices_edit: { request: Nothing; response: PriceInfo };
  prices_reload: { request: Nothing; response: PriceInfo };
  settings_get: { request: Nothing; response: Settings };
  settings_set: { request: Settings; response: Settings };
  compare: { request: CompareRequest; response: Comparison };
  compare_step: { request: StepDifferenceRequest; response: StepDifference };
  compare_candidates: { request: TraceRef; response: CompareCandidates };
  pair_set: { request: PairSet; response: Nothing };
  baseline_set: { request: BaselineSet; response: Nothing };
  run_matrix: { request: RunMatrixRequest; response: RunMatrix };
  filter_read: { request: FilterText; response: FilterReading };
  filter_complete: { request: FilterCompleteRequest; response: FilterCompletions };
  filter_edit: { request: FilterEditRequest; response: FilterText };
  overview: { request: OverviewRequest; response: Overview };
  insights: { request: InsightsRequest; response: Insights };
  retry_report: { request: RetryReportRequest; response: RetryReport };
  trace_snippets: { request: SnippetsRequest; response: Array<TraceSnippets> };
  trace_hits: { request: TraceHitsRequest; response: TraceHits };
  trace_find: { request: TraceFindRequest; response: FoundSteps };
  index_state: { request: Nothing; response: IndexState };
  import_start: { request: ImportStart; response: ImportStatus };
  import_text: { request: ImportText; response: ImportStatus };
  import_cancel: { request: ImportRef; response: ImportStatus };
  import_dismiss: { request: ImportRef; response: Nothing };
  mapping_set: { request: MappingSet; response: ImportStatus | null };
  import_status: { request: ImportRef; response: ImportStatus };
  import_list: { request: Nothing; response: Array<ImportStatus> };
  problem_list: { request: ProblemListRequest; response: ProblemList };
  masking_try: { request: MaskingTry; response: MaskingTried };
  mask_stored_start: { request: Nothing; response: MaskStoredStatus };
  mask_stored: { request: Nothing; response: MaskStoredStatus };
  mask_stored_stop: { request: Nothing; response: Nothing };
  trace_mark: { request: TraceMark; response: TraceCount };
  step_mark: { request: StepMark; response: Array<StepMarkItem> };
  step_marks: { request: TraceRef; response: Array<StepMarkItem> };
  attempt_correct: { request: AttemptCorrect; response: AttemptCorrected };
  tag_list: { request: Nothing; response: Array<TagCount> };
  trace_delete: { request: TraceSelection; response: Deletion };
  trace_restore: { request: DeletionRef; response: TraceCount };
  deletion_list: { request: Nothing; response: Array<Deletion> };
  deletion_purge: { request: DeletionRef; response: Nothing };
  retention_preview: { request: Retention; response: RetentionPreview };
  storage_info: { request: Nothing; response: StorageInfo };
  storage_compact: { request: Nothing; response: Compacted };
  storage_compact_stop: { request: Nothing; response: Nothing };
  label_list: { request: Nothing; response: Array<LabelItem> };
  label_set: { request: LabelSet; response: Array<LabelItem> };
  saved_filter_list: { request: Nothing; response: Array<SavedFilter> };
  saved_filter_save: { request: SavedFilterSave; response: Array<SavedFilter> };
  saved_filter_remove: { request: SavedFilterRef; response: Array<SavedFilter> };
  saved_filter_reorder: { request: SavedFilterOrder; response: Array<SavedFilter> };
  source_list: { request: Nothing; response: Array<SourceStatus> };
  source_set: { request: SourceConfig; response: SourceRef };
  source_remove: { request: SourceRef; response: Nothing };
  source_problems: { request: SourceProblemsRequest; response: ProblemList };
  source_suggestions: { request: Nothing; response: Array<SourceSuggestion> };
  feed_addresses: { request: Nothing; response: FeedAddresses };
  demo_start: { request: DemoStart; response: Nothing };
  demo_stop: { request: Nothing; response: Nothing };
  store_import: { request: StoreRef; response: ImportStatus };
  text_read: { request: TextReadRequest; response: TextStretch };
  text_rows: { request: TextRowsRequest; response: TextRowPage };
  text_find: { request: TextFindRequest; response: TextPlaces };
  monitor: { request: MonitorRequest; response: Monitor };
  alerts_seen: { request: AlertsSeen; response: Nothing };
  trace_list: { request: TraceListRequest; response: TraceList };
  trace_get: { request: TraceRef; response: TraceDetail };
  span_tree: { request: TraceRef; response: SpanTree };
  trace_shape: { request: TraceRef; response: TraceShape };
  clock_skew: { request: TraceRef; response: ClockSkew };
  clock_adjust: { request: ClockAdjust; response: Nothing };
  step_get: { request: StepRef; response: StepDetail };
  run_time: { request: TraceRef; response: RunTime };
  conversation_outline: { request: TraceRef; response: ConversationOutline };
  run_conversation: { request: RunConversationRequest; response: RunConversation };
  link_make: { request: LinkRequest; response: Link };
  link_resolve: { request: Link; response: LinkTarget };
}
