"""What is submitted to Flink."""
