"""What the subcommands of `watchwright` do; `dashboard.command_line.app` says what there is."""
