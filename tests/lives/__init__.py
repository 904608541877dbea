"""Whole lives of bets, generated: every kind, every change, in any order."""
