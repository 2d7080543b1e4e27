"""Salesforce: a whole book in a handful of calls.

Nothing of the vendor's library is imported before an adapter is built.
"""
