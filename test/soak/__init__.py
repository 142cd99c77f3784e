"""The client at full size: ``tox -e soak``.

Walks over ten million entities, lets 500 threads share a client, and makes a million calls with
one. Each prints a report, and fails where something grows, gets lost or is crossed.
"""
