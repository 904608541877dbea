"""PNL out: what the tables say, page by page and as a stream, and nothing that writes."""
