"""What people see: games by money at risk, live, from MySQL's view game_board."""
