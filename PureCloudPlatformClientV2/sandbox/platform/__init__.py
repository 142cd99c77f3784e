"""Today's platform, driven by its contract.

Routes, permissions, the validation of bodies and the fields of responses are read from the document
that ships beside this (``contract.json``). What a list, a creation, a read, a change and a deletion
do, or the setting of what there is one of, is one function each, for whatever the document has of
that shape. What no shape can say is a small behavior of its own. The other operations answer 501.
"""
