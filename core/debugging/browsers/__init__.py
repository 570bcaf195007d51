"""Browsers of ours and of others: started, confined, asked for room, and left without a trace."""
