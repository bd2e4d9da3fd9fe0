-- What the person says of single steps. A row may outlast its step, never its trace.
CREATE TABLE step_mark (
  trace_id   INTEGER NOT NULL,
  span_id    TEXT NOT NULL,
  pinned_ns  INTEGER,                     -- when it was pinned, NULL if it is not
  note       TEXT,
  changed_ns INTEGER NOT NULL,
  PRIMARY KEY (trace_id, span_id)
) STRICT, WITHOUT ROWID;

-- The person wants times of clocks that disagree to be adjusted where the trace is shown (analysis::clock_offsets).
ALTER TABLE trace ADD COLUMN adjusts_clocks INTEGER NOT NULL DEFAULT 0;
