"""The audit: every table computed again from the log, and held against MySQL to the cent.

What it shares with the job is the contract and betpnl/pnl.py; how bets become rows and rows
become sums is written here a second time, so that one mistake cannot hide in both. The pure
part (tables, history, valuation, settlement, book, views, expected) knows neither Kafka nor MySQL.
"""
