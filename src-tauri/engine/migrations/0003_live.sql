-- Bodies of spans and traces that have not ended: more of them may come. span.payload_block and trace.payload_block name
-- them by their negative id.
CREATE TABLE open_payload (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  data BLOB NOT NULL
) STRICT;

-- Why the person should look at a run that was followed (model::Alert); 0 once they have.
ALTER TABLE trace ADD COLUMN alert INTEGER NOT NULL DEFAULT 0;
-- When something was last heard of the trace from a live source, by this machine's clock.
ALTER TABLE trace ADD COLUMN heard_ns INTEGER;
CREATE INDEX trace_running ON trace (status) WHERE status = 3;
