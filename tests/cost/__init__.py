"""What a bet costs, in counts that are the same on every machine, and what it may cost."""
