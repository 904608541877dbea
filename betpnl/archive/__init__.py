"""Rows that are old enough leave MySQL for Parquet; no sum changes by it."""
