"""What a browser tells by the Chrome DevTools Protocol, folded into facts."""
