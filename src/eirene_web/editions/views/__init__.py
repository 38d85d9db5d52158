"""Pages of editions, by what people do: find one, write it, have it agreed, publish it, look at their own part.

Each module looks up, calls and renders, and ends with its addresses.
"""
