"""How all parts do: one sentence for people, metrics for Prometheus."""
