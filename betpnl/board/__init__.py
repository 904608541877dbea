"""The board: PNL in real time, in a browser."""
