"""Bets, results, games and odds that a client records in MySQL, as they change."""
