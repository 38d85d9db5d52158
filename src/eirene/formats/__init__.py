"""Files at the edge: one module for each format, and one door for everything that comes from outside.

    door                 limits before parsing; parsing in a child process
    readers              a report from a file, whichever of our formats it is in
    workbook             the Excel workbook of a body and cycle: written, and read back without loss
    sections             a report split by section and merged again
    questionnaire_docx   the empty and the filled questionnaire in Word

Nothing is imported here: each module loads its library when it is used.
"""
