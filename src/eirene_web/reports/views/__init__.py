"""Pages of cycles and reports, by what people do: fill in, send on its way, move files, run the cycle.

Each module looks up, calls and renders, and ends with its addresses.
"""
