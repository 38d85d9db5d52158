"""Files out and in: what a report is carried in, and how it comes back.

out        workbook, Word and PDF of a report; the files of a submission and its receipt
take_in    a file handed in: kept, read in the background, shown, taken over or dropped
reading    the background half of that
compare    what a file would change; values only
packages   one file each way for a closed network
keys       the key that packages are signed with
"""
