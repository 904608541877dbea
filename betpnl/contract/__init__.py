"""The contract: the records that come in, how they are read, and what makes them wrong."""
