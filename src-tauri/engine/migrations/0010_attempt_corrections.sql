-- What the person says of the tries that steps are among. A row may outlast its step, or come before it, never its trace.
CREATE TABLE attempt_correction (
  trace_id   INTEGER NOT NULL,
  span_id    TEXT NOT NULL,
  apart_from TEXT,                        -- a step of the group that it was taken out of; NULL: it stays where it is found
  operation  TEXT,                        -- the id of a step; steps with the same one are tries of one operation
  changed_ns INTEGER NOT NULL,
  PRIMARY KEY (trace_id, span_id)
) STRICT, WITHOUT ROWID;

-- Digests say what a run was asked, by which runs of a conversation are told apart; the writer makes them anew.
UPDATE trace SET stale = 1;
