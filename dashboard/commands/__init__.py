"""What the subcommands of `watchwright` do; `dashboard.cli` says what there is."""
