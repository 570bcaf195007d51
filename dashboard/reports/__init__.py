"""Documents that are read outside the dashboard: reports, post-mortems and e-mails."""
