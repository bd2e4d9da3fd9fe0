-- Counts up with every transaction that changes traces: readers that keep columns of all of them in memory read those that
-- have changed since.
ALTER TABLE trace ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX trace_change ON trace (change);

-- What the person says of the trace.
ALTER TABLE trace ADD COLUMN starred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trace ADD COLUMN tags TEXT;             -- a JSON array of texts in alphabetical order, NULL for none
ALTER TABLE trace ADD COLUMN note TEXT;
-- When the person deleted it; it is taken away for good some time later.
ALTER TABLE trace ADD COLUMN deleted_ns INTEGER;
CREATE INDEX trace_deleted ON trace (deleted_ns) WHERE deleted_ns IS NOT NULL;

-- What has come to the trace since its texts were last indexed: 1 if anything has.
ALTER TABLE trace ADD COLUMN text_pending INTEGER NOT NULL DEFAULT 1;
CREATE INDEX trace_text_pending ON trace (id) WHERE text_pending = 1;

-- What filters and figures over many traces need of the spans of each (store::digest::Digest).
CREATE TABLE trace_digest (
  trace_id INTEGER PRIMARY KEY,
  data     BLOB NOT NULL
) STRICT;

-- Traces stored before have no digest: they are summarised again.
UPDATE trace SET stale = 1;
