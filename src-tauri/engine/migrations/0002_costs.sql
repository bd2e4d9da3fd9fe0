-- Where the cost of a trace comes from (model::Provenance); costs were only ever reported before.
ALTER TABLE trace ADD COLUMN cost_provenance INTEGER NOT NULL DEFAULT 1;
