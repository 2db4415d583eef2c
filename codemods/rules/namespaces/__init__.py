"""NSP: ad-hoc namespace classes."""
