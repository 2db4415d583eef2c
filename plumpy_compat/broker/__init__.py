"""Between processes and the communicator: everything that crosses threads is in here."""
