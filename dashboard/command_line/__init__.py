"""The subcommands of `watchwright` and their flags."""
