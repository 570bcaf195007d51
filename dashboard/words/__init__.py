"""What is stored, in words for whoever reads."""
