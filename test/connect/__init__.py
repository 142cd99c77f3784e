"""The ways to the service: real proxies, gateways that ask for a certificate, other clients."""
