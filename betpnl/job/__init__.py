"""What is submitted to Flink: the statements of sql/, filled in, and the options they run with."""
