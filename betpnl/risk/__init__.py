"""What open games can still bring, at worst and at best, over every final score."""
