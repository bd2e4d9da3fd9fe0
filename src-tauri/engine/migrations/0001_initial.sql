-- The first schema. Times are nanoseconds since the Unix epoch; vocabularies (status, kind, provenance) are the codes of
-- model/words.rs. NULL means "the source does not say", never zero.

CREATE TABLE source (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  kind          TEXT NOT NULL,            -- file, text
  location      TEXT NOT NULL,            -- absolute path, or a name where there is no path
  format        TEXT NOT NULL,            -- wire::Format::id
  first_seen_ns INTEGER NOT NULL,
  UNIQUE (kind, location, format)
) STRICT;

CREATE TABLE trace (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  identity          TEXT NOT NULL,        -- wire::Format::identity: the name space of key
  key               TEXT NOT NULL,        -- the trace's id in its source
  format            TEXT NOT NULL,
  source_id         INTEGER NOT NULL REFERENCES source (id),
  -- What the source says of the trace as a whole (store::trace::Reported as JSON); the columns below follow from it and
  -- from the spans.
  reported          TEXT,
  payload_block     INTEGER,
  payload_offset    INTEGER,
  payload_bytes     INTEGER,
  parents_unknown   INTEGER NOT NULL DEFAULT 0,
  -- Where preview came from: 0 none, 1 some span, 2 a root span, 3 the trace itself.
  preview_rank      INTEGER NOT NULL DEFAULT 0,
  -- Spans at the last summary; stale while spans have come since and the columns below lag behind them.
  summarised_spans  INTEGER NOT NULL DEFAULT 0,
  stale             INTEGER NOT NULL DEFAULT 0,
  name              TEXT NOT NULL DEFAULT '',
  preview           TEXT,
  status            INTEGER NOT NULL DEFAULT 0,
  failure_reason    TEXT,
  start_ns          INTEGER,
  duration_ns       INTEGER,
  time_provenance   INTEGER NOT NULL DEFAULT 0,
  span_count        INTEGER NOT NULL DEFAULT 0,
  error_count       INTEGER NOT NULL DEFAULT 0,
  retry_count       INTEGER NOT NULL DEFAULT 0,
  retry_provenance  INTEGER NOT NULL DEFAULT 2,
  retry_waste_ns    INTEGER,
  input_tokens      INTEGER,
  output_tokens     INTEGER,
  total_tokens      INTEGER,
  tokens_provenance INTEGER NOT NULL DEFAULT 1,
  cost_usd          REAL,
  model             TEXT,
  project           TEXT,
  environment       TEXT,
  conversation      TEXT,
  UNIQUE (identity, key)
) STRICT;
CREATE INDEX trace_started ON trace (start_ns);
CREATE INDEX trace_duration ON trace (duration_ns);
CREATE INDEX trace_stale ON trace (stale) WHERE stale = 1;

-- Clustered by trace, so that opening a trace reads neighbouring pages and no second index is kept.
CREATE TABLE span (
  trace_id          INTEGER NOT NULL,
  span_id           TEXT NOT NULL,        -- the span's id in its source; "id~hash" where another span took the id
  parent_id         TEXT,
  name              TEXT NOT NULL,
  kind              INTEGER NOT NULL,
  status            INTEGER NOT NULL,
  start_ns          INTEGER,
  end_ns            INTEGER,
  flags             INTEGER NOT NULL,
  content_hash      INTEGER NOT NULL,     -- of all that the source said, to know a repeat
  payload_block     INTEGER NOT NULL,
  payload_offset    INTEGER NOT NULL,
  payload_bytes     INTEGER NOT NULL,
  input_hash        INTEGER,
  input_tokens      INTEGER,
  output_tokens     INTEGER,
  total_tokens      INTEGER,              -- only where the source gives one of its own
  model             TEXT,
  error             TEXT,
  attempt           INTEGER,
  backoff_ns        INTEGER,
  cost_usd          REAL,
  tokens_provenance INTEGER NOT NULL DEFAULT 1,
  cache_read_tokens INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens  INTEGER,
  PRIMARY KEY (trace_id, span_id)
) STRICT, WITHOUT ROWID;

-- Payloads of many spans, one after another, compressed together with zstd: better ratio and fewer rows than one by one.
CREATE TABLE payload_block (
  id        INTEGER PRIMARY KEY,
  raw_bytes INTEGER NOT NULL,
  data      BLOB NOT NULL
) STRICT;

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL                     -- JSON
) STRICT, WITHOUT ROWID;
