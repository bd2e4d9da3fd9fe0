-- Which traces have payloads in which block, so that taking a trace away need not look through all spans to see whose block
-- it was. A row may outlast the payload it is about, never the trace.
CREATE TABLE payload_use (
  trace_id INTEGER NOT NULL,
  block    INTEGER NOT NULL,
  PRIMARY KEY (trace_id, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX payload_use_block ON payload_use (block);
INSERT OR IGNORE INTO payload_use SELECT trace_id, payload_block FROM span WHERE payload_block > 0;
INSERT OR IGNORE INTO payload_use SELECT id, payload_block FROM trace WHERE payload_block > 0;

-- What the person calls a project or an environment, and whether its traces are left out of lists. Traces keep the value
-- that their source gave.
CREATE TABLE label (
  field     TEXT NOT NULL,                -- project, environment
  value     TEXT NOT NULL,
  shown_as  TEXT,
  is_hidden INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (field, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE saved_filter (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  name       TEXT NOT NULL,
  filter     TEXT NOT NULL,
  sort       TEXT NOT NULL,               -- dto::TraceSort as a word
  descending INTEGER NOT NULL,
  position   INTEGER NOT NULL
) STRICT;
