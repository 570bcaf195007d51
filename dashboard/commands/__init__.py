"""Implements the subcommands of `watchwright`, which `dashboard.command_line.app` defines."""
