"""The board's pages, one a module; each has `install(board)`."""
