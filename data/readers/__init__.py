"""One reader per source: raw files in, `tables.SourceGame` out, every drop counted by reason."""
