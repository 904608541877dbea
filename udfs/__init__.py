"""Vectorized Pandas UDFs of the job; each can be imported and called without Flink."""
