"""What is done beside the job, again and again: `betpnl upkeep`."""
