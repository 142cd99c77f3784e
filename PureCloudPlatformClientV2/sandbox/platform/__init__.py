"""The platform of today and that of 2019, driven by their contracts.

Routes, permissions, the validation of queries and bodies, the filters of listings and the fields of
responses are read from the documents that ship beside this. What a list, a creation, a read, a
change and a deletion do, or the setting of what there is one of, is one function each, for whatever
the documents have of that shape. What no shape can say is a small behavior of its own.
"""
