"""What people give, one text each, read into what the core takes; by forms and flags alike."""
