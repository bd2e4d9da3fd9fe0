-- What a person says of two steps of two runs: that they are the same, or are not. Of two traces, the one with the lower id
-- comes first.
CREATE TABLE pairing (
  first_trace_id  INTEGER NOT NULL,
  second_trace_id INTEGER NOT NULL,
  first_span_id   TEXT NOT NULL,
  second_span_id  TEXT NOT NULL,
  is_same         INTEGER NOT NULL,
  PRIMARY KEY (first_trace_id, second_trace_id, first_span_id, second_span_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pairing_second ON pairing (second_trace_id);

-- Runs that the others of their task are held against.
CREATE TABLE baseline (
  trace_id INTEGER PRIMARY KEY
) STRICT;
