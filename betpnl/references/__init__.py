"""What bets are read in the light of: exchange rates by time, and markets that were called off."""
