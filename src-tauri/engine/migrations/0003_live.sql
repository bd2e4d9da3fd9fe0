-- Bodies of spans and traces that have not ended: more of them may come. span.payload_block and trace.payload_block name
-- them by their negative id.
CREATE TABLE open_payload (
  id   INTEGER PRIMARY KEY AUTOINCREMENT,
  data BLOB NOT NULL
) STRICT;

-- Why the person was told of a run that was followed (model::Alert), 0 for not; and whether they have looked since.
ALTER TABLE trace ADD COLUMN alert INTEGER NOT NULL DEFAULT 0;
ALTER TABLE trace ADD COLUMN alert_seen INTEGER NOT NULL DEFAULT 0;
-- When something was last heard of the trace from a live source, by this machine's clock.
ALTER TABLE trace ADD COLUMN heard_ns INTEGER;
CREATE INDEX trace_running ON trace (status) WHERE status = 3;
