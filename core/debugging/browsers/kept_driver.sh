#!/bin/sh
# Playwright runs this as its Node.js, with its own arguments. `playwright_driver` sets the command that runs both in a
# keeper. A file of the package, because a temporary folder may forbid programs: Docker mounts it with `noexec`.
eval "exec $KEPT_DRIVER \"\$@\""
