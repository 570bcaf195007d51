"""What `watchwright` takes: its subcommands and their flags."""
