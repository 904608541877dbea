"""Limits on liability, worst case and PNL: set by people, watched at every reading, told on."""
