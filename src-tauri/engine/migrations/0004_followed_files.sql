-- How far files that are followed were read, so that a restart reads none of them again. Written after what was read.
CREATE TABLE followed_file (
  path         TEXT PRIMARY KEY,
  size_bytes   INTEGER NOT NULL,
  modified_ns  INTEGER NOT NULL,
  -- Up to where it was read, and how many lines that are; the whole of it where it is read as a whole.
  offset_bytes INTEGER NOT NULL,
  lines        INTEGER NOT NULL,
  -- Hash of what stands at its start and before that place: another file under its path is read anew.
  fingerprint  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
