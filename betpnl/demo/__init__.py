"""`betpnl demo`: everything at once, on real games, and proof at the end that nothing is lost."""
