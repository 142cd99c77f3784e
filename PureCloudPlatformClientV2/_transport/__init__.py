"""One call over the wire: limits, connections, retries, proxy, TLS."""
