"""What the subcommands of `watchwright` do; `dashboard.cli_app` says what there is."""
