"""The API over HTTP: bets, results, odds and games in; profit and loss out."""
