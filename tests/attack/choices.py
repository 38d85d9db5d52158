def choices(book):
    return []
