"""Compares the package with its peers: ``tox -e benchmark``, which see in tox.ini.

Every figure is a ratio. The sides take turns in one run, each in a process of its own (worker.py),
so that whatever else the machine does meets all of them; what is kept is the median of many rounds.
Nothing leaves the loopback interface but the installation of the vendor's releases.
"""
