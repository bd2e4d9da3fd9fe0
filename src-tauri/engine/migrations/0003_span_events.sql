-- What is told of spans apart from them (log records with the messages of a model call). By the ids of the source: they may
-- come before their trace, or without it.
CREATE TABLE span_event (
  identity     TEXT NOT NULL,             -- as in trace
  trace_key    TEXT NOT NULL,
  span_id      TEXT NOT NULL,
  content_hash INTEGER NOT NULL,
  block        INTEGER NOT NULL,
  offset       INTEGER NOT NULL,
  bytes        INTEGER NOT NULL,
  PRIMARY KEY (identity, trace_key, span_id, content_hash)
) STRICT, WITHOUT ROWID;
