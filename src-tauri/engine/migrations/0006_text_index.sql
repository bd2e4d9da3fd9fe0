-- The index of texts (search::segment): immutable segments, each over some traces. Only the ready ones are read; one that
-- is being built or has been merged into another is of no account, and swept away at the next start.
CREATE TABLE text_segment (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  state       INTEGER NOT NULL,          -- 0 being built, 1 ready, 2 merged into another
  bucket_bits INTEGER NOT NULL,          -- its postings lie in 2 to this many buckets
  trace_count INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,          -- of its postings and traces
  traces      BLOB NOT NULL              -- search::segment::encode_ids
) STRICT;

-- The postings of a segment by bucket of grams, so that a query reads a few rows of each.
CREATE TABLE text_posting (
  id   INTEGER PRIMARY KEY,              -- text_segment.id * 65536 + bucket
  data BLOB NOT NULL
) STRICT;
