"""What pages show, read from the store in one transaction each."""
