"""What is taken out to be read elsewhere."""
