-- Summaries and digests have what was tried again, which older ones do not; the writer makes them anew beside everything else.
UPDATE trace SET stale = 1;
