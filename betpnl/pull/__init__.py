"""Fetches records from a client's HTTP API and publishes them: `betpnl pull`.

file, loading     what a pull's file may say, and reading it
expressions       JMESPath that keeps numbers exact
json_exact        answers decoded, records encoded, no number rounded
mapping           a client's record -> a record of the contract
paging/           the four ways to go through a list, and what each remembers
auth, fetch       one request: credentials, bounds, and every fault told apart
place             what is remembered on disk
puller            the loop: fetch, publish, wait for Kafka, remember
"""
