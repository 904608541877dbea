"""Records in: from a request's body to Kafka's acknowledgement."""
