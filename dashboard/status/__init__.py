"""What is shown to everybody: status pages and badges, served without a socket and without scripts."""
